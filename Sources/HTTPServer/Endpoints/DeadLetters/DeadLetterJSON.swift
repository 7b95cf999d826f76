internal import AccessControl
internal import ColumnStore
internal import Intake
internal import Platform

/// How dead letters are shown.
enum DeadLetterJSON {
  private static let members = ["id"] + DeadLetterQuery.columns.dropFirst()

  private static func letter(_ row: [Value]) -> [JSONValue.Member] {
    RowJSON.object(members, row) + [.init("replayable", .boolean(isReplayable(row)))]
  }

  /// Whether taking it again can come to anything.
  private static func isReplayable(_ row: [Value]) -> Bool {
    func text(_ column: String) -> String? {
      guard let place = DeadLetterQuery.columns.firstIndex(of: column), row.indices.contains(place),
        case .text(let text) = row[place]
      else { return nil }
      return text
    }
    return text("state") == DeadLetter.State.waiting.rawValue
      && text("reason_code").flatMap(ProblemCode.init)?.isReplayable == true
  }

  static func list(_ rows: [[Value]], _ counts: [[Value]], _ query: DeadLetterQuery) -> JSONValue {
    var total: Int64 = 0
    for row in counts { if case .integer(let count)? = row.last { total += count } }
    return .members([
      "dead_letters": .array(rows.map { .object(letter($0)) }),
      "counts": .array(counts.map { .object(RowJSON.object(["reason_code", "letters"], $0)) }),
      "total": .integer(total), "limit": .integer(Int64(query.limit)),
      "offset": .integer(Int64(query.offset)),
    ])
  }

  static func whole(_ row: [Value], isRedacted: Bool) -> JSONValue {
    .object(
      letter(Array(row.dropLast())) + [
        .init(
          "payload",
          isRedacted ? .text(PersonalData.mask) : row.last.map { RowJSON.value($0) } ?? .null),
        .init("redacted", .array(isRedacted ? [.text(DeadLetterQuery.sealedColumn)] : [])),
      ])
  }

  private static let properties: [Schema.Property] =
    members.map { member in
      .init(member, member == "attempts" ? .nullable(.count) : .nullable(.string))
    } + [.init("replayable", .boolean, "Whether taking it again can come to anything.")]

  static let list = Schema.object([
    .init("dead_letters", .array(.named("DeadLetter", .object(properties)), nil)),
    .init(
      "counts",
      .array(.object([.init("reason_code", .string), .init("letters", .count)]), nil),
      "How many there are of each reason, the most frequent first."),
    .init("total", .count), .init("limit", .count), .init("offset", .count),
  ])

  static let whole = Schema.named(
    "WholeDeadLetter",
    .object(
      properties + [
        .init("payload", .any, "`(redacted)` unless a reveal opens it."),
        .init("redacted", .array(.string, nil), "fields whose values are hidden"),
      ]))
}

/// What one may ask of the dead letters.
enum DeadLetterParameters {
  static let reason = EndpointParameter.Kind.choice(ProblemCode.allCases.map(\.rawValue))
  static let kind = EndpointParameter.Kind.choice(IntakeKind.allCases.map(\.rawValue))

  static let filters: [EndpointParameter] =
    [
      .query("reason", reason, "Only letters with this reason."),
      .query("record_kind", kind, "Only records of this kind."),
      .query(
        "state", .choice(["waiting", "replayed", "refused"]),
        "Only letters in this state; `refused` are those that a replay refused for good."),
      .query("emitter_key_id", .text(1...128), "Only what came with this key."),
      .query("limit", .integer(1...1000), fallback: "100", "How many letters at most."),
      .query("offset", .integer(0...1_000_000), fallback: "0", "How many letters to leave out."),
    ] + AnalyticsParameters.wholeRange

  static func query(
    _ request: ServiceRequest, _ service: Service
  ) throws(Problem) -> DeadLetterQuery {
    let arguments = request.arguments
    var query = DeadLetterQuery()
    query.reason = arguments.text("reason")
    query.recordKind = arguments.text("record_kind")
    query.state = arguments.text("state")
    query.emitter = arguments.text("emitter_key_id")
    (query.from, query.to) = try service.bounds(request, of: request.scope.organizations)
    query.limit = arguments.integer("limit") ?? query.limit
    query.offset = arguments.integer("offset") ?? 0
    return query
  }
}
