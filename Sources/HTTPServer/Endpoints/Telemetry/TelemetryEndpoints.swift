internal import AccessControl
internal import OpenTelemetry

extension Service {
  static let telemetryEndpoints: [Endpoint] = [
    telemetry(
      "/v1/traces", "Take spans of OpenTelemetry",
      "Calls of models by the GenAI conventions, and requests to servers, become events."
    ) { bytes throws(TelemetryRefusal) in try TelemetryTranslation(traces: bytes) },
    telemetry(
      "/v1/logs", "Take log records of OpenTelemetry",
      "Events whose names begin with `daybook.` become events."
    ) { bytes throws(TelemetryRefusal) in try TelemetryTranslation(logs: bytes) },
  ]

  private static func telemetry(
    _ path: String, _ summary: String, _ about: String,
    _ translate: @escaping @Sendable ([UInt8]) throws(TelemetryRefusal) -> TelemetryTranslation
  ) -> Endpoint {
    Endpoint(
      .post, path, summary,
      about: """
        OTLP/HTTP as JSON, also with `Content-Encoding: gzip`. \(about) What is of no use here is ignored and \
        counted. What is answered is on disk.
        """,
      tag: "ingest", access: .emitter(.event), body: .records(TelemetrySchema.body),
      answers: [EndpointAnswer(200, "What became of it.", schema: TelemetrySchema.answer)]
    ) { try await $1.ingest(telemetry: $0, translate) }
  }
}

/// What OTLP looks like from afar; `opentelemetry-proto` has the rest.
enum TelemetrySchema {
  static let body = Schema.map(.any)

  static let answer = Schema.object([
    .init(
      "partialSuccess",
      .object([
        .init("rejectedSpans", .string, isRequired: false),
        .init("rejectedLogRecords", .string, isRequired: false),
        .init("errorMessage", .string),
      ]), isRequired: false, "Where something was rejected."),
    .init(
      "daybook",
      .object([
        .init("accepted", .count), .init("duplicates", .count), .init("rejected", .count),
        .init("ignored", .count, "Of no use here."),
      ]), "Of spans or log records."),
  ])
}
