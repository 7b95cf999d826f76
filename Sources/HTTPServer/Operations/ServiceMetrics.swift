internal import Synchronization

/// What the service counts of itself.
package final class ServiceMetrics: Sendable {
  package let registry = MetricRegistry()
  let ingest: IngestMetrics
  private let requests: MetricFamily
  private let durations: MetricFamily
  private let refusals: MetricFamily
  private let limited: MetricFamily
  private let tokens: MetricFamily
  private let connections = Atomic<Int>(0)
  private let inFlight = Atomic<Int>(0)

  init() {
    ingest = IngestMetrics(registry)
    requests = registry.counter(
      "daybook_http_requests_total", "Requests that were answered.",
      labels: ["method", "route", "status"])
    durations = registry.histogram(
      "daybook_http_request_duration_seconds",
      "From the head of a request to the end of its answer.",
      labels: ["method", "route"],
      bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    refusals = registry.counter(
      "daybook_http_connections_ended_total",
      "Connections that were ended for what came over them, by the reason.", labels: ["reason"])
    limited = registry.counter(
      "daybook_http_rate_limited_total", "Requests that were refused with 429.", labels: ["by"])
    tokens = registry.counter(
      "daybook_tokens_refused_total", "Requests that were refused with 401.", labels: ["code"])
    registry.gauge("daybook_http_connections", "Connections that are open.") { [self] in
      [([], Double(connections.load(ordering: .relaxed)))]
    }
    registry.gauge("daybook_http_requests_in_flight", "Requests that are being answered.") {
      [self] in [([], Double(inFlight.load(ordering: .relaxed)))]
    }
  }

  func connectionOpened() -> Int { connections.add(1, ordering: .relaxed).newValue }
  func connectionClosed() { connections.subtract(1, ordering: .relaxed) }
  func refused(_ reason: String) { refusals.add(labels: [reason]) }
  func limited(by what: String) { limited.add(labels: [what]) }
  func tokenRefused(_ code: String) { tokens.add(labels: [code]) }

  func requestStarted() { inFlight.add(1, ordering: .relaxed) }

  /// `route` is a pattern of the table, never what was sent.
  func requestEnded(method: String, route: String, status: Int, _ duration: Duration) {
    inFlight.subtract(1, ordering: .relaxed)
    requests.add(labels: [method, route, String(status)])
    durations.observe(duration / .seconds(1), labels: [method, route])
  }
}
