internal import ColumnStore

/// The columns of a batch by name, to be put in the order of a table.
struct NamedColumns {
  private let rowCount: Int
  private var columns: [String: ColumnValues] = [:]

  init(_ batch: DecodedBatch) {
    rowCount = batch.rowCount
    for (field, values) in zip(batch.schema.fields, batch.fields) {
      if case .absent = values { continue }
      columns[field.column] = values.columnValues
    }
  }

  subscript(name: String) -> ColumnValues {
    get { columns[name] ?? ColumnValues(storage: .nulls) }
    set { columns[name] = newValue }
  }

  mutating func set(_ name: String, _ storage: ColumnValues.Storage) {
    columns[name] = ColumnValues(storage: storage)
  }

  /// The same text in every row.
  mutating func set(_ name: String, text: String) {
    let pool = TextPool()
    pool.append(text)
    set(name, .text(codes: Array(repeating: 0, count: rowCount), pool: pool))
  }

  /// Gives rows without a time this one.
  mutating func complete(_ name: String, with time: Int64) {
    guard case .integers(var times) = self[name].storage else {
      return set(name, .integers(Array(repeating: time, count: rowCount)))
    }
    if let validity = self[name].validity {
      for row in times.indices where validity[row] == 0 { times[row] = time }
    }
    set(name, .integers(times))
  }

  /// In the table's order; what the table lacks is left out.
  func rows(of schema: TableSchema) -> RowBatch {
    RowBatch(rowCount: rowCount, columns: schema.columns.map { self[$0.name] })
  }
}

extension ColumnValues {
  var isPresent: Bool { if case .nulls = storage { false } else { true } }
}
