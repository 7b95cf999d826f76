import Persistence
import Testing

@Suite struct `The dead-letters command` {
  private let folder: TemporaryFolder

  /// A folder that was served, with three letters.
  init() throws {
    folder = try TemporaryFolder()
    let made = try Command([
      "emitter-key", "create", "--data", folder.path, "--organization", "acme", "--kind", "event",
      "--label", "web",
    ])
    #expect(made.status == 0, "\(made.errors)")
    let filled = try query(
      """
      INSERT INTO dead_letters (received_at, dead_letter_id, organization_id, user_id, record_kind,
      client_event_id, emitter_key_id, reason_code, reason_field, reason, payload, state, attempts) VALUES
      (now(), 'lost', NULL, 'u1', 'event', 'e1', 'k', 'no_organization', 'organization_id', 'none',
       '{"client_event_id":"e1","event_type":"chat","project_id":"p1","user_id":"u1"}', 'waiting', 0),
      (now() - interval '1 day', 'wrong', 'acme', NULL, 'event', 'e2', 'k', 'wrong_type', 'ts', 'ts',
       '{"client_event_id":"e2"}', 'waiting', 0),
      (now() - interval '2 days', 'early', 'acme', 'u2', 'event', 'e3', 'k', 'time_in_future', 'ts', 'ts',
       '{"client_event_id":"e3","event_type":"chat","ts":1000000000000}', 'waiting', 0)
      """)
    #expect(filled.status == 0, "\(filled.errors)")
  }

  private func query(_ sql: String) throws -> Command {
    try Command(["query", "--data", folder.path, "--format", "csv"], input: sql)
  }

  private func letters(_ arguments: String...) throws -> Command {
    try Command(["dead-letters"] + arguments + ["--data", folder.path])
  }

  @Test func `lists letters with filters, in every format, without what was sent`() throws {
    let all = try letters("list", "--format", "csv")
    #expect(all.status == 0, "\(all.errors)")
    let lines = all.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[1].hasPrefix("lost,") && lines[3].hasPrefix("early,"))
    #expect(lines[0].hasPrefix("dead_letter_id,received_at,organization_id,user_id,record_kind,"))
    #expect(!all.output.contains("event_type"))
    for (options, count) in [
      (["--reason", "time_in_future"], 1), (["--organization", "acme"], 2), (["--limit", "1"], 1),
      (["--state", "replayed"], 0), (["--record-kind", "threat"], 0),
      (["--from", "2001-01-01"], 3),
      (["--to", "2001-01-01"], 0), (["--offset", "2"], 1),
    ] {
      let some = try Command(
        ["dead-letters", "list", "--data", folder.path, "--format", "ndjson"] + options)
      #expect(some.output.split(separator: "\n").count == count, "\(options)")
    }
    let counts = try letters("list", "--counts", "--format", "csv")
    #expect(
      counts.output == "reason_code,letters\nno_organization,1\ntime_in_future,1\nwrong_type,1\n")
    #expect(try letters("list").output.contains("no_organization"))
    for wrong in [
      ["--reason", "x"], ["--state", "x"], ["--from", "x"], ["--limit", "0"],
      ["--record-kind", "x"],
    ] {
      #expect(try Command(["dead-letters", "list", "--data", folder.path] + wrong).status == 64)
    }
  }

  @Test func `shows what was sent for a reason alone`() throws {
    let masked = try letters("show", "lost", "--format", "json")
    #expect(masked.output.contains(#""payload":"\"(redacted)\"""#), "\(masked.output)")
    let open = try letters("show", "lost", "--format", "csv", "--reveal", "ticket 4711, lost chats")
    #expect(open.output.contains("project_id"))
    #expect(open.errors == "note: reveals dead_letters.payload (ticket 4711, lost chats)\n")
    let unknown = try letters("show", "none")
    #expect(unknown.status == 1)
    #expect(unknown.errors.hasPrefix("error: there is no dead letter 'none'"))
  }

  @Test func `takes letters again once, on the record`() throws {
    let early = try letters("replay", "--all")
    #expect(early.status == 0, "\(early.errors)")
    #expect(
      early.output
        == "early  refused  time_too_old (ts)\nlost  refused  no_organization (organization_id)\n")
    #expect(early.errors == "2 refused\n")
    #expect(
      try query(
        "INSERT INTO resources (resource_type, resource_id, organization_id) VALUES ('project', 'p1', 'acme')"
      ).status == 0)
    let named = try letters("replay", "lost", "wrong", "none")
    #expect(named.output == "lost  stored\nwrong  skipped\nnone  unknown\n", "\(named.errors)")
    #expect(named.errors == "1 skipped, 1 stored, 1 unknown\n")
    #expect(try letters("replay", "lost").output == "lost  skipped\n")
    let none = try letters("replay", "--all", "--reason", "no_organization")
    #expect(none.output.isEmpty && none.errors == "nothing waits\n")
    let rows = try query("SELECT event_id, organization_id, user_id FROM events")
    #expect(rows.output == "event_id,organization_id,user_id\ne1,acme,u1\n")
    let log = try query(
      "SELECT user_id, description FROM audit_log WHERE action = 'dead_letter_replay' ORDER BY audit_id"
    )
    #expect(log.output.split(separator: "\n").count == 6)
    #expect(log.output.contains("command line,command line took 1 dead letter again\n"))
  }

  @Test func `says what is wrong with its arguments and its folder`() throws {
    for wrong in [[], ["--all", "lost"], ["lost", "--reason", "no_organization"]] {
      #expect(try Command(["dead-letters", "replay", "--data", folder.path] + wrong).status == 64)
    }
    let other = try TemporaryFolder()
    let made = try Command(["query", "--data", other.path, "CREATE TABLE t (a bigint)"])
    #expect(made.status == 0)
    for words in [["list"], ["show", "x"], ["replay", "--all"]] {
      let refused = try Command(["dead-letters"] + words + ["--data", other.path])
      #expect(refused.status == 1)
      #expect(refused.errors.hasPrefix("error: there are no dead letters in"), "\(refused.errors)")
    }
  }

  @Test func `are left to a service that runs`() throws {
    let holder = try Database(folder.path, forChanges: true)
    for (words, endpoint) in [
      (["list"], "GET /api/admin/dead-letters"),
      (["show", "lost"], "GET /api/admin/dead-letters/lost"),
      (["replay", "--all"], "POST /api/admin/dead-letters/replay"),
    ] {
      let refused = try Command(["dead-letters"] + words + ["--data", folder.path])
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains("hint: a service that runs has them: \(endpoint)\n"),
        "\(refused.errors)")
    }
    try holder.close()
  }
}
