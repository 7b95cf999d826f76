internal import AccessControl
internal import Engine
internal import HTTPTypes
internal import QueryExecution
internal import QueryLanguage

extension Service {
  static let queryEndpoints: [Endpoint] = [runQuery.asQuestion, cancelQuery, listQueries]

  private static let runQuery = Endpoint(
    .post, "/api/query", "Run a statement of SQL that reads",
    about: """
      `Documentation/http-api.md` has the formats and the receipt. As NDJSON and CSV the receipt stands in the \
      header `Daybook-Receipt`.
      """,
    tag: "query", access: .scoped(.runQueries),
    body: .json(QueryBody.schema, largestByteCount: QueryBody.largestByteCount),
    answers: [
      EndpointAnswer(
        200, "The rows, and as JSON the receipt at the end.", types: AnswerKind.contentTypes)
    ]
  ) { request, service in
    let limits = QueryLimits(service.configuration)
    let body = try QueryBody(request, limits)
    var session = try await service.querySession(for: request)
    session.timeZone = body.timeZone ?? session.timeZone
    session.usesPartialCache = body.usesCache
    session.memoryLimit = body.memoryLimit
    session.rowLimit = body.rowLimit
    let name = body.name ?? RequestID(service.environment).text
    session.origin = QueryOrigin(
      name: name, principal: request.principal.user.text, client: request.address)
    let query = try service.queries.admit(
      name, of: request.principal.user, timeout: .milliseconds(body.timeoutMilliseconds),
      largestConcurrency: limits.largestConcurrency)
    let run = QueryRun(
      body: body, session: session, query: query, engine: service.engine, answers: service.answers)
    // Nobody waits for the answer once the connection is closed.
    let answer = try await request.connection.cancelling(query.cancellation) {
      try await service.run { try run.answer() }
    }
    return response(
      answer, as: body.kind, query, request, on: service.answerWork,
      until: .now + .milliseconds(limits.longestTimeoutMilliseconds))
  }

  private static func response(
    _ answer: QueryRun.Answer, as kind: AnswerKind, _ query: AdmittedQuery,
    _ request: ServiceRequest, on work: WorkQueue, until deadline: ContinuousClock.Instant
  ) -> ServiceResponse {
    let body: ServiceResponse.Body =
      answer.isComplete
      ? .bytes(answer.bytes)
      : .stream { stream in
        try await stream.write(answer.bytes)
        while true {
          if let problem = stop(query, deadline) {
            // As JSON the end says so; otherwise the connection ends without the end of the body.
            guard let end = answer.rest.end(with: problem.json(request.id).string) else {
              throw problem
            }
            return try await stream.write(end)
          }
          guard let bytes = try await work.run({ try answer.rest.next() }) else { return }
          try await stream.write(bytes)
        }
      }
    var response = ServiceResponse(contentType: kind.contentType, body: body)
    response.headers[QueryHeader.id] = query.name
    if kind != .json, let receipt = answer.receipt?.json, receipt.utf8.count <= QueryHeader.limit {
      response.headers[QueryHeader.receipt] = receipt
    }
    return response
  }

  private static func stop(
    _ query: AdmittedQuery, _ deadline: ContinuousClock.Instant
  ) -> Problem? {
    do throws(QueryError) {
      try query.cancellation.check()
    } catch {
      return Problem(error, in: "")
    }
    guard ContinuousClock.now < deadline else {
      return Problem(
        .unprocessableContent, "query_timeout", "Query refused",
        "reading the answer took longer than the service waits",
        hint: "read it faster, or ask for fewer rows")
    }
    return nil
  }

  private static let cancelQuery = Endpoint(
    .delete, "/api/query/{id}", "Cancel a query",
    about:
      "One's own, by its `query_id` or number; those who may operate the service cancel anybody's.",
    tag: "query", access: .capable(.runQueries),
    parameters: [.path("id", .text(1...64), "Its `query_id`, or its number.")],
    answers: [EndpointAnswer(204, "It ends within 50 ms, and its own request is told.", types: [])]
  ) { request, service in
    let id = request.arguments.text("id") ?? ""
    let isOperator = request.principal.mayOperate
    var isFound = service.queries.cancel(id, of: request.principal.user, ofAnybody: isOperator)
    if !isFound, let number = UInt64(id) {
      let number = QueryID(number: number)
      let mine = service.engine.runningQueries.first { $0.id == number }.map {
        isOperator || $0.isAsked(by: request.principal)
      }
      isFound = mine == true && service.engine.cancel(number)
    }
    guard isFound else {
      throw Problem.notFound("no query of yours with this id is running")
    }
    return .noContent
  }

  private static let listQueries = Endpoint(
    .get, "/api/queries", "List the queries that run",
    about: "One's own; everybody's for those who may operate the service.",
    tag: "query", access: .capable(.runQueries),
    answers: [EndpointAnswer(200, "In the order of their starts.", schema: RunningQueryJSON.schema)]
  ) { request, service in
    let principal = request.principal
    let isOperator = principal.mayOperate
    let queries = service.engine.runningQueries.filter {
      isOperator || $0.isAsked(by: principal)
    }
    return .json(
      .members([
        "queries": .array(queries.map { RunningQueryJSON.json($0, showsWork: isOperator) })
      ]))
  }
}

enum QueryHeader {
  static let id = HTTPField.Name("Daybook-Query-Id") ?? .eTag
  static let receipt = HTTPField.Name("Daybook-Receipt") ?? .eTag
  /// Many clients refuse longer headers.
  static let limit = 6_000
}

extension RunningQuery {
  /// By the bytes of the name: `String` takes two spellings of a letter for the same.
  fileprivate func isAsked(by principal: Principal) -> Bool {
    origin.principal.flatMap(UserID.init) == principal.user
  }
}

extension Principal {
  var mayOperate: Bool {
    AccessTable.standard.reach(of: role, for: .operate) == .everything
  }
}
