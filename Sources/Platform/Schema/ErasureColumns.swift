public import ColumnStore

extension Catalog {
  /// The columns that an erasure goes by where nobody names others: those that say whom a row is about, and
  /// those of built-in tables that name people in another part, whose rows stay without the name.
  public var erasureColumns: [Erasure.Column] {
    let about = userColumns
    return about
      + BuiltInSchema.tables.flatMap { table in
        table.columns.filter(\.namesOthers).compactMap { column in
          guard let schema = tables[table.name]?.schema,
            let index = schema.columnIndex(column.name), schema.columns[index].type == .text,
            !schema.primaryKey.contains(index),
            !about.contains(where: { $0.table == table.name && $0.column == column.name })
          else { return nil }
          return Erasure.Column(table: table.name, column: column.name, action: .replaceValue)
        }
      }
  }
}

extension Erasure.Column {
  /// `table.column`, whose value is replaced.
  public init?(replacing name: String) {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let column = name[name.index(after: dot)...]
    guard !column.isEmpty else { return nil }
    self.init(table: String(name[..<dot]), column: String(column), action: .replaceValue)
  }
}
