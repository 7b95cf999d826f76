extension RowBatch {
  /// The given rows.
  public func keeping(_ rows: [UInt32]) -> RowBatch {
    RowBatch(rowCount: rows.count, columns: columns.map { $0.keeping(rows) })
  }

  /// One row of one column.
  public func value(_ row: Int, column: Int, type: DataType) -> Value {
    columns[column].value(row, type: type)
  }

  /// About what a record of it takes.
  var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount(rowCount: rowCount) } }

  func duplicateKey(row: Int, schema: TableSchema) -> StoreError {
    .duplicateKey(
      columns: schema.primaryKey.map { schema.columns[$0].name },
      values: schema.primaryKey.map { value(row, column: $0, type: schema.columns[$0].type) })
  }
}

extension ColumnValues {
  fileprivate func byteCount(rowCount: Int) -> Int {
    switch storage {
    case .booleans: return rowCount / 8
    case .integers, .doubles: return rowCount * 8
    case .nulls: return 0
    case .text(let codes, let pool):
      var byteCount = rowCount * 4
      var last = UInt32.max
      // Runs of the same text are common, and count once.
      for row in codes.indices where validity?[row] != 0 && codes[row] != last {
        last = codes[row]
        byteCount += pool.withBytes(Int(last)) { $0.count }
      }
      return byteCount
    }
  }

  fileprivate func keeping(_ rows: [UInt32]) -> ColumnValues {
    func kept<Element>(_ values: [Element]) -> [Element] { rows.map { values[Int($0)] } }
    let storage: Storage =
      switch storage {
      case .booleans(let values): .booleans(kept(values))
      case .integers(let values): .integers(kept(values))
      case .doubles(let values): .doubles(kept(values))
      case .text(let codes, let pool): .text(codes: kept(codes), pool: pool)
      case .nulls: .nulls
      }
    return ColumnValues(storage: storage, validity: validity.map(kept))
  }

  fileprivate func value(_ row: Int, type: DataType) -> Value {
    if let validity, validity[row] == 0 { return .null }
    return switch storage {
    case .booleans(let values): .boolean(values[row] != 0)
    case .integers(let values): type.value(integer: values[row])
    case .doubles(let values): .double(values[row])
    case .text(let codes, let pool): type.value(text: pool.string(Int(codes[row])))
    case .nulls: .null
    }
  }
}
