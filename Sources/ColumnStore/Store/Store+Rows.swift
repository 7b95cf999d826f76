extension Store {
  /// Changes the rows of one table: all that `body` does becomes visible at once when it returns, or
  /// nothing when it throws. (Texts that are new stay in their dictionaries, where nobody sees them.)
  ///
  /// `body` must not change the store other than by its transaction.
  public func change<Result>(
    _ table: String, _ body: (TableTransaction) throws -> Result
  ) throws -> Result {
    try change(table, limits: nil, conflict: .fail, body)
  }

  /// Adds rows to one table.
  ///
  /// `sealsTails` is for bulk loads: what was touched is encoded at the end, on all cores, rather
  /// than left open for more rows. With another `start` the table is made or emptied in the same
  /// transaction. `body` must not change the store other than by its appender.
  public func append<Failure: Error>(
    to table: String, from start: TableStart = .asItIs, sealsTails: Bool = false,
    onConflict conflict: KeyConflict = .fail, _ body: (Appender) throws(Failure) -> Void
  ) throws {
    try change(
      table, from: start, limits: sealsTails ? BulkLimits() : nil, conflict: conflict
    ) { try body($0.appender) }
  }

  package func append<Failure: Error>(
    to table: String, limits: BulkLimits?, onConflict conflict: KeyConflict = .fail,
    _ body: (Appender) throws(Failure) -> Void
  ) throws {
    try change(table, limits: limits, conflict: conflict) { try body($0.appender) }
  }

  /// Adds rows to a keyed table; a row takes the place of the one that has its key, also of one
  /// before it in the batch.
  public func upsert(into table: String, _ batch: RowBatch) throws {
    try change(table) { transaction in
      guard transaction.catalog.tables[table]?.schema.primaryKey.isEmpty == false else {
        throw StoreError.noPrimaryKey(table: table)
      }
      try transaction.append(batch, onConflict: .replace)
    }
  }

  /// Deletes the rows with some keys, and returns how many there were. `keys` are the columns of the
  /// table's key, in its order.
  @discardableResult
  public func delete(from table: String, keys: RowBatch) throws -> Int {
    try change(table) { transaction in
      let found = Set(
        try transaction.locations(ofKeys: keys.columns, rowCount: keys.rowCount)
          .compactMap { $0 })
      try transaction.delete(found)
      return found.count
    }
  }

  private func change<Result>(
    _ table: String, from start: TableStart = .asItIs, limits: BulkLimits?,
    conflict: KeyConflict, _ body: (TableTransaction) throws -> Result
  ) throws -> Result {
    let (result, accepted) = try changeHead {
      try changeRows(of: table, from: start, limits: limits, conflict: conflict, body)
    }
    if let accepted { try settle(accepted) }
    return result
  }

  /// Under the lock; `nil` where nothing changed.
  private func changeRows<Result>(
    of table: String, from start: TableStart, limits: BulkLimits?, conflict: KeyConflict,
    _ body: (TableTransaction) throws -> Result
  ) throws -> (Result, Accepted?) {
    try begin()
    var catalog = writer.head
    var changes = try start.apply(to: table, of: &catalog)
    let isOld = changes.isEmpty
    guard let contents = catalog.tables[table] else { throw StoreError.unknownTable(table) }
    var known = (isOld ? writer.tables[table] : nil) ?? TableWriter(contents)
    let transaction = TableTransaction(
      contents, catalog, writer: known, limits: limits, conflict: conflict,
      recordByteLimit: log?.recordByteLimit)
    var isAccepted = false
    defer {
      // Keys that were read for a transaction that changed nothing are those of the next one.
      if isOld, !isAccepted, let index = transaction.knownKeys {
        known.keys = index
        writer.tables[table] = known
      }
    }
    let result = try body(transaction)
    let effect = try transaction.finish(writer: known)
    guard effect != nil || !isOld else { return (result, nil) }
    var isRecorded = true
    if let effect {
      catalog.tables[table]?.partitions = effect.partitions
      if let change = effect.change { changes.append(change) } else { isRecorded = false }
    }
    let accepted = try accept(catalog, isRecorded ? changes : nil)
    isAccepted = true
    if let effect { known = effect.writer }
    known.keys = effect.map { transaction.keys(after: $0) } ?? transaction.knownKeys
    writer.tables[table] = known
    return (result, accepted)
  }
}

/// What a transaction finds of its table.
public enum TableStart: Sendable {
  case asItIs
  /// Made by the transaction.
  case new(TableSchema)
  /// Made by the transaction, in place of the table that has its name, if there is one.
  case replaced(TableSchema)
  /// Without the rows that it has.
  case emptied

  fileprivate func apply(
    to table: String, of catalog: inout Catalog
  ) throws(StoreError) -> [StoreChange] {
    switch self {
    case .asItIs: return []
    case .replaced, .emptied: try catalog.requireNotAppendOnly([table])
    case .new: break
    }
    switch self {
    case .asItIs: return []
    case .new(let schema):
      try catalog.createTable(schema)
      return [.createdTable(schema)]
    case .replaced(let schema):
      guard catalog.tables[table] != nil else {
        try catalog.createTable(schema)
        return [.createdTable(schema)]
      }
      catalog.remove([table])
      try catalog.createTable(schema)
      return [.dropped([table]), .createdTable(schema)]
    case .emptied:
      try catalog.truncateTable(table)
      return [.truncatedTable(table)]
    }
  }
}
