internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Logging
internal import Platform

/// What looked like an attack: reading it, and saying that somebody dealt with it.
extension Service {
  static let threatEndpoints: [Endpoint] = [
    listThreats,
    changeThreats(
      "/api/admin/threats/resolve", isResolved: true, "Say that threats were dealt with",
      about: "One that was resolved before keeps its time and who it was."),
    changeThreats(
      "/api/admin/threats/unresolve", isResolved: false, "Say that threats are open again",
      about: "Time and person of the resolution go."),
  ]

  private static let listThreats = Endpoint(
    .get, "/api/admin/threats", "List threats",
    about: "Newest first. `total` counts all that the filters let through.", tag: "threats",
    access: .scoped(.handleThreats),
    parameters: [
      .query("type", ThreatJSON.choice("threat_type"), "Only threats of this type."),
      .query("severity", ThreatJSON.choice("severity"), "Only threats of this severity."),
      .query("resolved", .choice(["true", "false"]), "Only those that are, or are not, resolved."),
      .query("from", .text(1...40), "From this day on, or this time, in UTC: `2024-01-31`."),
      .query("to", .text(1...40), "Up to this day, which is included, or before this time."),
      .query("limit", .integer(1...1000), fallback: "100", "How many threats at most."),
      .query("offset", .integer(0...1_000_000), fallback: "0", "How many threats to leave out."),
    ], answers: [EndpointAnswer(200, "The threats.", schema: ThreatJSON.list)]
  ) { request, service in
    var query = ThreatQuery()
    query.type = request.arguments.text("type")
    query.severity = request.arguments.text("severity")
    query.isResolved = request.arguments.text("resolved").map { $0 == "true" }
    (query.from, query.to) = try TimeParameters.range(request.arguments)
    query.limit = request.arguments.integer("limit") ?? query.limit
    query.offset = request.arguments.integer("offset") ?? 0
    let (list, count) = (query.list, query.count)
    let start = try await service.querySession(for: request, as: .handleThreats)
    let (found, total) = try await service.run { [engine = service.engine] in
      var session = start
      return (
        try engine.execute(list.sql, parameters: list.parameters, in: &session),
        try engine.execute(count.sql, parameters: count.parameters, in: &session).rows.first?.first
      )
    }
    return .json(
      .members([
        "threats": .array(found.rows.map { .object(RowJSON.object(ThreatJSON.members, $0)) }),
        "redacted": .array(found.redactedColumns.map { .text($0) }),
        "total": total.map { RowJSON.value($0) }, "limit": .integer(Int64(query.limit)),
        "offset": .integer(Int64(query.offset)),
      ]))
  }

  private static func changeThreats(
    _ path: String, isResolved: Bool, _ summary: String, about: String
  ) -> Endpoint {
    Endpoint(
      .patch, path, summary,
      about: "\(about) All as one change, or nothing. The attempt is on the record.",
      tag: "threats", access: .scoped(.handleThreats),
      body: .json(
        .object([
          .init("ids", .array(.text(1...128), 1...ThreatJSON.largestChangeCount), "which")
        ]), largestByteCount: 1 << 16),
      answers: [EndpointAnswer(200, "What became of each.", schema: ThreatJSON.outcomes)]
    ) { request, service in
      var seen: Set<ExactText> = []
      let ids = (request.json?.members?["ids"]?.elements ?? []).compactMap(\.text)
        .filter { seen.insert(ExactText($0)).inserted }
      let statement = ThreatQuery.named(ids, isResolved: !isResolved)
      let start = try await service.querySession(for: request, as: .handleThreats)
      let outcomes = try await service.run {
        var session = start
        let changing = try service.engine.execute(
          statement.sql, parameters: statement.parameters, in: &session
        ).rows
        try service.record(changing, isResolved: isResolved, request)
        do throws(IntakeRefusal) {
          return try service.intake.resolveThreats(
            ids, isResolved, by: request.principal.user.text,
            within: request.scope.organizations, at: service.environment.now())
        } catch {
          request.log.error("threats were not changed", metadata: ["reason": "\(error.message)"])
          throw Problem.notStored(error)
        }
      }
      return .json(ThreatJSON.json(ids, outcomes))
    }
  }

  /// One entry for each organisation whose threats are about to change; none where nothing is.
  private func record(
    _ rows: [[Value]], isResolved: Bool, _ request: ServiceRequest
  ) throws(Problem) {
    var ids: [OrganizationID?: [String]] = [:]
    for row in rows {
      guard row.count == 2, case .text(let id) = row[0] else { continue }
      var organization: OrganizationID?
      if case .text(let text) = row[1] { organization = OrganizationID(text) }
      ids[organization, default: []].append(id)
    }
    let entries = ids.sorted { ($0.key?.text ?? "") < ($1.key?.text ?? "") }.map {
      AdministrativeAct.threatsResolved(ids: $1, isResolved: isResolved).entry(
        by: AuditActor(request.principal), of: $0, at: request.time, requestID: request.id.text)
    }
    do throws(AuditLogError) {
      try administration.audit.append(entries)
    } catch {
      throw .notRecorded
    }
  }
}

/// How threats are shown.
enum ThreatJSON {
  static let largestChangeCount = 200

  static let members = [
    "id", "timestamp", "organization_id", "user_id", "type", "severity", "description",
    "ip_address", "country", "request_id", "resolved", "resolved_at", "resolved_by",
  ]

  /// The words that intake takes.
  static func choice(_ field: String) -> EndpointParameter.Kind {
    for known in RecordSchema.of(.threat).fields where known.name == field {
      if case .choice(let words) = known.type { return .choice(Set(words.values).sorted()) }
    }
    preconditionFailure("threats have no choice of '\(field)'")
  }

  static func json(_ ids: [String], _ outcomes: [String: Intake.ThreatOutcome]) -> JSONValue {
    func count(_ outcome: Intake.ThreatOutcome) -> JSONValue {
      .integer(Int64(outcomes.values.count { $0 == outcome }))
    }
    return .members([
      "resolved": count(.resolved), "unresolved": count(.unresolved),
      "unchanged": count(.unchanged), "unknown": count(.unknown),
      "outcomes": .array(
        ids.map {
          .members([
            "id": .text($0),
            "outcome": .text((outcomes[$0] ?? .unknown).rawValue),
          ])
        }),
    ])
  }

  static let outcomes = Schema.object([
    .init("resolved", .count), .init("unresolved", .count), .init("unchanged", .count),
    .init("unknown", .count),
    .init(
      "outcomes",
      .array(
        .object([
          .init("id", .string),
          .init("outcome", .choice(["resolved", "unresolved", "unchanged", "unknown"])),
        ]), nil)),
  ])

  static let list = Schema.object([
    .init(
      "threats",
      .array(
        .named(
          "Threat",
          .object(
            members.map {
              .init($0, $0 == "resolved" ? .nullable(.boolean) : .nullable(.string))
            })), nil)),
    .init("redacted", .array(.string, nil), "columns whose values are hidden"),
    .init("total", .count), .init("limit", .count), .init("offset", .count),
  ])
}
