public import QueryLanguage

/// Why a folder was not filled, or not cleared. Nothing was changed, unless it says so.
public enum SampleFillingError: Error, Sendable, CustomStringConvertible {
  /// There is a sample already.
  case alreadyFilled
  /// A table has rows that generate did not make.
  case foreignRows(table: String, count: Int64, isClearing: Bool)
  /// No sample fills a table of this name.
  case unknownTable(String)
  case refused(table: String, reason: String)
  case query(QueryError)

  public var description: String {
    switch self {
    case .alreadyFilled: "there is a sample in this folder already"
    case .foreignRows(let table, let count, _):
      "the table '\(table)' has \(count) row\(count == 1 ? "" : "s") that generate did not make"
    case .unknownTable(let name): "no sample fills a table '\(name)'"
    case .refused(let table, let reason): "the table '\(table)' cannot be filled: \(reason)"
    case .query(let error): error.message
    }
  }

  public var hint: String? {
    switch self {
    case .alreadyFilled: "--clear takes it out first; or name another folder with --data"
    case .foreignRows(let table, _, let isClearing):
      isClearing
        ? "--clear-table \(table) takes them out all the same"
        : "a sample among them could not be told from them: name another folder with --data"
    case .unknownTable:
      "those it fills are " + SampleRecord.filledTables.joined(separator: ", ")
    case .refused: nil
    case .query(let error): error.hint
    }
  }
}
