import Analytics
import Engine
import Testing

@Suite struct RecentUseTests {
  @Test func `what worked of late is as the metrics say, of all and of each organisation`() throws {
    let world = try MetricWorld(seed: 11, count: 4_000)
    let window = TimeWindow(start: MetricWorld.now - 30 * 86_400_000, end: MetricWorld.now)
    let uses = try RecentUse.read(world.engine, Session(), over: window)
    #expect(uses.map(\.organization) == [nil, "o0", "o1", "o2"])
    for use in uses {
      var filters = MetricFilters()
      filters.organizations = use.organization.map { [$0] } ?? []
      let range = ReportRange(
        preset: .custom, window: window, zone: world.zone, now: MetricWorld.now)
      let figures = try world.figures(MetricCatalogue.metrics, range, filters: filters)
      #expect(use.outcomeCount > 50)
      let rate = Double(use.errorCount) / Double(use.outcomeCount)
      #expect(figures["error_rate"]?.value == rate)
      #expect(figures["generation_latency_p95"]?.value == use.latencyP95)
      #expect(figures["api_response_time_mean"]?.value == use.responseTimeMean)
      #expect(figures["generations"]?.value == Double(use.generationCount))
    }
  }
}
