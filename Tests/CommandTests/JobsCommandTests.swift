import Testing

@Suite struct `The jobs command` {
  @Test func `lists jobs and runs them, on the record`() throws {
    let list = try Command(["jobs", "list"])
    #expect(list.status == 0)
    #expect(list.output.contains("daily: daily at 02:00\n"))
    let folder = try TemporaryFolder()
    let here = ["jobs", "list", "--data", folder.path]
    let before = try Command(here)
    #expect(before.status == 0, "\(before.errors)")
    #expect(before.output.split(separator: "\n").count { $0 == "    never ran here" } == 5)
    let run = try Command(["jobs", "run", "pending", "--data", folder.path])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("0 insights changed, of 0 organisations"))
    let after = try Command(here)
    #expect(after.output.split(separator: "\n").count { $0 == "    never ran here" } == 4)
    let last = try #require(after.output.split(separator: "\n").last { $0.contains("last run ") })
    #expect(last.hasSuffix("(1 run)") && last.contains(", done: "))
    let log = try Command([
      "query", "--data", folder.path, "--format", "csv",
      "SELECT action, user_id, entity_id FROM audit_log WHERE entity_type = 'job'",
    ])
    #expect(log.output == "action,user_id,entity_id\njob_run,command line,pending\n")
    let unknown = try Command(["jobs", "run", "nonsense", "--data", folder.path])
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("daybook jobs list"))
  }
}
