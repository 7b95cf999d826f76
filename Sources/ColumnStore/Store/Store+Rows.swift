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
  /// than left open for more rows. `body` must not change the store other than by its appender.
  public func append<Failure: Error>(
    to table: String, sealsTails: Bool = false, onConflict conflict: KeyConflict = .fail,
    _ body: (Appender) throws(Failure) -> Void
  ) throws {
    try append(
      to: table, limits: sealsTails ? BulkLimits() : nil, onConflict: conflict, body)
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
    _ table: String, limits: BulkLimits?, conflict: KeyConflict,
    _ body: (TableTransaction) throws -> Result
  ) throws -> Result {
    writer.lock()
    defer { writer.unlock() }
    var catalog = catalog()
    guard let contents = catalog.tables[table] else { throw StoreError.unknownTable(table) }
    var known = writer.tables[table] ?? TableWriter(contents)
    let transaction = TableTransaction(
      contents, catalog, writer: known, limits: limits, conflict: conflict, records: isRecording)
    var isPublished = false
    defer {
      // Keys that were read for a transaction that changed nothing are those of the next one.
      if !isPublished, let index = transaction.knownKeys {
        known.keys = index
        writer.tables[table] = known
      }
    }
    let result = try body(transaction)
    guard var effect = try transaction.finish(writer: known) else { return result }
    catalog.tables[table]?.partitions = effect.partitions
    try publish(catalog, effect.change)
    isPublished = true
    effect.writer.keys = transaction.keys(after: effect)
    writer.tables[table] = effect.writer
    return result
  }
}
