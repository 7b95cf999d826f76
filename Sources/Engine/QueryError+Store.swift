import ColumnStore
package import QueryLanguage

extension QueryError {
  /// What the store refused, in the words of SQL.
  package init(_ error: any Error, table: String) {
    guard let error = error as? StoreError else {
      self.init(.internalError, "the change failed: \(error)")
      return
    }
    switch error {
    case .unknownTable(let name):
      self.init(.undefinedTable, "table '\(name)' does not exist")
    case .tableChanged(let name):
      self.init(
        .undefinedTable, "table '\(name)' was changed meanwhile",
        hint: "nothing was added; run the statement again")
    case .tableExists(let name):
      self.init(.duplicateTable, "table '\(name)' already exists")
    case .domainExists(let name):
      self.init(.duplicateTable, "domain '\(name)' already exists")
    case .usedByView(let name):
      self.init(
        .dependentObjects, "view '\(name)' depends on it", hint: "DROP ... CASCADE drops it too")
    case .nullValue(let column, let row):
      self.init(
        .notNullViolation,
        "null value in column '\(column)' of table '\(table)', row \(row + 1)",
        hint: "the column is NOT NULL; nothing was changed")
    case .duplicateKey(let columns, let values):
      self.init(
        .uniqueViolation,
        "duplicate key in table '\(table)': \(keyText(columns, values)) exists already",
        hint: "nothing was changed; ON CONFLICT (\(columns.joined(separator: ", "))) DO UPDATE "
          + "changes the row that is there, DO NOTHING keeps it")
    case .noPrimaryKey(let name):
      self.init(
        .invalidColumnReference, "table '\(name)' has no primary key",
        hint: "make the table with one: CREATE TABLE \(name) (..., PRIMARY KEY (column))")
    case .invalidPrimaryKey(let name):
      self.init(
        .invalidArgument, "the primary key of table '\(name)' names columns that cannot be one")
    case .invalidLabel(let column, let table):
      self.init(
        .invalidTableDefinition, "column '\(column)' of table '\(table)' cannot have this label")
    case .appendOnly(let name):
      self.init(
        .insufficientPrivilege, "table '\(name)' is append-only: it keeps what it has")
    case .unknownRow(let name):
      self.init(.internalError, "a row of table '\(name)' that was to be changed is not there")
    case .duplicateColumn(let name):
      self.init(.duplicateColumn, "column '\(name)' specified more than once")
    case .unknownColumn(let name, let table):
      self.init(.undefinedColumn, "unknown column '\(name)' in table '\(table)'")
    case .neededColumn(let name, let table):
      self.init(
        .dependentObjects,
        "column '\(name)' is part of the key or the partitions of table '\(table)'")
    case .noColumns(let name):
      self.init(.invalidArgument, "table '\(name)' has no columns")
    case .unsupportedType(let column, let type):
      self.init(
        .featureNotSupported, "column '\(column)': values of type \(type.sqlName) are not stored")
    case .invalidPartitionColumn(let name):
      self.init(
        .invalidArgument, "table '\(name)' can only be partitioned by a date or timestamp column")
    case .invalidRetention(let name):
      self.init(
        .invalidParameter, "table '\(name)' cannot have retention_days",
        hint: "it takes 1 to 36500, on a table made with PARTITION BY DAY (column)")
    case .writtenRollUp(let name):
      self.init(
        .wrongObjectType, "cannot change materialized view '\(name)'",
        hint: "it follows from its query: change the table that this reads")
    case .columnCount(let expected, let found):
      self.init(.typeMismatch, "\(found) columns for the \(expected) of table '\(table)'")
    case .typeMismatch(let column, let expected):
      self.init(.typeMismatch, "column '\(column)' takes values of type \(expected.sqlName)")
    case .invalidColumn(let column, let reason):
      self.init(.invalidArgument, "column '\(column)': \(reason)")
    case .damagedSegment(let name, let reason):
      self.init(.internalError, "a segment of table '\(name)' is damaged: \(reason)")
    case .notKept(let refusal): self.init(refusal)
    }
  }

  /// A change that cannot be kept.
  init(_ refusal: StorageRefusal) {
    self.init(Code(refusal.reason), refusal.message, hint: refusal.hint)
  }

  /// An empty range stands for the token that begins there.
  func widened(in text: String) -> QueryError {
    guard let location, location.isEmpty else { return self }
    var error = self
    error.location =
      location.lowerBound < text.utf8.count
      ? tokenRange(at: location.lowerBound, in: text) : nil
    return error
  }
}

extension QueryError.Code {
  init(_ reason: StorageRefusal.Reason) {
    self =
      switch reason {
      case .diskFull: .diskFull
      case .diskFailed: .fileFailure
      case .inUse: .objectInUse
      case .tooLarge: .programLimitExceeded
      case .damaged: .dataCorrupted
      }
  }
}
