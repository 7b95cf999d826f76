internal import AccessControl
internal import Alerting
internal import ColumnStore
internal import Engine
internal import Jobs

/// What is wrong, and what was.
extension Service {
  static let alertEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/alerts", "List alerts",
      about: """
        Those that fire, the gravest first, then those that were resolved, the newest first. Those about the \
        service have no organisation: they are for those who see all, and say so by `organizations=all`.
        """,
      tag: "alerts", access: .scoped(.readAnalytics),
      parameters: [
        .query("state", .choice(Alert.State.allCases.map(\.rawValue)), "Only those of this state."),
        .query("limit", .integer(1...500), fallback: "100", "How many alerts at most."),
      ],
      answers: [
        EndpointAnswer(
          200, "The alerts.",
          schema: .object([
            .init("alerts", .array(AlertJSON.schema, nil)),
            .init("firing", .count, "How many fire."),
            .init("resolved", .count, "How many that are kept were resolved."),
          ]))
      ]
    ) { request, service in
      let limit = request.arguments.integer("limit") ?? 100
      let state = request.arguments.text("state")
      // From memory: what cannot be stored any more is there as well.
      let firing = service.alerts.firing.filter {
        request.scope.contains(organization: $0.organization, user: nil)
      }
      let start = service.session(for: request)
      let (rows, count) = try await service.run { [engine = service.engine] in
        var session = engine.pinned(start)
        let columns = AlertStore.columns.joined(separator: ", ")
        return (
          try engine.execute(
            """
            SELECT \(columns) FROM alerts WHERE state = 'resolved' \
            ORDER BY resolved_at DESC, alert_id LIMIT \(limit)
            """, in: &session
          ).rows,
          try engine.execute(
            "SELECT count(*) FROM alerts WHERE state = 'resolved'", in: &session
          ).rows.first?.first
        )
      }
      let resolved = rows.compactMap { AlertStore.alert($0) }
      var shown: [Alert] = []
      if state != Alert.State.resolved.rawValue { shown += firing }
      if state != Alert.State.firing.rawValue { shown += resolved }
      return .json(
        .members([
          "alerts": .array(shown.prefix(limit).map { AlertJSON.alert($0) }),
          "firing": .integer(Int64(firing.count)), "resolved": count.map { RowJSON.value($0) },
        ]))
    }
  ]
}
