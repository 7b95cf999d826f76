internal import Intake

/// What bodies of records and their answers look like, for the description of the service.
enum IngestSchema {
  static func body(_ kind: IntakeKind) -> Schema {
    let schema = RecordSchema.of(kind)
    let record = Schema.named(
      "Record_\(kind.rawValue)",
      .object(
        schema.fields.map { field in
          .init(
            field.name, field.type.schema, isRequired: field.isRequired,
            field.aliases.isEmpty ? "" : "Also \(field.aliases.joined(separator: ", ")).")
        }))
    let list = Schema.array(record, nil)
    return .either([
      record, list,
      .object([
        .init("events", list, "Also `records`, `batch`, `items`."),
        .init(
          "sequence", .count, isRequired: false,
          "The number of the batch, one more each time: gaps are found."),
        .init("stream", .text(1...64), isRequired: false, "What is numbered."),
        .init("sent_at", .any, isRequired: false, "For the sender's own use."),
      ]),
    ])
  }

  static let answer = Schema.either([single, batch])

  static let single = Schema.named(
    "RecordOutcome",
    .object([
      .init("id", .string, isRequired: false),
      .init("outcome", .choice(["accepted", "duplicate", "ignored"])),
      .init("session", session, isRequired: false, "That the record is about, where it is known."),
    ]))

  static let batch = Schema.named(
    "BatchOutcome",
    .object([
      .init("accepted", .array(.string, nil), "Stored, and on disk."),
      .init("duplicates", .array(.string, nil), "Stored before: nothing was added."),
      .init(
        "failed",
        .array(
          .object([
            .init("index", .count, "Its place in the body, from 0."),
            .init("id", .nullable(.string)), .init("code", .string),
            .init("field", .string, isRequired: false), .init("message", .string),
          ]), nil),
        "Not stored, but among the dead letters. Sending them again as they are does not help."),
      .init(
        "ignored", .array(.string, nil), isRequired: false,
        "Of messages of sessions: too soon after another, or of a session that is unknown or over."),
    ]))

  private static let session = Schema.named(
    "SessionState",
    .object([
      .init("id", .string), .init("organization_id", .string), .init("user_id", .string),
      .init("state", .choice(SessionSummary.State.allCases.map(\.rawValue))),
      .init("is_active", .boolean), .init("login_at", .string), .init("last_activity_at", .string),
      .init("active_seconds", .count), .init("idle_seconds", .count),
      .init("total_seconds", .count),
    ]))
}

extension FieldType {
  fileprivate var schema: Schema {
    switch self {
    case .identifier, .organization: .text(1...128)
    case .choice(let words): .choice(Set(words.values).sorted())
    case .eventType: .text(1...128)
    case .label(let limit), .prose(let limit), .path(let limit): .text(0...limit)
    case .integer(let range), .rounded(let range):
      .integer(Int(range.lowerBound)...Int(range.upperBound))
    case .number, .money: .number
    case .boolean: .boolean
    case .time: .either([.string, .number])
    case .address, .mail: .string
    case .userAgent: .text(0...1_024)
    case .country: .text(2...2)
    case .fingerprint: .text(0...8_192)
    case .metadata: .map(.any)
    }
  }
}
