import ColumnStore
import Ingestion
import QueryExecution
import QueryLanguage
import QueryPlanning

/// COPY: rows from a file into a table, and answers into a file.
extension Engine {
  /// All rows of the file, or none: also where the statement has to stop meanwhile.
  func copy(
    from source: CopySource, _ text: String, _ session: Session,
    _ cancellation: CancellationToken
  ) throws(QueryError) -> QueryResult {
    let place = tokenRange(at: source.location, in: text)
    try requireFileAccess(session, at: place)
    var options = LoadOptions()
    options.threads = session.threads
    options.mustStop = { cancellation.mustStop }
    switch source.format.kind {
    case .csv:
      options.format =
        switch source.format.delimiter {
        case UInt8(ascii: "\t"): .tsv
        case UInt8(ascii: " "): .spaces
        default: .csv
        }
      options.hasHeader = source.format.hasHeader
      options.nullTokens = [source.format.null]
      if !source.columns.isEmpty { options.columns = source.columns }
    case .ndjson, .json:
      options.format = .ndjson
    }
    do {
      let report = try Loader(store: store, options: options)
        .load([.path(source.file)], into: source.table.name)
      return .command("COPY \(report.rows)")
    } catch  where error.problem == .emptyFile {
      return .command("COPY 0")
    } catch {
      if error.problem == .stopped { try cancellation.check() }
      throw QueryError(error, at: place)
    }
  }

  /// Into a file beside the one that is named, which it then replaces: nobody sees half of it.
  func copy(
    _ result: QueryResult, to target: CopyTarget, _ text: String, _ session: Session
  ) throws(QueryError) -> QueryResult {
    guard let file = target.file else {
      var result = result
      result.copyFormat = target.format
      result.tag = "COPY \(result.rowCount)"
      return result
    }
    let place = tokenRange(at: target.location, in: text)
    do throws(ReplacedFile.Failure) {
      let output = try ReplacedFile(file)
      try result.writeRows(
        as: target.format, timeZone: TimeZoneRules.named(session.timeZone) ?? .utc
      ) { (bytes) throws(ReplacedFile.Failure) in try output.write(bytes) }
      try output.finish()
    } catch {
      throw QueryError(.fileFailure, "\(file): \(error.message)", at: place)
    }
    var answer = QueryResult.command("COPY \(result.rowCount)")
    answer.statistics = result.statistics
    return answer
  }

  /// Asked before the query runs.
  func requireFileAccess(
    for target: CopyTarget, _ text: String, _ session: Session
  ) throws(QueryError) {
    guard target.file != nil else { return }
    try requireFileAccess(session, at: tokenRange(at: target.location, in: text))
  }

  private func requireFileAccess(
    _ session: Session, at place: Range<Int>
  ) throws(QueryError) {
    guard session.allowsFileAccess else {
      throw QueryError(
        .insufficientPrivilege, "this session may not read or write files", at: place,
        hint: "COPY ... TO STDOUT answers the rows; daybook load and daybook query may use files")
    }
  }
}

extension QueryError {
  /// What is wrong with a file, in its own words: file, line, column and value.
  fileprivate init(_ error: LoadError, at place: Range<Int>) {
    let code: Code =
      switch error.problem {
      case .unreadableFile: .undefinedFile
      case .storeRefused: .invalidArgument
      case .notKept(let reason): Code(reason)
      case .invalidOption: .invalidParameter
      case .stopped: .queryCancelled
      case .emptyFile, .binaryFile, .damagedCompression, .badRow, .columnMismatch,
        .unwritableRejects:
        .badFile
      }
    var plain = error
    // The loader's hints name options of the command.
    plain.hint = nil
    let hint =
      switch error.problem {
      case .columnMismatch:
        "COPY t (column, ...) names the columns of the file; HEADER skips a first line of names"
      default: error.hint.flatMap { $0.contains("--") ? nil : $0 }
      }
    self.init(code, plain.description, at: place, hint: hint)
  }
}
