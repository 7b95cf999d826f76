/// Why a change to the store was refused.
public enum StoreError: Error, Equatable, Sendable {
  case unknownTable(String)
  /// The table has other columns than when the change was planned.
  case tableChanged(String)
  case tableExists(String)
  case domainExists(String)
  /// A view that stays needs what was to be removed.
  case usedByView(String)
  /// A null in a column that is NOT NULL; `row` counts from 0 in the batch.
  case nullValue(column: String, row: Int)
  case duplicateColumn(String)
  case unknownColumn(String, table: String)
  /// A column that is part of the key, or splits the table into days, cannot be dropped.
  case neededColumn(String, table: String)
  /// A row with the key of another one; `values` are those of the key's columns.
  case duplicateKey(columns: [String], values: [Value])
  /// What needs a primary key was asked of a table without one.
  case noPrimaryKey(table: String)
  /// The key names a column twice, one that does not exist, or one whose type has no equality.
  case invalidPrimaryKey(table: String)
  /// A label that the column cannot have: see `TableSchema.objection`.
  case invalidLabel(column: String, table: String)
  /// The table is append-only: it keeps what it has. One with a key cannot be.
  case appendOnly(table: String)
  /// A row that is to be deleted is not there.
  case unknownRow(table: String)
  /// A table needs a column.
  case noColumns(table: String)
  /// No column can hold values of this type.
  case unsupportedType(column: String, type: DataType)
  /// The partition column is not a date or timestamp, or does not exist.
  case invalidPartitionColumn(table: String)
  /// A batch has another number of columns than the table.
  case columnCount(expected: Int, found: Int)
  /// A column of a batch holds another kind of values than the table's.
  case typeMismatch(column: String, expected: DataType)
  /// A column of a batch contradicts itself: a wrong number of rows, a code that its pool lacks.
  case invalidColumn(column: String, reason: String)
  /// A segment that rows should be added to cannot be decoded.
  case damagedSegment(table: String, reason: String)
  /// The change cannot be kept.
  case notKept(StorageRefusal)
}

/// Why a change is not kept where changes outlive the process.
public struct StorageRefusal: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// No room is left.
    case diskFull
    /// The disk, or the system, failed.
    case diskFailed
    /// Others are changing what is to be changed.
    case inUse
    /// One change is more than can be kept at once.
    case tooLarge
    /// What is there cannot be read.
    case damaged
  }

  public var reason: Reason
  public var message: String
  public var hint: String?

  public init(_ reason: Reason, _ message: String, hint: String? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
  }
}

extension TableSchema {
  /// Whether a table can be made with this schema.
  public func validate() throws(StoreError) {
    guard !columns.isEmpty else { throw .noColumns(table: name) }
    var names: Set<String> = []
    for column in columns {
      guard names.insert(column.name).inserted else { throw .duplicateColumn(column.name) }
      if column.type.physical == .object {
        throw .unsupportedType(column: column.name, type: column.type)
      }
    }
    guard Set(primaryKey).count == primaryKey.count,
      primaryKey.allSatisfy({
        columns.indices.contains($0) && columns[$0].type != .json && columns[$0].isNotNull
          && columns[$0].textStorage == .dictionary
      })
    else { throw .invalidPrimaryKey(table: name) }
    for (index, column) in columns.enumerated() {
      if let label = column.label, objection(to: label, on: index) != nil {
        throw .invalidLabel(column: column.name, table: name)
      }
    }
    // A row with a key that is taken would replace the other one.
    guard !isAppendOnly || primaryKey.isEmpty else { throw .appendOnly(table: name) }
    guard let partitionColumn else { return }
    guard columns.indices.contains(partitionColumn) else {
      throw .invalidPartitionColumn(table: name)
    }
    switch columns[partitionColumn].type {
    case .date, .timestamp, .timestampWithTimeZone: return
    default: throw .invalidPartitionColumn(table: name)
    }
  }
}

extension RowBatch {
  /// Whether the rows fit a table; checked before anything is changed.
  package func validate(against schema: TableSchema) throws(StoreError) {
    guard columns.count == schema.columns.count else {
      throw .columnCount(expected: schema.columns.count, found: columns.count)
    }
    guard rowCount >= 0, rowCount <= Int(UInt32.max) else {
      throw .invalidColumn(column: schema.columns[0].name, reason: "\(rowCount) rows in a batch")
    }
    for (column, definition) in zip(columns, schema.columns) {
      try column.validate(rowCount: rowCount, definition: definition)
    }
  }
}

extension ColumnValues {
  fileprivate func validate(rowCount: Int, definition: ColumnDefinition) throws(StoreError) {
    let count: Int
    switch (storage, definition.type.physical) {
    case (.booleans(let values), .boolean): count = values.count
    case (.integers(let values), .integer): count = values.count
    case (.doubles(let values), .double): count = values.count
    case (.text(let codes, _), .text): count = codes.count
    case (.nulls, _): count = rowCount
    default: throw .typeMismatch(column: definition.name, expected: definition.type)
    }
    guard count == rowCount, validity.map({ $0.count == rowCount }) ?? true else {
      throw .invalidColumn(
        column: definition.name, reason: "\(count) values for \(rowCount) rows")
    }
    if definition.isNotNull {
      if case .nulls = storage, rowCount > 0 {
        throw .nullValue(column: definition.name, row: 0)
      }
      if let row = validity?.firstIndex(of: 0) {
        throw .nullValue(column: definition.name, row: row)
      }
    }
    if case .text(let codes, let pool) = storage {
      try validate(codes, pool, column: definition.name)
    }
  }

  private func validate(
    _ codes: [UInt32], _ pool: TextPool, column: String
  ) throws(StoreError) {
    let limit = pool.count
    var isRight = true
    if let validity {
      for row in codes.indices {
        isRight = isRight && (validity[row] == 0 || Int(codes[row]) < limit)
      }
    } else {
      var greatest: UInt32 = 0
      for code in codes { greatest = max(greatest, code) }
      isRight = codes.isEmpty || Int(greatest) < limit
    }
    guard isRight else {
      throw .invalidColumn(column: column, reason: "a code that its pool of \(limit) lacks")
    }
    guard
      pool.bytes.count <= CompressedText.maximumByteCount / 2
        || pool.longestEntry <= CompressedText.maximumByteCount / 2
    else { throw .invalidColumn(column: column, reason: "a text of more than 1 GB") }
  }
}

extension TextPool {
  fileprivate var longestEntry: Int {
    var longest = 0
    for entry in 0..<count { longest = max(longest, offsets[entry + 1] - offsets[entry]) }
    return longest
  }
}
