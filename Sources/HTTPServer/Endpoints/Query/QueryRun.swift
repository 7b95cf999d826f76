internal import AccessControl
internal import ColumnStore
internal import Engine
internal import QueryExecution
internal import QueryLanguage

/// One statement on its way through the engine.
struct QueryRun: Sendable {
  var body: QueryBody
  var session: Session
  let query: AdmittedQuery
  let engine: Engine
  /// What answers may hold that wait to be read.
  let answers: MemoryBudget

  struct Answer: Sendable {
    var receipt: QueryReceipt?
    /// The first rows.
    var bytes: [UInt8]
    /// There are no more.
    var isComplete: Bool
    var rest: UnsentRows
  }

  /// On a thread of its own: it blocks until the answer is there.
  func answer() throws(Problem) -> Answer {
    do throws(QueryError) {
      let begun = ContinuousClock.now
      let statement = try SQLParser.parseOne(body.sql)
      try refuseUnlessReading(statement)
      var session = session
      if let asOf = body.asOf { try setAsOf(asOf, &session) }
      let result = try engine.execute(
        statement, text: body.sql, parameters: body.parameters, in: &session,
        cancellation: query.cancellation, begun: begun)
      let zone = TimeZoneRules.named(session.timeZone) ?? .utc
      var writer = result.answer(as: body.kind, timeZone: zone)
      var bytes: [UInt8] = []
      writer.append(to: &bytes)
      let rest = try UnsentRows(writer, within: answers)
      return Answer(
        receipt: result.receipt, bytes: bytes, isComplete: writer.isAtEnd, rest: rest)
    } catch {
      throw Problem(advised(error), in: body.sql)
    }
  }

  /// What the shell sets by SET is a member of the body here.
  private func advised(_ error: QueryError) -> QueryError {
    var error = error
    switch error.code {
    case .statementTimeout:
      error.hint = "limits.timeout_ms gives it more time; a filter on the time column reads less"
    case .outOfMemory:
      error.hint =
        "limits.max_memory raises the limit; fewer groups, approx_count_distinct in place of "
        + "count(DISTINCT ...) or a filter need less"
    default: break
    }
    return error
  }

  /// The engine refuses changes itself; what is left here would do nothing, or change a session that
  /// ends with the request.
  private func refuseUnlessReading(_ statement: Statement) throws(QueryError) {
    switch statement.kind {
    case .select, .explain, .show, .describe: return
    case .set:
      throw QueryError(
        .featureNotSupported, "SET has no effect: each request has a session of its own",
        at: statement.range,
        hint: "the body's time_zone, limits, cache and as_of set what SET would")
    case .prepare, .execute, .deallocate:
      throw QueryError(
        .featureNotSupported, "each request has a session of its own, which keeps no statements",
        at: statement.range, hint: "send the statement with its parameters each time")
    case .copy:
      throw QueryError(
        .featureNotSupported, "COPY is not for queries over HTTP", at: statement.range,
        hint: "send the SELECT alone with format csv or ndjson")
    default:
      throw QueryError(
        .readOnly, "the statement would change tables, and only statements that read are run here",
        at: statement.range, hint: "SELECT, EXPLAIN, SHOW and DESCRIBE read")
    }
  }

  private func setAsOf(_ text: String, _ session: inout Session) throws(QueryError) {
    let literal = "'" + text.replacing("'", with: "''") + "'"
    do throws(QueryError) {
      _ = try engine.execute("SET as_of = \(literal)", in: &session)
    } catch {
      // Its place is in a text that nobody sent.
      throw QueryError(error.code, "as_of: \(error.message)", hint: error.hint)
    }
  }
}
