internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import HTTPTypes
internal import Pricing
internal import QueryExecution
internal import QueryLanguage
internal import QueryPlanning
internal import ServiceSetup

/// The rows behind a page as a file.
extension Service {
  static let exportEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/analytics/export", "Take rows away as a file",
      about: """
        The rows, numbers and masks of the page that has the same filters; with `as_of` of the same moment. \
        `Documentation/http-api.md` says how to tell a file that is not whole.
        """,
      tag: "overview", access: .scoped(.readAnalytics),
      parameters: exportParameters,
      answers: [
        EndpointAnswer(
          200, "The rows. As CSV and NDJSON the receipt stands in the header `Daybook-Receipt`.",
          types: ExportFormat.allCases.map(\.contentType))
      ]
    ) { request, service in
      try await service.export(request)
    }
  ]

  private static let exportParameters: [EndpointParameter] =
    [
      .query("list", .choice(ExportList.names), fallback: ExportList.events.rawValue, "What."),
      .query(
        "format", .choice(ExportFormat.names), fallback: ExportFormat.csv.rawValue,
        "CSV as in RFC 4180, a JSON object on each line, or one JSON document."),
      .query(
        "cells", .choice(["exact", "spreadsheet"]), fallback: "exact",
        """
        Of CSV: `spreadsheet` puts an apostrophe before texts that spreadsheets would take for formulas, \
        and a byte order mark at the beginning; `exact` changes nothing.
        """),
    ] + AnalyticsParameters.range + AnalyticsParameters.filters + AnalyticsParameters.asOf
    + ExportList.parameters.map(\.parameter)

  private func export(_ request: ServiceRequest) async throws -> ServiceResponse {
    let deadline =
      ContinuousClock.now + .milliseconds(configuration.integer("export.longest_ms") ?? 900_000)
    try refuseReveal(of: request)
    let arguments = request.arguments
    guard let list = arguments.text("list").flatMap({ ExportList(rawValue: $0) }) else {
      throw Problem.internalError
    }
    let format = arguments.text("format").flatMap { ExportFormat(rawValue: $0) } ?? .csv
    let guardsFormulas = arguments.text("cells") == "spreadsheet"
    if guardsFormulas, format != .csv {
      throw Problem.parameter("cells", "conflict", "spreadsheet is for format=csv")
    }
    try list.check(arguments)
    let reservation = MemoryReservation(answers, for: "an export")
    do throws(QueryError) {
      try reservation.add(UnsentExport.pagesByteCount)
    } catch {
      throw Problem.busy("too many answers wait to be read: try again when others have been")
    }
    // Prices are read from the tables.
    let begin = try await self.run { try self.exportBegin(list, arguments) }
    let options = AnalyticsRun.Options(
      fallback: list.fallback, statuses: list.userStatuses(arguments), showsRows: list.hasFreeText,
      access: try access(to: list, request), applied: try list.applied(arguments))
    let run = try await analyticsRun(request, options)
    let (export, first) = try await request.connection.cancelling(run.query.cancellation) {
      try await self.run {
        try run.answer { ground throws(QueryError) -> (Export, [UInt8]) in
          var export = try begin(&ground, format, guardsFormulas)
          try UnsentExport.reserve(reservation, for: export, within: self.answers)
          let first = try export.next() ?? []
          return (export, first)
        }
      }
    }
    return exportResponse(export, first, run, reservation, request, until: deadline)
  }

  /// Threats are for fewer people, who may read more of them.
  private func access(
    to list: ExportList, _ request: ServiceRequest
  ) throws(Problem) -> QueryAccess? {
    list == .threats ? try access(of: request, for: .handleThreats) : nil
  }

  typealias ExportBegin =
    @Sendable (inout AnalyticsRun.Ground, ExportFormat, _ guardsFormulas: Bool) throws(QueryError)
    -> Export

  /// What makes it, once the tables are pinned. Parameters are read before.
  private func exportBegin(
    _ list: ExportList, _ arguments: RequestArguments
  ) throws -> ExportBegin {
    if let rows = try list.rows(arguments) {
      return { ground, format, guardsFormulas throws(QueryError) in
        let reading = try ground.evaluator.begin(rows)
        return Export(list, reading, format, guardsFormulas: guardsFormulas, ground)
      }
    }
    if list == .users {
      let order = arguments.text("sort").flatMap { PersonOrder(rawValue: $0) } ?? .lastActive
      let search = PersonSearch(arguments).text
      return { ground, format, guardsFormulas throws(QueryError) in
        let people = try ground.evaluator.allPeople(by: order, matching: search)
        return Export(list, people, format, guardsFormulas: guardsFormulas, ground)
      }
    }
    let table = try exportTable(list, arguments)
    return { ground, format, guardsFormulas throws(QueryError) in
      let table = try table(&ground)
      return Export(list, table, format, guardsFormulas: guardsFormulas, ground)
    }
  }

  private func exportTable(
    _ list: ExportList, _ arguments: RequestArguments
  ) throws -> @Sendable (inout AnalyticsRun.Ground) throws(QueryError) -> ExportTable {
    switch list {
    case .events, .tokens, .threats, .requests, .sessions, .feedback, .users:
      preconditionFailure("\(list.rawValue) are read page by page")
    case .kpis:
      let names = try AnalyticsParameters.names(
        "groups", arguments, allowed: MetricDefinition.Group.names)
      let metrics = MetricCatalogue.metrics.filter { names?.contains($0.group.rawValue) ?? true }
      return { ground throws(QueryError) in try ExportTable(kpis: metrics, &ground) }
    case .trends:
      let ids = try AnalyticsParameters.names(
        "metrics", arguments, allowed: MetricCatalogue.trendIDs)
      let metrics = (ids ?? OverviewPart.defaultTrends).compactMap { MetricCatalogue.metric($0) }
      let grain = arguments.text("grain").flatMap { Grain(rawValue: $0) }
      return { ground throws(QueryError) in
        try ExportTable(trends: metrics, by: grain ?? .fitting(ground.range), &ground)
      }
    case .cost:
      if let dimension = arguments.text("by").flatMap({ CostDimension(rawValue: $0) }) {
        return { ground throws(QueryError) in try ExportTable(costsOf: dimension, &ground) }
      }
      let grain = arguments.text("grain").flatMap { Grain(rawValue: $0) } ?? .day
      return { ground throws(QueryError) in try ExportTable(costsBy: grain, &ground) }
    }
  }

  // MARK: - Sending

  private func exportResponse(
    _ export: Export, _ first: [UInt8], _ run: AnalyticsRun, _ reservation: MemoryReservation,
    _ request: ServiceRequest, until deadline: ContinuousClock.Instant
  ) -> ServiceResponse {
    let unsent = UnsentExport(export, reservation)
    var response = ServiceResponse(
      contentType: export.format.contentType,
      body: .stream { stream in
        guard var export = unsent.take() else { return }
        do {
          try await stream.write(first)
          while export.rowCount < export.total {
            guard ContinuousClock.now < deadline else { throw Self.exportTooSlow }
            let (later, bytes) = try await self.exportStep(export, until: deadline)
            export = later
            unsent.release(to: export)
            guard let bytes else { break }
            try await stream.write(bytes)
          }
          stream.trailers = [ExportHeader.rowsSent: String(export.rowCount)]
        } catch {
          let problem = error as? Problem ?? (error as? QueryError).map { Problem($0, in: "") }
          // Otherwise the connection ends without the end of the body.
          guard let problem, let end = export.cut(problem.json(request.id)) else { throw error }
          try await stream.write(end)
        }
        withExtendedLifetime((run, unsent)) {}
      })
    response.headers[.contentDisposition] = "attachment; filename=\"\(export.fileName)\""
    response.headers[QueryHeader.id] = run.query.name
    response.headers[ExportHeader.rowCount] = String(export.total)
    response.headers[.trailer] = ExportHeader.rowsSent.rawName
    let receipt = export.receipt.asciiText
    if export.format != .json, receipt.utf8.count <= QueryHeader.limit {
      response.headers[QueryHeader.receipt] = receipt
    }
    return response
  }

  /// Where others have the threads, it waits: an export that has begun is not given up for that.
  private func exportStep(
    _ export: Export, until deadline: ContinuousClock.Instant
  ) async throws -> (Export, [UInt8]?) {
    while true {
      do {
        return try await run {
          var later = export
          let bytes = try later.next()
          return (later, bytes)
        }
      } catch let problem as Problem where problem.code == "busy" {
        guard ContinuousClock.now < deadline else { throw problem }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  private static let exportTooSlow = Problem(
    .unprocessableContent, "export_timeout", "Export ended",
    "reading the export took longer than the service waits",
    hint: "read it faster, or ask for a shorter range")
}

enum ExportHeader {
  /// How many rows will come.
  static let rowCount = HTTPField.Name("Daybook-Row-Count") ?? .eTag
  /// Behind the body: how many have come, which is all of them.
  static let rowsSent = HTTPField.Name("Daybook-Rows-Sent") ?? .eTag
}

extension JSONValue {
  /// For a header: what is beyond ASCII as escapes.
  var asciiText: String {
    var text = ""
    for scalar in string.unicodeScalars {
      if scalar.isASCII, scalar.value != 127 {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }
}
