internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// What there is to choose from, and when people are there.
extension Service {
  static let segmentEndpoints: [Endpoint] = [listSegments, readHeatmap]

  private static let listSegments = Endpoint(
    .get, "/api/admin/segments", "List what filters may be",
    about: """
      Values that rows in reach have, the most frequent first; the \(SegmentList.largestCount) largest of a \
      kind. Organisations of the caller are there also where they have no people yet.
      """,
    tag: "overview", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.asOf,
    answers: [EndpointAnswer(200, "By filter.", schema: SegmentJSON.schema)]
  ) { request, service in
    let own = Set(request.principal.organizations.map { ExactText($0.text) })
    var named: [ExactText] = []
    if case .only(let organizations) = request.scope.organizations {
      named = organizations.map { ExactText($0.text) }.sorted()
    }
    let organizations = named
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        let list = try ground.evaluator.segments()
        return SegmentJSON.json(list, own: own, named: organizations, ground)
      })
  }

  private static let readHeatmap = Endpoint(
    .get, "/api/admin/heatmap", "Count activity by weekday and hour",
    about:
      "On the clocks of the zone. People are counted once in each cell, and only where asked for.",
    tag: "overview", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.range + AnalyticsParameters.filters + [
      .query(
        "by", .choice(["events", "users"]), fallback: "events",
        "`users` counts distinct people too.")
    ] + AnalyticsParameters.other,
    answers: [EndpointAnswer(200, "168 cells.", schema: SegmentJSON.heatmapSchema)]
  ) { request, service in
    let countsPeople = request.arguments.text("by") == "users"
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        let heatmap = try ground.evaluator.heatmap(countsPeople: countsPeople)
        return SegmentJSON.json(heatmap, ground)
      })
  }
}

enum SegmentJSON {
  static func json(
    _ list: SegmentList, own: Set<ExactText>, named: [ExactText], _ ground: AnalyticsRun.Ground
  ) -> JSONValue {
    let listed = Set(list.organizations.map { ExactText($0.name) })
    let missing = named.filter { !listed.contains($0) }
    let organizations =
      list.organizations + missing.map { SegmentList.Group(name: $0.text, people: 0) }
    func texts(_ names: [String]) -> JSONValue { .array(names.map { .text($0) }) }
    return .members([
      "roles": texts(list.roles), "statuses": texts(list.statuses),
      "domains": .array(
        list.domains.map {
          .members(["domain": .text($0.name), "users": .integer($0.people)])
        }),
      "organizations": .array(
        organizations.map {
          .members([
            "organization_id": .text($0.name), "users": .integer($0.people),
            "is_own": .boolean(own.contains(ExactText($0.name))),
          ])
        }),
      "models": texts(list.models), "event_types": texts(list.eventTypes),
      "receipt": AnalyticsReceipt.json(ground, metrics: []),
    ])
  }

  static let schema = Schema.object([
    .init("roles", .array(.string, nil)), .init("statuses", .array(.string, nil)),
    .init("domains", .array(.object([.init("domain", .string), .init("users", .count)]), nil)),
    .init(
      "organizations",
      .array(
        .object([
          .init("organization_id", .string), .init("users", .count),
          .init("is_own", .boolean, "The caller belongs to it."),
        ]), nil)),
    .init("models", .array(.string, nil)), .init("event_types", .array(.string, nil)),
    .init("receipt", AnalyticsReceipt.schema),
  ])

  static func json(_ heatmap: Heatmap, _ ground: AnalyticsRun.Ground) -> JSONValue {
    var cells: [JSONValue] = []
    for weekday in 0..<7 {
      for hour in 0..<24 {
        let people = heatmap.people.map { JSONValue.integer($0[weekday][hour]) }
        cells.append(
          .members([
            "weekday": .integer(Int64(weekday + 1)), "hour": .integer(Int64(hour)),
            "events": .integer(heatmap.counts[weekday][hour]), "users": people ?? .null,
          ]))
      }
    }
    return .members([
      "range": AnalyticsJSON.range(ground.range), "cells": .array(cells),
      "time_zone": .text(ground.range.zone.name),
      "receipt": AnalyticsReceipt.json(ground, metrics: []),
    ])
  }

  static let heatmapSchema = Schema.object([
    .init("range", AnalyticsJSON.rangeSchema),
    .init(
      "cells",
      .array(
        .object([
          .init("weekday", .integer(1...7), "1 is Monday."), .init("hour", .integer(0...23)),
          .init("events", .count), .init("users", .nullable(.count), "Null unless asked for."),
        ]), 168...168)),
    .init("time_zone", .string), .init("receipt", AnalyticsReceipt.schema),
  ])
}
