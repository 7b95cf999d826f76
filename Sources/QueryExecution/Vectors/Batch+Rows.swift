public import ColumnStore

extension Batch {
  /// The rows as a table takes them.
  public func rowBatch(_ schema: TableSchema) -> RowBatch {
    RowBatch(
      rowCount: rowCount,
      columns: zip(columns, schema.columns).map { $0.columnValues(storedAs: $1.type) })
  }
}

extension Batch {
  /// The first rows; all where there are not more.
  package func prefix(_ count: Int) -> Batch {
    count < rowCount ? rows(0..<count) : self
  }

  /// Some rows side by side, which there are.
  package func rows(_ range: Range<Int>) -> Batch {
    let rows = range.map { UInt32($0) }
    return Batch(rowCount: rows.count, columns: columns.map { $0.gather(rows: rows) })
  }
}

extension Vector {
  fileprivate func columnValues(storedAs type: DataType) -> ColumnValues {
    switch storage {
    case .constant(.null):
      return ColumnValues(storage: .nulls)
    case .constant(let value):
      return Vector(values: Array(repeating: value, count: count), type: type)
        .columnValues(storedAs: type)
    case .booleans(let values):
      return ColumnValues(storage: .booleans(values), validity: validity)
    case .integers(let values):
      return ColumnValues(storage: .integers(values), validity: validity)
    case .doubles(let values):
      return ColumnValues(storage: .doubles(values), validity: validity)
    case .text(let codes, .pool(let pool)):
      return ColumnValues(storage: .text(codes: codes, pool: pool), validity: validity)
    case .text(let codes, .dictionary(let view)):
      // Only the entries that occur, each once.
      let pool = TextPool()
      var entries: [UInt32: UInt32] = [:]
      var local = [UInt32](repeating: 0, count: count)
      for row in 0..<count where validity?[row] != 0 {
        if let entry = entries[codes[row]] {
          local[row] = entry
        } else {
          let entry = UInt32(pool.append(view.bytes(codes[row])))
          entries[codes[row]] = entry
          local[row] = entry
        }
      }
      return ColumnValues(storage: .text(codes: local, pool: pool), validity: validity)
    case .objects(let values):
      guard type.isSketchState else { return ColumnValues(storage: .nulls) }
      return Vector(
        values: values.enumerated().map { row, value in
          value.isNull || validity?[row] == 0 ? .null : .text(value.formatted())
        }, type: .text
      ).columnValues(storedAs: .text)
    }
  }
}
