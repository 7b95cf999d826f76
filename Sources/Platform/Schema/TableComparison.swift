internal import ColumnStore

/// A built-in table beside what a database has of this name.
struct TableComparison {
  private(set) var problems: [SchemaProblem.Item] = []
  /// What makes the database's as it should be.
  private(set) var statements: [String] = []
  private(set) var makesAppendOnly = false
  /// Columns that a key of an older version lacks: 0 in the rows that are there.
  private(set) var newKeyColumns: [String] = []

  /// `isKnown`: the service made it, or took it over. Another one is taken over if it could have been
  /// made by a version of this program: it has columns of this table only, of the same types, with the
  /// same key and days. So a sample that was loaded before the first start is used.
  init(_ table: BuiltInTable, in catalog: Catalog, isKnown: Bool) {
    if catalog.views[table.name] != nil {
      problems = [SchemaProblem.Item(table.name, .taken(why: "it is a view"))]
      return
    }
    guard let found = catalog.tables[table.name] else {
      statements = [table.definition]
      statements += table.columns.compactMap { $0.labelStatement(of: table) }
      if let rows = table.firstRows { statements.append(rows) }
      makesAppendOnly = table.isAppendOnly
      return
    }
    makesAppendOnly = table.isAppendOnly && !found.schema.isAppendOnly
    compareShape(table, found.schema)
    compareColumns(table, found, isKnown: isKnown)
    // It was made, and what made it was interrupted.
    if let rows = table.firstRows, !isKnown, found.rowCount == 0 { statements.append(rows) }
  }

  private mutating func compareShape(_ table: BuiltInTable, _ schema: TableSchema) {
    let key = schema.primaryKey.map { schema.columns[$0].name }
    let added = table.key.dropFirst(key.count)
    if !key.isEmpty, table.key.starts(with: key),
      added.allSatisfy({
        table[column: $0]?.kind.type == .integer && schema.columnIndex($0) == nil
      })
    {
      newKeyColumns = Array(added)
    } else if key != table.key {
      problems.append(
        SchemaProblem.Item(table.name, .primaryKey(expected: table.key, found: key)))
    }
    let partition = schema.partitionColumn.map { schema.columns[$0].name }
    if partition != table.partitionColumn {
      problems.append(
        SchemaProblem.Item(
          table.name, .partition(expected: table.partitionColumn, found: partition)))
    }
  }

  private mutating func compareColumns(_ table: BuiltInTable, _ found: Table, isKnown: Bool) {
    let schema = found.schema
    if !isKnown {
      let unknown = table.unknown(of: schema.columns.map(\.name))
      let missing = table.columns.filter {
        $0.isNotNull && schema.columnIndex($0.name) == nil && !newKeyColumns.contains($0.name)
      }
      if !unknown.isEmpty || !missing.isEmpty {
        problems.append(
          SchemaProblem.Item(
            table.name, .otherColumns(unknown: unknown, missing: missing.map(\.name))))
        return
      }
    }
    for column in table.columns where !newKeyColumns.contains(column.name) {
      guard let index = schema.columnIndex(column.name) else {
        // Null in the rows that are there.
        var added = column
        added.isNotNull = column.isNotNull && found.rowCount == 0
        statements.append("ALTER TABLE \(table.name) ADD COLUMN \(added.declaration)")
        if let label = column.labelStatement(of: table) { statements.append(label) }
        continue
      }
      let definition = schema.columns[index]
      guard definition.type.fits(column.kind.type) else {
        problems.append(
          SchemaProblem.Item(
            table.name,
            .columnType(
              column: column.name, expected: column.kind.type.sqlName,
              found: definition.type.sqlName)))
        continue
      }
      // A label that somebody added to an open column stays: that is the safe way.
      if column.label != nil, definition.label != column.label,
        let label = column.labelStatement(of: table)
      {
        statements.append(label)
      }
    }
  }
}

extension DataType {
  /// A file's times with a zone are the same moments: a table that was loaded from it is used.
  fileprivate func fits(_ wanted: DataType) -> Bool {
    self == wanted || self == .timestampWithTimeZone && wanted == .timestamp
  }
}

extension BuiltInColumn {
  fileprivate func labelStatement(of table: BuiltInTable) -> String? {
    label.map { "SECURITY LABEL ON COLUMN \(table.name).\(name) IS '\($0.rawValue)'" }
  }
}
