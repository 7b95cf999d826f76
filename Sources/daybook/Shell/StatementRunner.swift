import ColumnStore
import Engine
@preconcurrency import Glibc
import QueryLanguage

/// Runs statements one after the other and prints what they answer.
struct StatementRunner {
  let engine: Engine
  var session: Session
  var format: ResultFormat
  /// Tells rows and time of each statement on standard error.
  var showsTiming: Bool
  /// Tells the number of rows and tags such as `CREATE TABLE` even without timing.
  var isInteractive = false
  private var hasAnswered = false

  init(engine: Engine, session: Session, format: ResultFormat, showsTiming: Bool) {
    self.engine = engine
    self.session = session
    self.format = format
    self.showsTiming = showsTiming
  }

  /// Fails with a `CommandFailure` that shows the place in the statement.
  mutating func run(_ statement: String, parameters: [Value] = []) throws {
    let result: QueryResult
    do {
      result = try engine.execute(statement, parameters: parameters, in: &session)
    } catch {
      throw CommandFailure(rendered: withHint(error).rendered(in: statement))
    }
    var output = ByteOutput(STDOUT_FILENO)
    if format == .table, hasAnswered, !result.columns.isEmpty { try output.write("\n") }
    hasAnswered = hasAnswered || !result.columns.isEmpty
    let zone = TimeZoneRules.named(session.timeZone) ?? .utc
    if let copyFormat = result.copyFormat {
      try result.writeRows(as: copyFormat, timeZone: zone) { (bytes) throws(OutputError) in
        try output.write(bytes)
      }
    } else {
      try format.write(result, timeZone: zone, terminal: .output, to: &output)
    }
    try output.flush()
    tell(result)
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
