import Analytics
import Testing

@Suite struct MetricCatalogueTests {
  @Test func `each metric has an id of its own and says what it means`() {
    let metrics = MetricCatalogue.metrics
    #expect(Set(metrics.map(\.id)).count == metrics.count)
    for metric in metrics {
      #expect(metric.definition.hasSuffix("."))
      #expect(metric.version >= 1)
      #expect(metric.sql.contains(":from") && metric.sql.contains(":to"))
    }
  }

  @Test(arguments: [
    ("2026-03-01", "Sun"), ("2024-02-29", "Thu"), ("0001-01-01", "Mon"), ("9999-12-31", "Fri"),
  ])
  func `a day is read, written and has a weekday`(text: String, weekday: String) throws {
    let day = try #require(Day(text))
    #expect(day.description == text)
    #expect(day.weekday == weekday)
    #expect(day.advanced(by: 1) > day)
  }

  @Test(arguments: [
    "", "2026", "2026-02-30", "2026-1-01", "2026-13-01", "+026-01-01", "2026-01-01 ",
  ])
  func `what is no day is refused`(text: String) {
    #expect(Day(text) == nil)
  }
}
