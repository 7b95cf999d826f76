internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Engine
internal import Jobs
internal import Platform
internal import QueryExecution

/// What rules found in the numbers: read from the table, where jobs put it, so that a page has it at once.
extension Service {
  static let insightEndpoints: [Endpoint] = [insights, analyticsSummary]

  private static let insights = Endpoint(
    .get, "/api/admin/insights", "List insights",
    about: """
      What fixed rules found (`Documentation/insights.md`), with the numbers that it rests on. The newest days \
      first, within a day the gravest. Those without an organisation are about all together.
      """,
    tag: "insights", access: .scoped(.readAnalytics),
    parameters: [
      .query("kind", .choice(InsightRule.Kind.names), "Only insights of this kind."),
      .query("severity", .choice(InsightRule.Severity.names), "Only insights that are so grave."),
      .query("limit", .integer(1...500), fallback: "100", "How many insights at most."),
      .query("offset", .integer(0...1_000_000), fallback: "0", "How many insights to leave out."),
    ], answers: [EndpointAnswer(200, "The insights.", schema: InsightJSON.listSchema)]
  ) { request, service in
    var query = InsightQuery()
    query.kind = request.arguments.text("kind")
    query.severity = request.arguments.text("severity")
    query.limit = request.arguments.integer("limit") ?? query.limit
    query.offset = request.arguments.integer("offset") ?? 0
    let (list, count) = (query.list, query.count)
    let start = service.session(for: request)
    let (found, total) = try await service.run { [engine = service.engine] in
      var session = engine.pinned(start)
      return (
        try engine.execute(list.sql, parameters: list.parameters, in: &session),
        try engine.execute(count.sql, parameters: count.parameters, in: &session).rows.first?.first
      )
    }
    return .json(
      .members([
        "insights": .array(found.rows.map { InsightJSON.insight($0) }),
        "redacted": .array(found.redactedColumns.map { .text($0) }),
        "total": total.map { RowJSON.value($0) }, "limit": .integer(Int64(query.limit)),
        "offset": .integer(Int64(query.offset)),
        "evaluated_at": InsightJSON.evaluated(service.jobs),
      ]))
  }

  private static let analyticsSummary = Endpoint(
    .get, "/api/admin/analytics/summary", "Say in plain words what has changed",
    about: """
      Sentences made of the stored insights of the newest day that has some, with these insights; of all \
      organisations together where the request asks for all: then `attention` counts those of single organisations \
      that need it, which the list of insights has. Nothing is made up: without an insight it says so.
      """,
    tag: "insights", access: .scoped(.readAnalytics),
    parameters: [
      .query("limit", .integer(1...50), fallback: "10", "How many insights at most.")
    ], answers: [EndpointAnswer(200, "The sentences.", schema: InsightJSON.summarySchema)]
  ) { request, service in
    let limit = request.arguments.integer("limit") ?? 10
    let isOfAll = request.scope.organizations == .all
    let start = service.session(for: request)
    let zone = service.jobs.zone(of: request.scope.organizations)
    let yesterday = zone.day(of: request.time.milliseconds).advanced(by: -1)
    // A day that is not over has insights too, where it is odd already.
    let days = [yesterday.advanced(by: 1), yesterday]
    let (rows, attention) = try await service.run { [engine = service.engine] in
      var session = engine.pinned(start)
      var rows: [[Value]] = []
      for day in days {
        var query = InsightQuery()
        query.day = day.description
        query.isOfAllTogether = isOfAll
        query.limit = limit
        let list = query.list
        rows += try engine.execute(list.sql, parameters: list.parameters, in: &session).rows
      }
      var attention: InsightAttention?
      if isOfAll {
        let count = InsightQuery.attention(on: days.map(\.description))
        attention = InsightAttention(
          try engine.execute(count.sql, parameters: count.parameters, in: &session).rows)
      }
      return (InsightJSON.gravestFirst(rows), attention)
    }
    let shown = Array(rows.prefix(limit))
    return .json(
      .members([
        "day": .text(yesterday.description),
        "sentences": .array(
          InsightJSON.sentences(
            shown, upTo: yesterday, isEvaluated: service.jobs.lastEvaluation != nil, attention)),
        "insights": .array(shown.map { InsightJSON.insight($0) }),
        "attention": attention?.json ?? .null,
        "evaluated_at": InsightJSON.evaluated(service.jobs),
      ]))
  }
}
