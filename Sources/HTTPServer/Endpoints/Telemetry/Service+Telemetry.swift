internal import AccessControl
internal import Authentication
internal import HTTPTypes
internal import Intake
internal import OpenTelemetry

extension Service {
  /// Stores what a request of OTLP says in records. It answers when that is on disk.
  func ingest(
    telemetry request: ServiceRequest,
    _ translate: @escaping @Sendable ([UInt8]) throws(TelemetryRefusal) -> TelemetryTranslation
  ) async throws -> ServiceResponse {
    guard let body = request.records, let key = request.emitter else {
      preconditionFailure("\(request.endpoint.name) takes no records of emitters")
    }
    let emitter = Emitter(id: key.id, organization: key.organization, kinds: key.kinds)
    let time = body.room.arrive(environment.now)
    return try await ingestWork.run { [self] in
      let bytes = try body.content(upTo: intake.rules.limits.bodyByteCount)
      let translation = try Self.translation(of: bytes, translate)
      guard translation.recordCount > 0 else {
        recordQuota.charge(emitter.id, bytes: bytes.count, at: monotonicNanoseconds)
        return TelemetryAnswer(translation, IntakeOutcome(), request.endpoint).response
      }
      let outcome = try take(
        translation.body, .event, from: emitter, at: time, key: nil, request)
      return TelemetryAnswer(translation, outcome, request.endpoint).response
    }
  }

  private static func translation(
    of bytes: [UInt8],
    _ translate: ([UInt8]) throws(TelemetryRefusal) -> TelemetryTranslation
  ) throws(Problem) -> TelemetryTranslation {
    do throws(TelemetryRefusal) {
      return try translate(bytes)
    } catch {
      var problem: Problem
      switch error.code {
      case .malformed:
        problem = Problem(.badRequest, "malformed_json", "Invalid body", error.message)
      case .tooMany:
        problem = Problem(.contentTooLarge, "too_many_records", "Body too large", error.message)
      }
      problem.byte = error.position
      throw problem
    }
  }
}

/// What an exporter is told: an `ExportTraceServiceResponse` or `ExportLogsServiceResponse`, with a
/// member for people beside it, which parsers of OTLP pass over.
private struct TelemetryAnswer {
  let response: ServiceResponse

  init(_ translation: TelemetryTranslation, _ outcome: IntakeOutcome, _ endpoint: Endpoint) {
    let rejected = translation.rejectedCount + outcome.failed.count
    var reasons = translation.rejection.map { [$0] } ?? []
    for failure in outcome.failed.prefix(3) {
      reasons.append("\(failure.problem.code.rawValue): \(failure.message)")
    }
    let name = endpoint.path.hasSuffix("traces") ? "rejectedSpans" : "rejectedLogRecords"
    // Numbers of 64 bits are texts in the JSON of Protocol Buffers.
    let partial = JSONValue.object([
      .init(name, .text(String(rejected))),
      .init("errorMessage", .text(reasons.joined(separator: "; "))),
    ])
    response = .json(
      .members([
        "partialSuccess": rejected > 0 ? partial : nil,
        "daybook": .members([
          "accepted": .integer(Int64(outcome.accepted.count)),
          "duplicates": .integer(Int64(outcome.duplicates.count)),
          "rejected": .integer(Int64(rejected)),
          "ignored": .integer(Int64(translation.ignoredCount)),
        ]),
      ]))
  }
}
