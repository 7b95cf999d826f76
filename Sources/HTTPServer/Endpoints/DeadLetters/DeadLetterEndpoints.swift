internal import AccessControl
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Platform

/// Records that were refused: reading them, and taking them again.
extension Service {
  static let deadLetterEndpoints: [Endpoint] = [listDeadLetters, showDeadLetter, replayDeadLetters]

  private static let listDeadLetters = Endpoint(
    .get, "/api/admin/dead-letters", "List records that were refused",
    about: """
      Newest first, without the records themselves. `total` and `counts` are about all that the filters \
      let through. Letters of records whose organisation nobody could tell are in \
      `organizations=all` alone.
      """, tag: "dead letters", access: .scoped(.handleDeadLetters),
    parameters: DeadLetterParameters.filters,
    answers: [EndpointAnswer(200, "The letters.", schema: DeadLetterJSON.list)]
  ) { request, service in
    let query = try DeadLetterParameters.query(request, service)
    let start = try await service.querySession(for: request, as: .handleDeadLetters)
    let (rows, counts) = try await service.run { [engine = service.engine] in
      var session = start
      let list = query.list
      let counts = query.counts
      return (
        try engine.execute(list.sql, parameters: list.parameters, in: &session).rows,
        try engine.execute(counts.sql, parameters: counts.parameters, in: &session).rows
      )
    }
    return .json(DeadLetterJSON.list(rows, counts, query))
  }

  private static let showDeadLetter = Endpoint(
    .get, "/api/admin/dead-letters/{id}", "Show a record that was refused",
    about: """
      `payload` is what of it could be read and may be stored; it is sealed, so that it takes a reveal of \
      `dead_letters.payload`.
      """, tag: "dead letters", access: .scoped(.handleDeadLetters),
    parameters: [.path("id", .text(1...128), "The letter's name.")],
    answers: [EndpointAnswer(200, "The letter.", schema: DeadLetterJSON.whole)]
  ) { request, service in
    let statement = DeadLetterQuery.one(request.arguments.text("id") ?? "")
    let start = try await service.querySession(for: request, as: .handleDeadLetters)
    let answer = try await service.run { [engine = service.engine] in
      var session = start
      return try engine.execute(statement.sql, parameters: statement.parameters, in: &session)
    }
    guard let row = answer.rows.first else {
      throw Problem.notFound("there is no such dead letter")
    }
    return .json(DeadLetterJSON.whole(row, isRedacted: !answer.redactedColumns.isEmpty))
  }

  private static let replayDeadLetters = Endpoint(
    .post, "/api/admin/dead-letters/replay", "Take records again that were refused",
    about: """
      Those that `ids` names, or those that wait and are as `matching` says, the oldest first. Each is \
      checked and scrubbed as if it came now, and is taken once, whoever asks and how often. `next` goes on \
      where `limit` ended, as `after`. The attempt is on the record.
      """, tag: "dead letters", access: .scoped(.handleDeadLetters),
    body: .json(DeadLetterReplay.schema, largestByteCount: 1 << 18),
    answers: [EndpointAnswer(200, "What became of each.", schema: DeadLetterReplay.answerSchema)]
  ) { request, service in
    let replay = try DeadLetterReplay(request)
    let session = try await service.querySession(for: request, as: .handleDeadLetters)
    return .json(
      try await service.run {
        do throws(DeadLetterReplay.Failure) {
          return try replay.run(
            session, engine: service.engine, intake: service.intake,
            audit: service.administration.audit, by: AuditActor(request.principal),
            at: service.environment.now(), requestID: request.id.text
          ).json
        } catch {
          throw Problem(error)
        }
      })
  }
}

extension Problem {
  init(_ failure: DeadLetterReplay.Failure) {
    switch failure {
    case .query(let error): self = Problem(error, in: "")
    case .notRecorded: self = .notRecorded
    case .notStored(let refusal): self = .notStored(refusal)
    }
  }

  /// What the disk says of it is for the log and for those who run the service.
  static func notStored(_ refusal: IntakeRefusal) -> Problem {
    var problem = Problem(
      .serviceUnavailable, "store_unavailable", "Not stored", "nothing was changed",
      hint: "the service's log says why")
    problem.retryAfter = 5
    return problem
  }
}
