import Testing

@Suite struct `Commands on labelled tables` {
  private let folder: TemporaryFolder
  private let data: [String]

  private static let script = """
    CREATE TABLE people (id text, org text, email text, note text);
    INSERT INTO people VALUES ('u1', 'acme', 'ann@acme.test', 'tea'), ('u2', 'bolt', 'bob@bolt.test', 'ale');
    SECURITY LABEL ON COLUMN people.org IS 'organization';
    SECURITY LABEL ON COLUMN people.id IS 'user';
    SECURITY LABEL ON COLUMN people.email IS 'sealed';
    SECURITY LABEL ON COLUMN people.note IS 'free text';
    CREATE TABLE plain (a bigint)
    """

  init() throws {
    folder = try TemporaryFolder()
    data = ["--data", folder.path + "/data", "--format", "csv"]
    #expect(try Command(["query", Self.script] + data).status == 0)
  }

  private func query(_ sql: String, _ options: [String] = []) throws -> Command {
    try Command(["query", sql] + data + options)
  }

  @Test func `show masks, from the journal as from a snapshot`() throws {
    let all = "SELECT * FROM people ORDER BY id"
    let masked =
      "id,org,email,note\nu1,acme,(redacted),(redacted)\nu2,bolt,(redacted),(redacted)\n"
    #expect(try query(all).output == masked)
    #expect(try query("CHECKPOINT").status == 0)
    #expect(try query(all).output == masked)
    #expect(try Command(["repl"] + data, input: all + ";").output == masked)
    #expect(try query("ALTER TABLE people RENAME TO persons").status == 0)
    #expect(try query("SELECT email FROM persons LIMIT 1").output == "email\n(redacted)\n")
    #expect(try query("CHECKPOINT").status == 0)
    #expect(
      try query("SET as_of = '1'; SELECT email FROM people LIMIT 1").output == "email\n(redacted)\n"
    )
  }

  @Test func `open columns for a reason, and say so`() throws {
    let sql = "SELECT email FROM people WHERE email LIKE 'ann%'"
    let refused = try query(sql)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("column 'email' of 'people' is hidden"))
    let opened = try query(sql, ["--reveal", "ticket 4711, lost mail"])
    #expect(opened.output == "email\nann@acme.test\n")
    #expect(opened.errors == "note: reveals people.email (ticket 4711, lost mail)\n")
    #expect(try query("SELECT id FROM people", ["--reveal", "ticket 4711"]).errors.isEmpty)
    #expect(try query(sql, ["--reveal", "short"]).status == 64)
  }

  @Test func `show what a role sees`() throws {
    let admin = ["--as-role", "org_admin", "--organization", "acme"]
    let all = try query("SELECT * FROM people", admin)
    #expect(all.output == "id,org,email,note\nu1,acme,(redacted),tea\n", "\(all.errors)")
    #expect(try query("SELECT a FROM plain", admin).errors.contains("no access to table 'plain'"))
    #expect(try query("DELETE FROM people", admin).errors.contains("nothing can be changed here"))
    let user = ["--as-role", "user", "--organization", "bolt", "--as-user", "u2"]
    #expect(try query("SELECT id, note FROM people", user).output == "id,note\nu2,(redacted)\n")
    let all2 = try query("SELECT count(*) FROM people", ["--as-role", "platform_admin"])
    #expect(all2.output == "count\n2\n")
    for wrong in [
      ["--as-role", "boss"], ["--as-role", "admin"], ["--organization", "acme"],
      ["--as-role", "user", "--organization", "acme"], admin + ["--reveal", "long enough reason"],
    ] { #expect(try query("SELECT 1", wrong).status == 64, "\(wrong)") }
    let misspelt = try query(
      "SELECT count(*) FROM people", ["--as-role", "admin", "--organization", "acne"])
    #expect(misspelt.output == "count\n0\n")
    #expect(misspelt.errors == "warning: no row is of the organisation 'acne'\n")
    #expect(try query("SELECT count(*) FROM people", admin).errors.isEmpty)
    let name = try query(
      "SELECT count(DISTINCT pseudonym(email)), min(length(pseudonym(email))) FROM people", admin)
    #expect(name.output.hasSuffix("\n1,34\n"), "\(name.output) \(name.errors)")
  }
}
