/// What is wrong with one record. Messages name fields and limits, never values: they are shown and
/// logged.
public enum ProblemCode: String, CaseIterable, Sendable {
  case notAnObject = "not_an_object"
  case unknownField = "unknown_field"
  case repeatedField = "repeated_field"
  case missingField = "missing_field"
  case wrongType = "wrong_type"
  case tooLong = "too_long"
  case outOfRange = "out_of_range"
  case invalidID = "invalid_id"
  case mailAsID = "email_as_id"
  case secretAsID = "secret_as_id"
  case invalidText = "invalid_text"
  case unknownValue = "unknown_value"
  case unknownEventType = "unknown_event_type"
  case invalidTime = "invalid_time"
  case timeInFuture = "time_in_future"
  case timeTooOld = "time_too_old"
  case invalidAddress = "invalid_ip"
  case invalidMail = "invalid_email"
  case invalidCountry = "invalid_country"
  case recordTooLarge = "record_too_large"
  case noOrganization = "no_organization"
  case organizationMismatch = "organization_mismatch"
  case userMismatch = "user_mismatch"
  /// With the token of a person, where a key of an emitter is needed.
  case notAllowed = "not_allowed"
  /// The same id came before with other content.
  case idConflict = "id_conflict"

  /// Whether the same record may be taken later: the clock, a mapping or the configuration decides.
  /// Others lack what could not be read, and so stay refused.
  public var isReplayable: Bool {
    switch self {
    case .noOrganization, .organizationMismatch, .timeInFuture, .timeTooOld, .unknownEventType:
      true
    default: false
    }
  }
}

/// What is wrong with a record, and where.
public struct RecordProblem: Error, Equatable, Sendable {
  public var code: ProblemCode
  /// The field's documented name; `nil` for the record as a whole.
  public var field: String?

  public init(_ code: ProblemCode, _ field: String? = nil) {
    self.code = code
    self.field = field
  }

  /// What to tell the emitter; `limits` are those that it was held to.
  public func message(_ limits: IntakeLimits, _ kind: IntakeKind) -> String {
    let schema = RecordSchema.of(kind)
    let name = field.map { "'\($0)'" } ?? "the record"
    let type = field.flatMap { schema.index($0) }.map { schema.fields[$0].type }
    switch code {
    case .notAnObject: return "a record is an object"
    case .unknownField:
      return field.map { "a field is unknown; '\($0)' is close to it" }
        ?? "a field is unknown; /openapi.json has the fields of '\(kind.rawValue)'"
    case .repeatedField: return "a field is given twice, perhaps by another of its names"
    case .missingField: return "\(name) is missing"
    case .wrongType: return "\(name) is not \(type?.expectation ?? "what is expected")"
    case .tooLong: return "\(name) is too long: \(type?.expectation ?? "see the documentation")"
    case .outOfRange: return "\(name) is out of range: \(type?.expectation ?? "")"
    case .invalidID: return "\(name) is no identifier: \(FieldType.identifier.expectation)"
    case .mailAsID: return "\(name) is an e-mail address; send the identifier of the person"
    case .secretAsID: return "\(name) looks like a key or token; send an identifier"
    case .invalidText: return "\(name) has control characters"
    case .unknownValue: return "\(name) is not \(type?.expectation ?? "a known value")"
    case .unknownEventType: return "\(name) is no known event type"
    case .invalidTime: return "\(name) is not \(FieldType.time.expectation)"
    case .timeInFuture:
      return "\(name) is more than \(limits.futureSeconds) s in the future; set the clock"
    case .timeTooOld: return "\(name) is more than \(limits.pastDays) days ago"
    case .invalidAddress: return "\(name) is no IP address"
    case .invalidMail: return "\(name) is no e-mail address"
    case .invalidCountry: return "\(name) is not \(FieldType.country.expectation)"
    case .recordTooLarge: return "the record has more than \(limits.recordByteCount) bytes"
    case .noOrganization:
      return "no organisation: give 'organization_id', or a known 'resource_id'"
    case .organizationMismatch:
      return "the record, or whom or what it names, is of another organisation than its sender"
    case .notAllowed: return "\(name) is taken from emitter keys only"
    case .userMismatch:
      switch kind {
      case .login, .heartbeat, .logout: return "the session is that of another person"
      default: return "\(name) is another person than the one who sends it"
      }
    case .idConflict:
      return "this id came before with other content; give each record an id of its own"
    }
  }
}

extension FieldType {
  /// What a value must be, as the end of a sentence.
  var expectation: String {
    switch self {
    case .identifier, .organization:
      "a text of 1 to 128 bytes without control characters or blanks at its ends"
    case .choice(let words): "one of \(Set(words.values).sorted().joined(separator: ", "))"
    case .eventType: "an event type"
    case .label(let limit), .prose(let limit), .path(let limit): "a text of at most \(limit) bytes"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .rounded(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .money: "an amount of US dollars from 0 to 1000000"
    case .boolean: "true or false"
    case .time:
      "an ISO 8601 time, in UTC where it has no offset, or seconds or milliseconds since 1970"
    case .address: "an IP address"
    case .userAgent: "a text of at most 1024 bytes"
    case .country: "two letters of ISO 3166-1"
    case .mail: "an e-mail address"
    case .fingerprint: "a text of at most 8192 bytes"
    case .metadata: "an object"
    }
  }
}
