internal import AccessControl
internal import Authentication
internal import HTTPTypes
internal import Intake
internal import Logging
internal import Persistence

extension Service {
  /// Stores the records of a request and says what became of each. It answers when that is on disk.
  ///
  /// `isAlwaysBatch`: also one record by itself is answered as a list.
  func ingest(
    _ request: ServiceRequest, as kind: IntakeKind, isAlwaysBatch: Bool = false
  ) async throws -> ServiceResponse {
    guard let body = request.records else {
      preconditionFailure("\(request.endpoint.name) takes no records")
    }
    let emitter = try emitter(of: request, for: kind)
    let key = try idempotencyKey(of: request)
    // From here on it waits for nobody but us.
    let time = body.room.arrive(environment.now)
    let outcome = try await ingestWork.run { [self] in
      try store(body, kind, from: emitter, at: time, key: key, request)
    }
    var response: ServiceResponse
    if outcome.isBatch || isAlwaysBatch {
      response = ServiceResponse(
        contentType: "application/json",
        body: .bytes(IngestAnswer(outcome, session: kind.recordKind == .session).bytes))
    } else {
      response = .json(try outcome.singleJSON())
    }
    if outcome.isReplay { response.headers[Self.idempotencyReplayed] = "true" }
    return response
  }

  /// On a thread that may block.
  private func store(
    _ body: RecordBody, _ kind: IntakeKind, from emitter: Emitter, at time: UnixTime, key: String?,
    _ request: ServiceRequest
  ) throws(Problem) -> IntakeOutcome {
    let bytes = try body.content(upTo: intake.rules.limits.bodyByteCount)
    return try take(bytes, kind, from: emitter, at: time, key: key, request)
  }

  /// Stores records, counts them and says so in the log. On a thread that may block.
  func take(
    _ bytes: [UInt8], _ kind: IntakeKind, from emitter: Emitter, at time: UnixTime, key: String?,
    _ request: ServiceRequest
  ) throws(Problem) -> IntakeOutcome {
    let start = ContinuousClock.now
    let sender = emitter.user.map { "user \($0.text)" } ?? emitter.id
    recordQuota.charge(sender, bytes: bytes.count, at: monotonicNanoseconds)
    var log = request.log
    log[metadataKey: "kind"] = "\(kind.rawValue)"
    log[metadataKey: "emitter"] = "\(emitter.id)"
    if let organization = emitter.organization {
      log[metadataKey: "organization"] = "\(organization.text)"
    }
    let outcome: IntakeOutcome
    do throws(IntakeRefusal) {
      outcome = try intake.accept(bytes, kind, from: emitter, at: time, batchKey: key)
    } catch {
      metrics.ingest.refused(error.code.rawValue)
      if error.code == .notStored {
        log.error("a batch was not stored", metadata: ["reason": "\(error.message)"])
      } else {
        log.info(
          "a batch was refused",
          metadata: ["code": "\(error.code.rawValue)", "bytes": "\(bytes.count)"])
      }
      throw error.code == .notStored && database.failure != nil ? .readOnly : Problem(error)
    }
    recordQuota.charge(sender, records: outcome.recordCount, at: monotonicNanoseconds)
    metrics.ingest.took(kind, outcome, byteCount: bytes.count, ContinuousClock.now - start)
    log.info(
      "took a batch",
      metadata: [
        "accepted": "\(outcome.accepted.count)", "duplicates": "\(outcome.duplicates.count)",
        "failed": "\(outcome.failed.count)", "ignored": "\(outcome.ignored.count)",
        "scrubbed": "\(outcome.scrubbed.total)", "bytes": "\(bytes.count)",
        "replayed": "\(outcome.isReplay)",
      ])
    return outcome
  }

  private func emitter(
    of request: ServiceRequest, for kind: IntakeKind
  ) throws(Problem) -> Emitter {
    let requested = try OrganizationParameters.requested(in: request.arguments)
    if let key = request.emitter {
      if case .named(let names) = requested, names != [key.organization] {
        throw .forbidden(
          "this emitter key is of another organisation than the request names",
          hint: "leave the organisation out: the key says whose records these are")
      }
      return Emitter(id: key.id, organization: key.organization, kinds: key.kinds)
    }
    guard case .only(let organizations) = request.scope.organizations,
      let organization = organizations.first, organizations.count == 1
    else {
      throw .parameter(
        "organization_id", "missing",
        "is required of whoever belongs to several organisations: name one")
    }
    return Emitter(
      user: request.principal.user, of: organization, kind: kind.recordKind,
      client: EmitterClient(address: request.address, userAgent: request.headers[.userAgent]))
  }

  private func idempotencyKey(of request: ServiceRequest) throws(Problem) -> String? {
    let keys = request.headers[values: Self.idempotencyKey]
    guard keys.count <= 1 else {
      throw .invalid("Idempotency-Key", "repeated", "the header is there twice")
    }
    return keys.first
  }

  private static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .date
  private static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .date
}
