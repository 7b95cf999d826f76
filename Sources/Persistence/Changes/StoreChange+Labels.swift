internal import ColumnStore

/// Labels as alterations of their own, so that the definition of a column is recorded as ever.
extension StoreChange {
  var withSeparateLabels: [StoreChange] {
    switch self {
    case .createdTable(var schema):
      let labels =
        schema.columns.compactMap(\.labelling) + (schema.isAppendOnly ? [.setAppendOnly] : [])
      guard !labels.isEmpty else { return [self] }
      schema.isAppendOnly = false
      for column in schema.columns.indices { schema.columns[column].label = nil }
      return [.createdTable(schema), .alteredTable(schema.name, labels)]
    case .alteredTable(let name, let alterations):
      return [.alteredTable(name, alterations.flatMap(\.withSeparateLabel))]
    case .createdDomain, .createdView, .dropped, .truncatedTable, .changedRows:
      return [self]
    }
  }
}

extension TableAlteration {
  fileprivate var withSeparateLabel: [TableAlteration] {
    guard case .addColumn(var column) = self, let label = column.labelling else { return [self] }
    column.label = nil
    return [.addColumn(column), label]
  }
}

extension ColumnDefinition {
  fileprivate var labelling: TableAlteration? { label.map { .setLabel(name, $0) } }
}
