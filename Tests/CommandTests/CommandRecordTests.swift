import Testing

/// What commands do to a folder with an audit log is in it.
@Suite struct `The record of commands` {
  private let folder: TemporaryFolder
  private var data: [String] { ["--data", folder.path + "/data"] }

  init() throws {
    folder = try TemporaryFolder()
    let made = try Command(
      [
        "emitter-key", "create", "--organization", "acme", "--kind", "event", "--label", "web",
        "--data", folder.path + "/data",
      ])
    try #require(made.status == 0, "\(made.errors)")
  }

  private func run(_ arguments: String...) throws {
    let command = try Command(arguments + data)
    try #require(command.status == 0, "\(arguments): \(command.errors)")
  }

  private func acts(_ folder: String, but action: String = "none") throws -> [Substring] {
    try Command([
      "query", "--data", folder, "--format", "csv",
      """
      SELECT action, user_id, entity_type, entity_id, description FROM audit_log
      WHERE action NOT IN ('emitter_key_create', 'schema_change', '\(action)') ORDER BY audit_id
      """,
    ]).output.split(separator: "\n").dropFirst().map { $0 }
  }

  @Test func `has what made, changed or dropped tables, and not what only read or failed`() throws {
    try run("query", "CREATE TABLE t (x bigint, y text)")
    try run("query", "INSERT INTO t VALUES (1, 'a')")
    try run("query", "SELECT * FROM t")
    try run("query", "ALTER TABLE t ADD COLUMN z text; SECURITY LABEL ON COLUMN t.y IS 'sealed'")
    let wrong = try Command(["query", "DROP TABLE nothing"] + data)
    #expect(wrong.status == 1)
    try run("query", "TRUNCATE t; DROP TABLE t")
    let line = { (statement: String, name: String) in
      "table_change,command line,table,\(name),command line ran \(statement) on '\(name)'"
    }
    #expect(
      try acts(folder.path + "/data")
        == [
          line("CREATE TABLE", "t"), line("ALTER TABLE", "t"), line("SECURITY LABEL", "t.y"),
          line("TRUNCATE TABLE", "t"), line("DROP TABLE", "t"),
        ].map { $0[...] })
  }

  @Test func `has who made the built-in tables`() throws {
    let output = try Command(
      [
        "query", "--format", "csv",
        "SELECT user_id, user_role, entity_id FROM audit_log WHERE action = 'schema_change'",
      ] + data
    ).output
    #expect(output == "user_id,user_role,entity_id\ncommand line,operator,1\n")
  }

  @Test func `has what was restored, in the folder that it was restored to`() throws {
    try run("query", "CHECKPOINT")
    let list = try Command(["snapshot", "list"] + data).output
    let number = try #require(
      list.split(separator: "\n").last?.split(separator: " ").first.map(String.init))
    let target = folder.path + "/restored"
    try run("snapshot", "restore", number, "--to", target)
    #expect(
      try acts(target).map { $0.split(separator: ",").first } == ["snapshot_restore"])
    #expect(try acts(folder.path + "/data").isEmpty)
  }

  @Test func `has an erasure without saying whose`() throws {
    try run(
      "query", "INSERT INTO users (user_id, organization_id) VALUES ('u_gone', 'acme')")
    try run("erase-user", "u_gone", "--yes")
    let acts = try acts(folder.path + "/data")
    #expect(acts.count == 1)
    #expect(acts.first?.hasPrefix("user_erase,command line,erasure,") == true)
    #expect(acts.first?.contains("u_gone") == false)
  }

  @Test func `keeps built-in tables for as long as the configuration says`() throws {
    let other = folder.path + "/other"
    let file = try folder.write("daybook.json", #"{"data": "\#(other)", "retention": {"days": 7}}"#)
    let made = try Command([
      "emitter-key", "create", "--config", file, "--set", "retention.audit_days=400",
      "--organization", "acme", "--kind", "event", "--label", "web",
    ])
    #expect(made.status == 0, "\(made.errors)")
    let output = try Command([
      "query", "--data", other, "--format", "csv",
      """
      SELECT table_name, retention_days FROM system.tables
      WHERE table_name IN ('events', 'audit_log') ORDER BY table_name
      """,
    ])
    #expect(
      output.output == "table_name,retention_days\naudit_log,400\nevents,7\n", "\(output.errors)")
  }
}
