import Analytics
import Engine
import Testing

@Suite struct WeeklyReportTests {
  private func evaluator(
    _ world: MetricWorld, user: String? = nil
  ) -> (MetricEvaluator, ReportWeek) {
    let week = ReportWeek(before: MetricWorld.now, in: world.zone)
    var filters = MetricFilters()
    filters.users = user.map { [$0] } ?? []
    return (
      MetricEvaluator(
        world.engine, session: Session(), MetricQuestion(week.range, filters: filters)), week
    )
  }

  @Test func `the week is the last whole one, by the zone's days`() throws {
    let world = try MetricWorld(zone: "Asia/Kolkata", count: 0)
    let week = ReportWeek(before: MetricWorld.now, in: world.zone)
    #expect(week.name == "2026-W11")
    #expect(week.monday.description == "2026-03-09" && week.sunday.description == "2026-03-15")
    #expect(week.range.window.milliseconds == 7 * 86_400_000)
    // A Sunday belongs to the week that it ends.
    let sunday = ReportWeek(before: MetricWorld.now - 86_400_000, in: world.zone)
    #expect(sunday.name == "2026-W10")
  }

  @Test func `a person's figures are those of the catalogue with a filter`() throws {
    let world = try MetricWorld(seed: 5, count: 4_000)
    let first: Int64 = 1_767_225_600_000
    var (all, _) = evaluator(world)
    let people = try all.figuresByPerson(WeeklyReport.personalMetrics, first: first)
    #expect(people.count == 40)
    for (user, lines) in people.prefix(12) {
      var (one, _) = evaluator(world, user: user)
      let figures = try one.figures(WeeklyReport.personalMetrics, first: first)
      #expect(lines.map(\.metric.id) == figures.map(\.metric.id))
      for (line, figure) in zip(lines, figures) {
        // Sums of doubles may differ in their last digit.
        for (value, wanted) in [
          (line.value, figure.value), (line.previous, figure.previous?.value),
        ] {
          #expect((value == nil) == (wanted == nil), "\(user) \(line.metric.id)")
          if let value, let wanted { #expect(abs(value - wanted) <= 1e-9 * max(1, abs(wanted))) }
        }
      }
    }
    #expect(
      try all.figuresByPerson(WeeklyReport.personalMetrics, first: nil).allSatisfy {
        $0.lines.allSatisfy { $0.previous == nil }
      })
  }

  @Test func `is written for people, and no name becomes markup`() throws {
    let world = try MetricWorld(count: 0)
    let week = ReportWeek(before: MetricWorld.now, in: world.zone)
    let tokens = try #require(MetricCatalogue.metric("total_tokens"))
    let rate = try #require(MetricCatalogue.metric("training_success_rate"))
    let cost = try #require(MetricCatalogue.metric("total_cost"))
    let report = WeeklyReport(
      week: week, organization: "acme", user: "<b>|x\n# y",
      lines: [.init(tokens, 12_345, 10_000), .init(rate, 0.87, 0.82), .init(cost, nil, 3)])
    #expect(
      report.markdown == """
        # Week 2026-W11

        \\<b\\>\\|x \\# y of acme, 2026-03-09 to 2026-03-15, days of UTC.

        | | this week | the week before | change |
        | --- | ---: | ---: | ---: |
        | Tokens | 12,345 | 10,000 | +23.5% |
        | Training success | 87% | 82% | +5 points |
        | Cost | – | $3.00 | – |

        Costs are estimates. What each line means: `daybook metrics show`.

        """)
  }
}
