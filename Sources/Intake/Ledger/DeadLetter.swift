public import AccessControl
internal import ColumnStore

/// A record that was not stored, scrubbed, with the reason.
public struct DeadLetter: Equatable, Sendable {
  public enum State: String, Sendable {
    case waiting
    /// It was taken, or turned out to be there already.
    case replayed
    /// It was refused again.
    case refused
  }

  public var id: String
  public var received: UnixTime
  public var kind: IntakeKind
  public var organization: OrganizationID?
  public var emitter: String
  /// Whom the record is about.
  public var user: UserID?
  public var clientID: String?
  public var problem: RecordProblem
  /// What of the record could be read and may be stored, as JSON. Fields that were wrong are not in it.
  public var payload: String
  public var state: State
  public var attempts: Int

  static let columns = [
    "dead_letter_id", "received_at", "record_kind", "organization_id", "emitter_key_id",
    "client_event_id", "reason_code", "reason_field", "payload", "state", "attempts",
    "user_id",
  ]

  /// `nil` for a row that was not written here.
  init?(_ row: [Value]) {
    guard row.count == Self.columns.count, let id = row[0].words, let received = row[1].whole,
      let kind = row[2].words.flatMap(IntakeKind.init), let emitter = row[4].words,
      let code = row[6].words.flatMap(ProblemCode.init), let payload = row[8].words,
      let state = row[9].words.flatMap(State.init)
    else { return nil }
    self.id = id
    self.received = UnixTime(milliseconds: received)
    self.kind = kind
    organization = row[3].words.flatMap { OrganizationID($0) }
    self.emitter = emitter
    clientID = row[5].words
    problem = RecordProblem(code, row[7].words)
    self.payload = payload
    self.state = state
    attempts = Int(row[10].whole ?? 0)
    user = row[11].words.flatMap { UserID($0) }
  }

  static func row(
    _ batch: DecodedBatch, _ row: Int, _ problem: RecordProblem, _ emitter: Emitter, at now: Int64,
    id: String, message: String
  ) -> [String: Value] {
    var values: [String: Value] = [
      "dead_letter_id": .text(id), "received_at": .timestamp(now),
      "record_kind": .text(batch.schema.kind.rawValue), "emitter_key_id": .text(emitter.id),
      "reason_code": .text(problem.code.rawValue), "reason": .text(message),
      "payload": .json(batch.json(row)), "state": .text(State.waiting.rawValue),
      "attempts": .integer(0),
    ]
    if let organization = batch.organization(row) {
      values["organization_id"] = .text(organization.text)
    }
    // Whoever it is about: what is erased of a person is erased here too.
    if let user = batch["user_id"].text(row) { values["user_id"] = .text(user) }
    if let field = problem.field { values["reason_field"] = .text(field) }
    if let name = batch.names.text(row) { values["client_event_id"] = .text(name) }
    return values
  }
}

extension DecodedBatch {
  /// A record as JSON, by the documented names: what is read again gives the same record.
  func json(_ row: Int) -> String {
    var json: [UInt8] = [UInt8(ascii: "{")]
    for (field, values) in zip(schema.fields, fields) where !values.isNull(row) {
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      JSONQuoting.write(field.name.utf8, to: &json)
      json.append(UInt8(ascii: ":"))
      switch values {
      case .absent: break
      case .text(let column):
        _ = column.withBytes(row) { text in
          if field.type == .metadata {
            json.append(contentsOf: text)
          } else {
            JSONQuoting.write(text, to: &json)
          }
        }
      case .integers(let numbers, _):
        // Below 10^11 a time would be taken as seconds.
        if field.type == .time, numbers[row] < 100_000_000_000 {
          json.append(contentsOf: "\(Double(numbers[row]) / 1000)".utf8)
        } else {
          json.append(contentsOf: "\(numbers[row])".utf8)
        }
      case .doubles(let numbers, _): json.append(contentsOf: "\(numbers[row])".utf8)
      case .booleans(let flags, _):
        json.append(contentsOf: flags[row] == 0 ? "false".utf8 : "true".utf8)
      }
    }
    json.append(UInt8(ascii: "}"))
    return String(decoding: json, as: UTF8.self)
  }
}
