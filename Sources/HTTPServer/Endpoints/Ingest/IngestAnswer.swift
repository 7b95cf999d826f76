internal import AccessControl
internal import Authentication
internal import HTTPTypes
internal import Intake

/// What became of records, as JSON. Ids are written as bytes: a batch has thousands.
struct IngestAnswer {
  private(set) var bytes: [UInt8] = []

  /// Of a batch.
  init(_ outcome: IntakeOutcome, session: Bool) {
    bytes.reserveCapacity(64 + outcome.recordCount * 44)
    put("{\"accepted\":")
    put(outcome.accepted)
    put(",\"duplicates\":")
    put(outcome.duplicates)
    put(",\"failed\":[")
    for (number, failure) in outcome.failed.enumerated() {
      if number > 0 { put(",") }
      put("{\"index\":\(failure.index),\"id\":")
      if let id = failure.id { quote(id) } else { put("null") }
      put(",\"code\":\"\(failure.problem.code.rawValue)\"")
      if let field = failure.problem.field {
        put(",\"field\":")
        quote(field)
      }
      put(",\"message\":")
      quote(failure.message)
      put("}")
    }
    put("]")
    if session {
      put(",\"ignored\":")
      put(outcome.ignored)
    }
    put("}")
  }

  private mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private mutating func put(_ names: [String]) {
    put("[")
    for (number, name) in names.enumerated() {
      if number > 0 { put(",") }
      quote(name)
    }
    put("]")
  }

  private mutating func quote(_ text: String) {
    var text = text
    let isPlain = text.withUTF8 { text in
      text.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }
    }
    guard isPlain else { return put(StrictJSON.quoted(text)) }
    put("\"")
    put(text)
    put("\"")
  }
}

extension IntakeOutcome {
  /// Of a record that was sent by itself: its id, and one word for what became of it.
  func singleJSON() throws(Problem) -> JSONValue {
    if let failure = failed.first { throw Problem(failure) }
    let outcome: String
    if !accepted.isEmpty {
      outcome = "accepted"
    } else {
      outcome = duplicates.isEmpty ? "ignored" : "duplicate"
    }
    return .members([
      "id": (accepted.first ?? duplicates.first ?? ignored.first).map { .text($0) },
      "outcome": .text(outcome), "session": session.map { $0.json },
    ])
  }
}

extension SessionSummary {
  var json: JSONValue {
    .members([
      "id": .text(id), "organization_id": .text(organization.text), "user_id": .text(user),
      "state": .text(state.rawValue), "is_active": .boolean(state == .open),
      "login_at": .text(ISOTime.text(login)), "last_activity_at": .text(ISOTime.text(lastActivity)),
      "active_seconds": .integer(activeSeconds), "idle_seconds": .integer(idleSeconds),
      "total_seconds": .integer(activeSeconds + idleSeconds),
    ])
  }
}

extension Problem {
  /// The disk refused a change before: until somebody restarts the service, sending again does not help.
  static var readOnly: Problem {
    var problem = Problem(
      .serviceUnavailable, "not_stored", "Not stored",
      "the disk refused a change, and the service only reads until it is started again: this may not have been stored",
      hint:
        "keep the records and send them when GET /ready answers 200: what was stored is not stored twice"
    )
    problem.retryAfter = 300
    return problem
  }

  /// A record that was sent by itself. It is among the dead letters.
  init(_ failure: IntakeFailure) {
    let code = failure.problem.code.rawValue
    self.init(
      .unprocessableContent, code, "Record refused", failure.message,
      errors: failure.problem.field.map { [FieldError($0, code, failure.message)] } ?? [])
  }

  /// A body that was refused as a whole: nothing of it was stored.
  init(_ refusal: IntakeRefusal) {
    let code = refusal.code.rawValue
    switch refusal.code {
    case .malformed, .invalidEnvelope:
      self.init(.badRequest, code, "Invalid body", refusal.message)
    case .invalidKey: self.init(.badRequest, code, "Invalid Idempotency-Key", refusal.message)
    case .tooLarge, .tooMany: self.init(.contentTooLarge, code, "Body too large", refusal.message)
    case .kindNotAllowed: self.init(.forbidden, code, "Forbidden", refusal.message)
    case .keyReused:
      self.init(.unprocessableContent, code, "Idempotency-Key used twice", refusal.message)
    case .inProgress:
      self.init(.conflict, code, "Being stored", refusal.message)
      retryAfter = 1
    case .notStored:
      // Why is the operator's business: the log says it.
      self.init(
        .serviceUnavailable, code, "Not stored",
        "nothing of this was stored; send it again later")
      retryAfter = 30
    }
    byte = refusal.position
  }
}
