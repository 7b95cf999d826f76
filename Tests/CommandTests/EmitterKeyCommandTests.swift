import Testing

@Suite struct `The emitter-key command` {
  private func create(_ folder: TemporaryFolder, _ more: [String] = []) throws -> Command {
    try Command(
      [
        "emitter-key", "create", "--data", folder.path, "--organization", "acme", "--kind",
        "event", "--label", "web",
      ] + more)
  }

  @Test func `makes a key, lists it without its secret, and revokes it, all on the record`() throws
  {
    let folder = try TemporaryFolder()
    let made = try create(folder, ["--kind", "audit"])
    #expect(made.status == 0, "\(made.errors)")
    let key = made.output.trimmingSuffix { $0.isNewline }
    #expect(key.hasPrefix("dbk_"))
    #expect(key.utf8.count == 85)
    let id = String(key.dropFirst(4).prefix(16))
    let listed = try Command(["emitter-key", "list", "--data", folder.path])
    #expect(listed.status == 0)
    #expect(listed.output.contains("\(id)  acme          audit,event  "))
    #expect(!listed.output.contains(key.suffix(64)))
    #expect(try Command(["emitter-key", "revoke", id, "--data", folder.path]).status == 0)
    let again = try Command(["emitter-key", "revoke", id, "--data", folder.path])
    #expect(again.status == 1)
    #expect(again.errors == "error: this emitter key is revoked already\n")
    let log = try Command([
      "query", "--data", folder.path, "--format", "csv",
      """
      SELECT action, user_id, organization_id, entity_id FROM audit_log
      WHERE entity_type = 'emitter_key' ORDER BY audit_id
      """,
    ])
    #expect(
      log.output == """
        action,user_id,organization_id,entity_id
        emitter_key_create,command line,acme,\(id)
        emitter_key_revoke,command line,acme,\(id)

        """)
  }

  @Test func `says what is wrong with its arguments`() throws {
    let folder = try TemporaryFolder()
    let kind = try create(folder, ["--kind", "everything"])
    #expect(kind.status == 1)
    #expect(kind.errors.contains("there is no kind 'everything'"))
    let unknown = try Command(["emitter-key", "revoke", "0", "--data", folder.path])
    #expect(unknown.errors.hasPrefix("error: there is no such emitter key\nhint: "))
    let nowhere = try Command(["emitter-key", "list", "--data", folder.path])
    #expect(nowhere.status == 0)
  }

  @Test func `names a table of yours that it cannot use`() throws {
    let folder = try TemporaryFolder()
    let table = try Command([
      "query", "--data", folder.path, "CREATE TABLE users (shoe_size int)",
    ])
    #expect(table.status == 0)
    let refused = try create(folder)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("ALTER TABLE users RENAME TO my_users"))
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    String(reversed().drop(while: predicate).reversed())
  }
}
