internal import AccessControl
internal import Analytics
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Logging
internal import Platform
internal import QueryLanguage

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
    about: """
      The newest first; of all times unless a range is asked for. `total` counts all that the filters let \
      through, `by_severity` all of the range, whatever the filters are.
      """, tag: "threats",
    access: .scoped(.handleThreats),
    parameters: AnalyticsParameters.wholeRange + [
      .query("type", ThreatJSON.choice("threat_type"), "Only threats of this type."),
      .query("severity", ThreatJSON.choice("severity"), "Only threats of this severity."),
      .query("resolved", .choice(["true", "false"]), "Only those that are, or are not, resolved."),
    ] + ListJSON.parameters(limits: 1...1000, fallback: 100, offsets: 0...1_000_000)
      + AnalyticsParameters.asOf,
    answers: [EndpointAnswer(200, "The threats.", schema: ThreatJSON.list)]
  ) { request, service in
    let options = AnalyticsRun.Options(
      fallback: .all, showsRows: true, access: try service.access(of: request, for: .handleThreats))
    return try await service.page(
      of: .threats.restricted(to: threatConditions(request.arguments)), named: "threats", request,
      options
    ) { ground, _ throws(QueryError) in
      ListAddition(
        toAnswer: [
          .init("by_severity", ThreatJSON.bySeverity(try ground.evaluator.threatCounts()))
        ])
    }
  }

  static func threatConditions(_ arguments: RequestArguments) -> [RowCondition] {
    [
      arguments.text("type").flatMap { .threatType($0) },
      arguments.text("severity").flatMap { .severity($0) },
      arguments.text("resolved").map { .isResolved($0 == "true") },
    ].compactMap { $0 }
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

  private static let severities: [String] = {
    if case .choice(let names) = choice("severity") { names } else { [] }
  }()

  /// Of each severity how many there are, and how many nobody has dealt with.
  static func bySeverity(_ counts: [ThreatCount]) -> JSONValue {
    .object(
      severities.map { severity in
        let found = counts.first { $0.severity == severity }
        return .init(
          severity,
          .members([
            "count": .integer(found?.count ?? 0), "open": .integer(found?.open ?? 0),
          ]))
      })
  }

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

  static let list = ListJSON.schema(
    "threats", .named("Threat", .object(ListJSON.properties(of: .threats))),
    with: [
      .init(
        "by_severity",
        .object(
          severities.map {
            .init($0, .object([.init("count", .count), .init("open", .count)]))
          }), "How many there are in the range, and how many of them are not resolved.")
    ])
}
