/// One thing that ALTER TABLE does to a table. Columns are named: alterations of one statement follow
/// each other.
public enum TableAlteration: Sendable, Hashable {
  case renameTable(to: String)
  /// The column keeps its domain: what was joined by its codes before still is.
  case renameColumn(String, to: String)
  /// Null in the rows that are there.
  case addColumn(ColumnDefinition)
  case dropColumn(String)
  /// `nil` takes the label away.
  case setLabel(String, ColumnLabel?)
  /// From here on; there is no way back.
  case setAppendOnly
  /// `nil`: days are kept for ever.
  case setRetention(days: Int?)
  /// Makes an empty table that of a roll-up.
  case setRollUp(RollUp)
  /// Adds a column of integers to the key of a table that has one, with the same value in all rows that are
  /// there: so that rows may be told apart which were not before.
  case addKeyColumn(String, value: Int64)
}

extension Store {
  /// Changes a table's name and columns; all alterations become visible at once, or none do.
  ///
  /// No value is encoded anew: segments share the chunks of the columns that stay. Refused are columns
  /// of the key and of the partitions, names that are taken, NOT NULL where there are rows, and whatever
  /// a view may have read: every alteration but a new column, label or setting, while a view uses it.
  public func alterTable(_ name: String, _ alterations: [TableAlteration]) throws(StoreError) {
    try change { (catalog, writers) throws(StoreError) in
      guard var table = catalog.tables[name] else { throw StoreError.unknownTable(name) }
      for alteration in alterations {
        if table.schema.isAppendOnly, !alteration.keeps(table.schema) {
          throw StoreError.appendOnly(table: name)
        }
        if alteration.changesNames, let view = catalog.viewsUsing([name]).first {
          throw StoreError.usedByView(view)
        }
        if case .renameTable(let newName) = alteration, catalog.hasRelation(newName) {
          throw StoreError.tableExists(newName)
        }
        try table.apply(alteration)
      }
      try table.schema.validate()
      for column in table.schema.columns
      where column.type.stored == .text && catalog.dictionaries[column.domain] == nil {
        catalog.dictionaries[column.domain] = TextDictionary(domain: column.domain)
      }
      catalog.tables[name] = nil
      catalog.tables[table.schema.name] = table
      catalog.dropUnusedDictionaries()
      // Tails are opened again, and keys read again, by whoever writes next.
      writers[name] = nil
      return [.alteredTable(name, alterations)]
    }
  }
}

extension TableAlteration {
  /// Whether a text that names tables and columns may mean something else afterwards.
  fileprivate var changesNames: Bool {
    switch self {
    case .renameTable, .renameColumn, .dropColumn: true
    case .addColumn, .setLabel, .setAppendOnly, .setRetention, .setRollUp, .addKeyColumn: false
    }
  }

  /// Whether an append-only table still shows and hides what it did before.
  package func keeps(_ schema: TableSchema) -> Bool {
    switch self {
    case .renameTable, .renameColumn, .dropColumn, .setRollUp, .addKeyColumn: false
    case .addColumn, .setAppendOnly: true
    // Evidence may be kept longer, never shorter.
    case .setRetention(let days): (days ?? .max) >= (schema.retentionDays ?? .max)
    case .setLabel(let name, let label):
      schema.columnIndex(name).map {
        schema.columns[$0].label == nil || schema.columns[$0].label == label
      } ?? true
    }
  }
}

extension Table {
  fileprivate mutating func apply(_ alteration: TableAlteration) throws(StoreError) {
    switch alteration {
    case .renameTable(let newName):
      schema.name = newName
    case .renameColumn(let name, let newName):
      let column = try column(name)
      guard schema.columnIndex(newName) == nil else { throw .duplicateColumn(newName) }
      schema.columns[column].name = newName
    case .addColumn(let definition):
      guard schema.columnIndex(definition.name) == nil else {
        throw .duplicateColumn(definition.name)
      }
      guard !definition.isNotNull || rowCount == 0 else {
        throw .nullValue(column: definition.name, row: 0)
      }
      schema.columns.append(definition)
      mapChunks { chunks, rowCount in
        chunks + [ChunkEncoder.nulls(rowCount, type: definition.type)]
      }
    case .dropColumn(let name):
      try dropColumn(try column(name))
    case .setLabel(let name, let label):
      schema.columns[try column(name)].label = label
    case .setAppendOnly:
      schema.isAppendOnly = true
    case .setRetention(let days):
      schema.retentionDays = days
    case .setRollUp(let rollUp):
      schema.rollUp = rollUp
    case .addKeyColumn(let name, let value):
      guard schema.columnIndex(name) == nil else { throw .duplicateColumn(name) }
      guard !schema.primaryKey.isEmpty else { throw .noPrimaryKey(table: schema.name) }
      // Keys that are different stay so, whatever is added to them.
      schema.primaryKey.append(schema.columns.count)
      schema.columns.append(
        ColumnDefinition(name: name, type: .integer, isNotNull: true, textStorage: .dictionary))
      mapChunks { chunks, rowCount in
        chunks + [
          Chunk(
            type: .integer, rowCount: rowCount, encoding: .constant(.integer(value)), validity: nil,
            zone: ZoneMap(bounds: .integers(value...value), isUnbounded: false, nullCount: 0))
        ]
      }
    }
  }

  private func column(_ name: String) throws(StoreError) -> Int {
    guard let column = schema.columnIndex(name) else {
      throw .unknownColumn(name, table: schema.name)
    }
    return column
  }

  private mutating func dropColumn(_ column: Int) throws(StoreError) {
    let name = schema.columns[column].name
    guard !schema.primaryKey.contains(column), schema.partitionColumn != column else {
      throw .neededColumn(name, table: schema.name)
    }
    guard schema.columns.count > 1 else { throw .noColumns(table: schema.name) }
    schema.columns.remove(at: column)
    schema.primaryKey = schema.primaryKey.map { $0 > column ? $0 - 1 : $0 }
    schema.partitionColumn = schema.partitionColumn.map { $0 > column ? $0 - 1 : $0 }
    mapChunks { chunks, _ in
      var chunks = chunks
      chunks.remove(at: column)
      return chunks
    }
  }

  private mutating func mapChunks(_ transform: ([Chunk], Int) -> [Chunk]) {
    for partition in partitions.indices {
      partitions[partition].version += 1
      partitions[partition].segments = partitions[partition].segments.map { segment in
        Segment(
          rowCount: segment.rowCount, chunks: transform(segment.chunks, segment.rowCount),
          isSealed: segment.isSealed, live: segment.live)
      }
    }
  }
}
