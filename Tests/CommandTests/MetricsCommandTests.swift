import Testing

/// `daybook metrics`; `Tests/Metrics` compares what it explains with DuckDB.
@Suite struct MetricsCommandTests {
  @Test func `metrics are listed and say what they mean`() throws {
    let list = try Command(["metrics", "list"])
    #expect(list.status == 0)
    #expect(list.output.contains("content_success_rate"))
    let shown = try Command(["metrics", "show", "stickiness"])
    #expect(shown.output.contains("DAU divided by MAU"))
    let unknown = try Command(["metrics", "show", "happiness"])
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("daybook metrics list"))
  }

  @Test func `less than an hour is shown in minutes`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    let made = try Command([
      "query", "--data", data,
      """
      CREATE TABLE events (ts timestamptz, user_id text, event_type text);
      INSERT INTO events VALUES ('2026-03-01 08:00Z', 'a', 'login');
      CREATE TABLE sessions (login_at timestamptz, user_id text, total_seconds bigint);
      INSERT INTO sessions VALUES ('2026-03-01 08:00Z', 'a', 300), ('2026-03-01 09:00Z', 'a', 555)
      """,
    ])
    #expect(made.status == 0, "\(made.errors)")
    func explained(_ more: String...) throws -> String {
      let arguments = ["metrics", "explain", "average_session_hours", "--data", data]
      return try Command(arguments + more).output
    }
    // 855 seconds in two sessions.
    #expect(try explained().contains("-- 7.1 min"))
    // The day is over, whatever the clock says.
    #expect(try explained("--range", "7d", "--json").contains(#""is_running":false"#))
    _ = try Command([
      "query", "--data", data,
      "INSERT INTO sessions VALUES ('2026-03-01 10:00Z', 'a', 20745)",
    ])
    #expect(try explained().contains("-- 2.0 h"))
  }
}
