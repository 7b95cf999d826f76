internal import AccessControl
internal import HTTPTypes
internal import Intake

extension Service {
  static let liveEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/live", "Follow the live counters",
      about: """
        Server-sent events: `snapshot` with all that `/api/admin/live/snapshot` answers, then `update` with the \
        counters that changed and their values now, at most four times a second; `end` says why the stream ends. \
        `Documentation/live.md` has the counters.
        """,
      tag: "live", access: .scoped(.readAnalytics), parameters: liveParameters,
      answers: [
        EndpointAnswer(200, "A stream of events.", types: [ServerSentEvent.contentType])
      ]
    ) { request, service in
      let view = try LiveView(request)
      let stream = LiveStream(
        view: view, request: request, service: service,
        place: try service.live.streams.admit(request.principal.user))
      var response = ServiceResponse(
        contentType: ServerSentEvent.contentType, body: .stream { try await stream.run(&$0) })
      response.mayBeCompressed = false
      // For proxies that would wait for more before they pass something on.
      response.headers[bufferingHeader] = "no"
      return response
    },
    Endpoint(
      .get, "/api/admin/live/snapshot", "Read the live counters",
      about: "For those who ask from time to time in place of following.",
      tag: "live", access: .scoped(.readAnalytics), parameters: liveParameters,
      answers: [EndpointAnswer(200, "As they are now.", schema: LiveReading.schema)]
    ) { request, service in
      let view = try LiveView(request)
      let (reading, isComplete) = service.live.reading(view)
      return .json(reading.json(view, isComplete: isComplete))
    },
  ]

  private static let bufferingHeader = HTTPField.Name("X-Accel-Buffering") ?? .cacheControl

  private static let liveParameters: [EndpointParameter] = [
    .query(
      "counters", .list(largestCount: 32),
      "Only these, with commas between them or one at a time: "
        + ActivityCounter.allCases.map(\.name).joined(separator: ", ") + "."),
    .query(
      "series", .flag, fallback: "false", "Whether with the counts of each of the last 60 seconds."),
  ]
}

extension LiveView {
  init(_ request: ServiceRequest) throws(Problem) {
    // People's own numbers are not counted apart: no role reads analytics of itself alone.
    guard request.scope.user == nil else { throw .internalError }
    self.init(organizations: request.scope.organizations)
    hasSeries = request.arguments.flag("series")
    let names = request.arguments.list("counters").flatMap { $0.split(separator: ",") }
    guard !names.isEmpty else { return }
    var chosen: Set<ActivityCounter> = []
    for name in names {
      guard let counter = ActivityCounter(name: String(name)) else {
        throw .parameter(
          "counters", "choice",
          "must be of \(ActivityCounter.allCases.map(\.name).joined(separator: ", "))")
      }
      chosen.insert(counter)
    }
    counters = ActivityCounter.allCases.filter(chosen.contains)
  }
}
