import Testing

@Suite struct `The retention command` {
  private func query(_ sql: String, _ folder: TemporaryFolder) throws -> Command {
    try Command(["query", "--data", folder.path, "--format", "csv"], input: sql)
  }

  @Test func `drops what is due, and only where a table says so`() throws {
    let folder = try TemporaryFolder()
    _ = try query(
      """
      CREATE TABLE t (at timestamp, n bigint) PARTITION BY DAY (at);
      INSERT INTO t VALUES ('2001-01-01 10:00', 1), ('2001-01-01', 2), ('2001-01-03', 3), ('9000-01-01', 4);
      CREATE MATERIALIZED VIEW v AS SELECT at::date AS day, sum(n) AS total FROM t GROUP BY 1;
      """, folder)
    let nothing = try Command(["retention", "run", "--data", folder.path])
    #expect(nothing.status == 0)
    #expect(nothing.output.hasPrefix("no table has retention_days: ALTER TABLE"))
    #expect(
      try query("ALTER TABLE t SET (retention_days = 90)", folder).status == 0)
    let plan = try Command(["retention", "run", "--dry-run", "--data", folder.path])
    #expect(plan.output.hasPrefix("t: would drop 2 days, 2001-01-01 to 2001-01-03 (3 rows, "))
    #expect(plan.output.hasSuffix("), kept 90 days; rolled up in v\n"))
    #expect(try query("SELECT count(*) FROM t", folder).output == "count\n4\n")
    let done = try Command(["retention", "run", "--data", folder.path])
    #expect(done.status == 0)
    #expect(done.output.hasPrefix("t: dropped 2 days, 2001-01-01 to 2001-01-03 (3 rows, "))
    let again = try Command(["retention", "run", "--data", folder.path])
    #expect(again.output == "nothing is due\n")
    #expect(try query("SELECT count(*) FROM t", folder).output == "count\n1\n")
    #expect(
      try query("SELECT day, total FROM v ORDER BY 1", folder).output
        == "day,total\n2001-01-01,3\n2001-01-03,3\n9000-01-01,4\n")
    #expect(
      try query("SELECT day, rows FROM system.retention_drops", folder).output
        == "day,rows\n2001-01-01,2\n2001-01-03,1\n")
  }

  @Test func `does not run by itself`() throws {
    let folder = try TemporaryFolder()
    _ = try query(
      """
      CREATE TABLE t (at timestamp, n bigint) PARTITION BY DAY (at) WITH (retention_days = 1);
      INSERT INTO t VALUES ('2001-01-01 10:00', 1);
      """, folder)
    let shell = try Command(
      ["repl", "--data", folder.path, "--format", "csv"],
      input: "INSERT INTO t VALUES ('2001-01-01', 2);\nSELECT count(*) FROM t;\n\\status\n")
    #expect(shell.output == "count\n2\n")
    #expect(shell.errors.contains("state       open for changes\n"))
    #expect(shell.errors.contains("snapshot    none; CHECKPOINT writes one\n"))
    #expect(
      try query("SELECT folder, state, durability, snapshot FROM system.database", folder).output
        == "folder,state,durability,snapshot\n\(folder.path),reading,fsync,\n")
  }
}
