import ColumnStore
import Engine
@preconcurrency import Glibc
import QueryLanguage
import QueryPlanning

/// Runs statements one after the other and prints what they answer.
struct StatementRunner {
  let engine: Engine
  var session: Session
  var format: ResultFormat
  /// Tells rows and time of each statement on standard error.
  var showsTiming: Bool
  /// Tells on standard error what each answer rests on.
  var showsReceipt = false
  /// Puts changes of tables on the record of the folder.
  var keepsRecord = false
  /// Tells the number of rows and tags such as `CREATE TABLE` even without timing.
  var isInteractive = false
  private var hasAnswered = false

  init(engine: Engine, session: Session, format: ResultFormat, showsTiming: Bool) {
    self.engine = engine
    self.session = session
    self.format = format
    self.showsTiming = showsTiming
  }

  /// Fails with a `CommandFailure` that shows the place in the statement. ^C cancels it.
  mutating func run(
    _ statement: String, parameters: [Value] = [], isDescription: Bool = false
  ) throws {
    let engine = engine
    var session = session
    defer { self.session = session }
    let start = ContinuousClock.now
    let cancel: @Sendable () -> Void = { engine.cancelAllQueries() }
    let result = try Interrupt.cancelling(with: cancel) {
      let result: QueryResult
      do throws(QueryError) {
        result = try engine.execute(statement, parameters: parameters, in: &session)
      } catch {
        throw CommandFailure(
          rendered: withHint(error).rendered(in: statement),
          exitCode: error.code == .queryCancelled ? Interrupt.exitCode : EXIT_FAILURE)
      }
      if keepsRecord, session.access.mayWrite { try CommandRecord.note(statement, in: engine) }
      try write(
        result, deadline: session.statementTimeout.map { start + $0 }, isDescription: isDescription)
      // ^C in the last moment stops what would come next.
      if Interrupt.isPending { throw Self.cancelledWhileWriting }
      return result
    }
    tell(result)
  }

  private static let cancelledWhileWriting = CommandFailure(
    rendered: "error: the query was cancelled while its answer was written",
    exitCode: Interrupt.exitCode)

  private mutating func write(
    _ result: QueryResult, deadline: ContinuousClock.Instant?, isDescription: Bool
  ) throws {
    var output = ByteOutput(STDOUT_FILENO)
    output.deadline = deadline
    if format == .table, hasAnswered, !result.columns.isEmpty { try output.write("\n") }
    hasAnswered = hasAnswered || !result.columns.isEmpty
    let zone = TimeZoneRules.named(session.timeZone) ?? .utc
    do {
      if let copyFormat = result.copyFormat {
        try result.writeRows(as: copyFormat, timeZone: zone) { (bytes) throws(OutputError) in
          if Interrupt.isPending { throw .interrupted }
          try output.write(bytes)
        }
      } else {
        try format.write(
          result, timeZone: zone, terminal: .output, isDescription: isDescription, to: &output)
      }
    } catch .interrupted {
      throw Self.cancelledWhileWriting
    } catch .timedOut {
      throw CommandFailure(
        "the time-out passed while the answer was written",
        hint: "LIMIT the rows, or give it more time with --timeout or SET statement_timeout")
    }
    try output.flush()
  }

  private func tell(_ result: QueryResult) {
    let time = Readable.duration(result.statistics.elapsed)
    if result.columns.isEmpty {
      if showsTiming {
        StandardError.write("\(result.tag) (\(time))\n")
      } else if isInteractive {
        StandardError.write("\(result.tag)\n")
      }
    } else if showsTiming {
      StandardError.write("(\(Readable.count(result.rowCount, "row")), \(time))\n")
    } else if isInteractive {
      StandardError.write("(\(Readable.count(result.rowCount, "row")))\n")
    }
    if showsReceipt, !result.columns.isEmpty, let receipt = result.receipt {
      StandardError.write(receipt.text)
    }
  }

  /// Somebody who asks before anything is loaded needs to know how to load.
  private func withHint(_ error: QueryError) -> QueryError {
    guard error.code == .undefinedTable, error.hint == nil, engine.store.catalog().tables.isEmpty
    else { return error }
    var error = error
    error.hint = "nothing is loaded yet: daybook load FILE --into TABLE"
    return error
  }
}
