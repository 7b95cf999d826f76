import Analytics
import ColumnStore
import Testing

@Suite struct MetricCatalogueTests {
  @Test func `each metric has an id of its own and says what it means`() {
    let metrics = MetricCatalogue.metrics
    #expect(Set(metrics.map(\.id)).count == metrics.count)
    for metric in metrics {
      #expect(metric.definition.hasSuffix("."), "\(metric.id)")
      #expect(metric.version >= 1)
      #expect(metric.id.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber }, "\(metric.id)")
      #expect(MetricCatalogue.metric(metric.id) == metric)
    }
    #expect(Set(Breakdown.ids).count == Breakdown.ids.count)
  }

  @Test func `every group has a metric`() {
    for group in MetricDefinition.Group.allCases {
      #expect(MetricCatalogue.metrics.contains { $0.group == group }, "\(group)")
    }
  }

  @Test func `a template knows parameters from casts and quotes`() {
    let template = SQLTemplate(
      "SELECT ':no', x::text FROM t WHERE a = :name AND b IN (:name, :b_2)")
    #expect(
      template.filled(["name": .text("it's"), "b_2": .integer(-1)])
        == "SELECT ':no', x::text FROM t WHERE a = 'it''s' AND b IN ('it''s', -1)")
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
