import AccessControl
import HTTPServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

struct MetricsTests {
  @Test func `labels are escaped, buckets are cumulative`() {
    let registry = MetricRegistry()
    let counter = registry.counter("a_total", "What\\it\nis.", labels: ["x"])
    counter.add(labels: ["q\"b\\n\nl"])
    counter.add(2, labels: ["plain"])
    let histogram = registry.histogram("h_seconds", "Time.", bounds: [0.5, 1])
    for value in [0.1, 0.5, 0.7, 9] { histogram.observe(value) }
    registry.gauge("g", "Now.") { [([], .infinity)] }
    #expect(
      registry.text == """
        # HELP a_total What\\\\it\\nis.
        # TYPE a_total counter
        a_total{x="plain"} 2
        a_total{x="q\\"b\\\\n\\nl"} 1
        # HELP h_seconds Time.
        # TYPE h_seconds histogram
        h_seconds_bucket{le="0.5"} 2
        h_seconds_bucket{le="1"} 3
        h_seconds_bucket{le="+Inf"} 4
        h_seconds_sum 10.3
        h_seconds_count 4
        # HELP g Now.
        # TYPE g gauge
        g +Inf

        """)
  }

  @Test func `requests are counted by route, and paths that are none make no series`() async throws
  {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      _ = try await service.ask("GET", "/test/parameters/unsaid?grain=day")
      for path in ["/x", "/y", "/z"] { _ = try await service.ask("GET", path) }
      _ = try await service.ask("PROPFIND", "/x")
      let token = try service.token(.platformAdmin)
      let text = try await service.ask("GET", "/metrics", token: token).body
      #expect(
        text.contains(
          #"daybook_http_requests_total{method="GET",route="/test/parameters/{id}",status="200"} 1"#
        ))
      #expect(
        text.contains(#"daybook_http_requests_total{method="GET",route="unknown",status="404"} 3"#))
      #expect(
        text.contains(
          #"daybook_http_requests_total{method="other",route="unknown",status="404"} 1"#))
      #expect(text.contains("process_resident_memory_bytes"))
      for secret in ["/unsaid", "/x", "PROPFIND"] {
        #expect(!text.contains(secret))
        #expect(!service.log.text.contains(secret))
      }
    }
  }

  @Test func `a request whose answer nobody took is over all the same`() async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.token(.admin)
    let application = Application(
      responder: Unread(responder: ServiceResponder(service: harness.service, isSecure: false)))
    try await application.test(.router) { client in
      for path in ["/api/admin/analytics/export?format=csv&list=events", "/api/admin/live"] {
        let answer = try await client.execute(
          uri: path, method: .get, headers: [.authorization: "Bearer \(token)"])
        #expect(answer.status == .ok)
      }
    }
    let text = harness.service.metrics.registry.text
    #expect(text.contains("daybook_http_requests_in_flight 0\n"))
    for route in ["/api/admin/analytics/export", "/api/admin/live"] {
      let line = #"daybook_http_requests_total{method="GET",route="\#(route)",status="200"} 1"#
      #expect(text.contains(line))
    }
  }

  /// Whose callers have gone before answers are written.
  private struct Unread: HTTPResponder {
    let responder: ServiceResponder

    func respond(to request: Request, context: ServiceContext) async throws -> Response {
      Response(status: try await responder.respond(to: request, context: context).status)
    }
  }

  @Test func `open metrics need no token`() async throws {
    try await TestService.run(settings: [("--metrics-access", "open")]) { service in
      let answer = try await service.ask("GET", "/metrics")
      #expect(answer.status == 200)
    }
  }
}
