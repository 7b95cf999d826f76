public import ColumnStore

/// Why a load was given up, and where. Nothing of the load was applied.
public struct LoadError: Error, Equatable, Sendable {
  public enum Problem: Equatable, Sendable {
    /// The file is missing, a directory or may not be read.
    case unreadableFile
    case emptyFile
    /// The file is not text.
    case binaryFile
    /// A compressed stream is cut off or damaged.
    case damagedCompression
    /// A row cannot be read, and no more bad rows are allowed.
    case badRow
    /// The file's columns and the table's, or the options, do not go together.
    case columnMismatch
    case invalidOption
    /// The rejects file cannot be written.
    case unwritableRejects
    /// `LoadOptions.mustStop` said so.
    case stopped
    /// The store refused the rows.
    case storeRefused
    /// The rows cannot be kept where they would outlive the process.
    case notKept(StorageRefusal.Reason)
  }

  public var problem: Problem
  /// What is wrong, in one line, without the place.
  public var message: String
  public var file: String?
  /// Counts from 1: the line on which the row starts.
  public var line: Int?
  public var byteOffset: Int?
  public var column: String?
  /// Counts from 1, as the columns stand in the file.
  public var columnNumber: Int?
  /// The field as it is in the file, cut to 80 characters.
  public var value: String?
  public var hint: String?

  public init(
    _ problem: Problem, _ message: String, file: String? = nil, line: Int? = nil,
    byteOffset: Int? = nil, column: String? = nil, columnNumber: Int? = nil,
    value: String? = nil, hint: String? = nil
  ) {
    self.problem = problem
    self.message = message
    self.file = file
    self.line = line
    self.byteOffset = byteOffset
    self.column = column
    self.columnNumber = columnNumber
    self.value = value
    self.hint = hint
  }
}

extension LoadError {
  static let stopped = LoadError(.stopped, "the load was stopped")
}

extension LoadError: CustomStringConvertible {
  public var description: String {
    var place = file ?? ""
    if let line { place += ":\(line)" }
    if let byteOffset { place += " at byte \(byteOffset)" }
    var text = place.isEmpty ? message : "\(place): "
    if !place.isEmpty {
      if let column {
        text += "column '\(column)'"
        if let columnNumber { text += " (field \(columnNumber))" }
        text += ": "
      }
      if let value { text += "'\(value)': " }
      text += message
    }
    if let hint { text += "\nhint: \(hint)" }
    return text
  }
}
