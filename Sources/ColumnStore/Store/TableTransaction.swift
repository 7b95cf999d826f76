/// What one statement does to the rows of one table: all of it becomes visible at once, or nothing.
///
/// Nothing that it does shows in `catalog`: that is the state which it began with. Used by one
/// thread; only the appender may be shared.
public final class TableTransaction {
  /// All tables as the transaction found them; nobody else changes them before it ends.
  public let catalog: Catalog
  public let appender: Appender
  let contents: Table
  private let keys: KeyedRows?
  private var unkeyedDeletions = RowDeletions()
  private let recordByteLimit: Int?

  init(
    _ contents: Table, _ catalog: Catalog, writer: TableWriter, limits: BulkLimits?,
    conflict: KeyConflict, recordByteLimit: Int?
  ) {
    self.contents = contents
    self.catalog = catalog
    self.recordByteLimit = recordByteLimit
    let dictionaries = contents.schema.columns.map {
      $0.type.stored == .text ? catalog.dictionaries[$0.domain] : nil
    }
    keys =
      contents.schema.primaryKey.isEmpty
      ? nil : KeyedRows(contents, index: writer.keys, dictionaries: dictionaries)
    appender = Appender(
      contents, catalog: catalog, writer: writer, limits: limits, keys: keys, conflict: conflict,
      recordByteLimit: recordByteLimit)
  }

  /// The keys of the table as the transaction found it, if it asked for any.
  var knownKeys: KeyIndex? { keys?.known }

  var deletions: RowDeletions { keys?.deletions ?? unkeyedDeletions }

  /// Adds rows. In a table with a key, each must have a key of its own, among all rows that are there
  /// and not deleted by now, or `conflict` says what happens. Returns which rows were added,
  /// ascending; `nil`: all.
  @discardableResult
  public func append(
    _ batch: RowBatch, onConflict conflict: KeyConflict = .fail
  ) throws(StoreError) -> [UInt32]? {
    try appender.append(batch, onConflict: conflict)
  }

  /// Deletes rows of the table as it was found. Those that were deleted before are passed over.
  public func delete(_ rows: some Sequence<RowLocation>) throws(StoreError) {
    for location in rows {
      guard contents.contains(location) else { throw .unknownRow(table: contents.schema.name) }
      if let keys {
        keys.deletions.insert(location)
      } else {
        unkeyedDeletions.insert(location)
      }
    }
  }

  /// For each row of `keyColumns`, which are the key's columns in the key's order, the row of the
  /// table that has this key by now; `nil` where none has.
  public func locations(
    ofKeys keyColumns: [ColumnValues], rowCount: Int
  ) throws(StoreError) -> [RowLocation?] {
    let schema = contents.schema
    guard let keys else { throw .noPrimaryKey(table: schema.name) }
    let definitions = schema.primaryKey.map { schema.columns[$0] }
    let batch = RowBatch(rowCount: rowCount, columns: keyColumns)
    try batch.validate(
      against: TableSchema(name: schema.name, columns: definitions, partitionColumn: nil))
    guard rowCount > 0 else { return [] }
    let index = try keys.index()
    let codes = zip(keyColumns, definitions).map { column, definition in
      column.codes(in: catalog.dictionaries[definition.domain])
    }
    return KeyWords(keyColumns, rowCount: rowCount, codes: codes).withKeys { words in
      (0..<rowCount).map { keys.location(words + $0 * index.width, index) }
    }
  }

  /// The table with all changes; `nil` if there are none. Nothing that others see has changed yet.
  func finish(writer: TableWriter) throws(StoreError) -> TableEffect? {
    let appended = try appender.finish()
    let deletions = deletions
    guard appended != nil || !deletions.isEmpty else { return nil }
    var (partitions, writer) = appended ?? (contents.partitions, writer)
    let rewritten = deletions.apply(
      to: &partitions, tails: &writer.tails, dictionaries: appender.dictionaries)
    return TableEffect(
      partitions: partitions, writer: writer, rewritten: rewritten,
      change: record(of: deletions))
  }

  /// `nil`: too much, or nobody wants to know.
  private func record(of deletions: RowDeletions) -> StoreChange? {
    guard let appended = appender.recorded, let recordByteLimit,
      deletions.count <= recordByteLimit
    else { return nil }
    return .changedRows(
      table: contents.schema.name, deleted: contents.deletedRows(deletions), appended: appended)
  }

  /// The keys after a transaction that nothing can undo any more.
  func keys(after effect: TableEffect) -> KeyIndex? {
    guard let keys, let index = keys.known else { return nil }
    do throws(StoreError) {
      try index.update(
        from: contents, deletions: keys.deletions, added: keys.added, rewritten: effect.rewritten,
        partitions: effect.partitions)
      return index
    } catch {
      // The next transaction that needs keys reads them again, and says what is wrong.
      return nil
    }
  }
}

/// What a transaction makes of its table.
struct TableEffect {
  var partitions: [Partition]
  var writer: TableWriter
  var rewritten: RewrittenSegments
  /// `nil`: nobody wants to know, or it is too much for a record.
  var change: StoreChange?
}

extension ColumnValues {
  /// The codes of text as a dictionary has them; one that no entry has where it lacks the text.
  fileprivate func codes(in dictionary: TextDictionary?) -> [UInt32]? {
    guard case .text(let codes, let pool) = storage, let dictionary else { return nil }
    var known: [UInt32: UInt32] = [:]
    return codes.map { code in
      if let found = known[code] { return found }
      let found = pool.withBytes(Int(code)) { dictionary.code(of: $0) } ?? .max
      known[code] = found
      return found
    }
  }
}
