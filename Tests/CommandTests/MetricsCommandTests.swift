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
}
