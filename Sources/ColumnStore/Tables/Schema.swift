/// A table's columns and how its rows are split.
public struct TableSchema: Sendable, Hashable {
  public var name: String
  public var columns: [ColumnDefinition]
  /// The column whose UTC day is a row's partition (date, timestamp or timestamptz); `nil`: one
  /// partition holds all rows.
  public var partitionColumn: Int?
  /// The columns that tell rows apart, as in PRIMARY KEY; empty: nothing does. They are NOT NULL, and
  /// their text is in a dictionary.
  public var primaryKey: [Int]
  /// Rows are added, and no statement changes or removes them or the table: a log that is evidence.
  /// What the law or the disk asks for (erasure, retention) does not come by a statement.
  public var isAppendOnly = false

  public init(
    name: String, columns: [ColumnDefinition], partitionColumn: Int?, primaryKey: [Int] = []
  ) {
    self.name = name
    self.columns = columns
    self.partitionColumn = partitionColumn
    self.primaryKey = primaryKey
    for column in primaryKey where columns.indices.contains(column) {
      self.columns[column].isNotNull = true
      self.columns[column].textStorage = .dictionary
    }
  }

  public func columnIndex(_ name: String) -> Int? {
    columns.firstIndex { $0.name == name }
  }
}

public struct ColumnDefinition: Sendable, Hashable {
  public var name: String
  public var type: DataType
  public var isNotNull: Bool
  /// Text columns of one domain share a dictionary, so that a code means the same in all of them.
  /// By default the domain is the column's name: `user_id` in two tables is the same thing.
  public var domain: String
  public var textStorage: TextStorage
  public var label: ColumnLabel?

  public init(
    name: String, type: DataType, isNotNull: Bool = false, domain: String? = nil,
    textStorage: TextStorage = .automatic, label: ColumnLabel? = nil
  ) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
    self.domain = domain ?? name
    self.textStorage = textStorage
    self.label = label
  }
}

public enum TextStorage: String, Sendable, Hashable {
  /// A dictionary, unless nearly every row has a value of its own and the table is split by day or
  /// has more than a million rows: short lists share their ids with the tables that refer to them.
  case automatic
  case dictionary
  /// Compressed text or uuids.
  case plain
}
