/// How files are read and where their rows go. The defaults fit a file that explains itself.
public struct LoadOptions: Sendable {
  /// `nil`: by the file's name, else by its first bytes.
  public var format: FileFormat?
  /// `nil`: by the first bytes.
  public var compression: Compression?
  /// Whether the first row names the columns; `nil`: looked at. Means nothing for NDJSON.
  public var hasHeader: Bool?
  /// Names for the columns, instead of the header's.
  public var columns: [String]?
  /// Type names by column, as in SQL, and `timestamptz(epoch_s)`, `epoch_ms`, `epoch_us`, `epoch_ns`
  /// for numbers that count since 1970. A value that does not fit such a type is a bad row, while an
  /// inferred type is widened instead.
  public var types: [String: String] = [:]
  /// The column that splits the table into days; `nil`: found by name and type.
  public var timeColumn: String?
  /// Fields that mean null when they are not in quotes. In a column that is not text an empty field
  /// is always null.
  public var nullTokens: Set<String> = ["", "\\N"]
  /// The primary key of a table that is made; it is not split by day then, unless the day's column is part
  /// of the key. A table that is there must have this key; `nil`: none that is made, any that is there.
  public var primaryKey: [String]?
  /// The same where the files have all of these columns, and no key is named.
  public var optionalKey: [String] = []
  /// Columns that the files do not have, with one value for all rows.
  public var constants: [(name: String, value: String)] = []
  /// Column names become lower case, so that SQL finds `InvoiceDate` without quotes.
  public var lowercasesNames = false
  /// New names for the files' columns, after `lowercasesNames`; all other options use the new ones.
  public var renames: [(from: String, to: String)] = []
  /// How many bad rows are set aside before the load is given up.
  public var maximumErrors = 0
  /// Where bad rows are written to, one JSON object each.
  public var rejectsPath: String?
  /// Keys of NDJSON objects that are not columns are passed over instead of making a bad row.
  public var ignoresUnknownFields = false
  /// Parser threads; `nil`: one per core.
  public var threads: Int?
  public var partition = PartitionChoice.automatic
  /// Called after each block by one thread at a time.
  public var progress: (@Sendable (LoadProgress) -> Void)?
  /// Whether the load has to be given up; asked for each block and before rows become visible.
  public var mustStop: (@Sendable () -> Bool)?
  /// Bytes per block that a thread parses at a time. For tests.
  package var blockByteCount = 1 << 20
  /// How much of each file is looked at to infer types. For tests.
  package var sampleByteCount = 1 << 20

  public init() {}
}

public enum PartitionChoice: Sendable {
  /// By the UTC day of the time column, where there is one.
  case automatic
  case none
}

/// Where a load stands.
public struct LoadProgress: Sendable {
  /// As stored: compressed bytes of a compressed file.
  public var bytesRead: Int
  /// `nil` when an input has no size, such as a pipe.
  public var totalBytes: Int?
  public var rows: Int
  /// Raised when the load has to start anew with wider types.
  public var attempt: Int
}

/// Where rows come from.
public enum InputSource: Sendable, Hashable {
  case path(String)
  case standardInput

  /// `-` is standard input.
  public init(_ argument: String) {
    self = argument == "-" ? .standardInput : .path(argument)
  }

  public var name: String {
    switch self {
    case .path(let path): path
    case .standardInput: "standard input"
    }
  }
}
