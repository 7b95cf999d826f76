extension Store {
  /// Drops the days of a table that ended more than `days` days before `now`, and keeps what roll-ups
  /// have of them, as one change: either both is seen, and kept, or neither.
  ///
  /// `rollUp` gives the rows that the table of a roll-up is to get, over a catalog in which the
  /// source has nothing but these days; nobody else changes anything meanwhile. Readers go on with
  /// the catalog that they have. Returns what was dropped; nothing was where that is empty.
  public func dropExpiredDays(
    of name: String, after days: Int, now: Int64,
    rollUp: (TableSchema, Catalog) throws -> [RowBatch]
  ) throws -> [RetentionDrop] {
    let (drops, accepted) = try changeHead {
      try begin()
      var catalog = writer.head
      var writers = writer.tables
      guard let table = catalog.tables[name] else { throw StoreError.unknownTable(name) }
      let expired = table.expired(after: days, now: now)
      guard !expired.isEmpty else { return ([RetentionDrop](), Accepted?.none) }
      let drops = expired.compactMap { RetentionDrop($0, of: name, at: now) }
      var only = catalog
      only.tables[name]?.partitions = expired
      var changes: [StoreChange]? = []
      for schema in catalog.rollUps(of: [name]) {
        let batches = try rollUp(schema, only)
        let change = try append(batches, to: schema.name, of: &catalog, &writers)
        if let change { changes? += change } else { changes = nil }
      }
      try catalog.drop(drops, &writers)
      changes?.append(.droppedDays(drops))
      let accepted = try accept(catalog, changes)
      writer.tables = writers
      return (drops, accepted)
    }
    if let accepted { try settle(accepted) }
    return drops
  }

  /// Under the lock. What was changed, for a record; `nil`: too much for one.
  private func append(
    _ batches: [RowBatch], to name: String, of catalog: inout Catalog,
    _ writers: inout [String: TableWriter]
  ) throws -> [StoreChange]? {
    guard let contents = catalog.tables[name] else { throw StoreError.unknownTable(name) }
    let known = writers[name] ?? TableWriter(contents)
    let transaction = TableTransaction(
      contents, catalog, writer: known, limits: nil, conflict: .fail,
      recordByteLimit: log?.recordByteLimit)
    for batch in batches { try transaction.append(batch) }
    guard let effect = try transaction.finish(writer: known) else { return [] }
    catalog.tables[name]?.partitions = effect.partitions
    writers[name] = effect.writer
    // Without a log nobody wants to know.
    return effect.change.map { [$0] } ?? (log == nil ? [] : nil)
  }

  /// For recovery: what a record says was dropped.
  func dropDays(_ drops: [RetentionDrop]) throws(StoreError) {
    try change { (catalog, writers) throws(StoreError) in
      try catalog.drop(drops, &writers)
      return []
    }
  }
}

extension Catalog {
  fileprivate mutating func drop(
    _ drops: [RetentionDrop], _ writers: inout [String: TableWriter]
  ) throws(StoreError) {
    for drop in drops {
      guard let table = tables[drop.table] else { throw .unknownTable(drop.table) }
      let (index, exists) = table.partitionIndex(.day(drop.day))
      guard exists else { throw .unknownRow(table: drop.table) }
      tables[drop.table]?.partitions.remove(at: index)
      writers[drop.table]?.tails[.day(drop.day)] = nil
      // Places of rows are others now: keys are read again when they are needed.
      writers[drop.table]?.keys = nil
    }
    remember(drops)
  }
}
