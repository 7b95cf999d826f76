public import ColumnStore

extension RowBatch {
  /// Rows of values as a table of the schema takes them.
  public init(_ rows: [[Value]], schema: TableSchema) {
    self.init(
      rowCount: rows.count,
      columns: schema.columns.indices.map { column in
        ColumnValues(rows.map { $0[column] }, type: schema.columns[column].type)
      })
  }
}

extension ColumnValues {
  public init(_ values: [Value], type: DataType) {
    let storage: Storage
    switch type.physical {
    case .boolean: storage = .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
    case .integer: storage = .integers(values.map(\.word))
    case .double:
      storage = .doubles(values.map { if case .double(let value) = $0 { value } else { 0 } })
    case .text:
      let pool = TextPool()
      // By bytes: Swift takes texts for equal that SQL does not.
      var codes: [[UInt8]: UInt32] = [:]
      storage = .text(
        codes: values.map { value in
          guard let text = value.string else { return 0 }
          let bytes = Array(text.utf8)
          if let code = codes[bytes] { return code }
          let code = UInt32(pool.append(text))
          codes[bytes] = code
          return code
        }, pool: pool)
    case .object: preconditionFailure("no column holds \(type)")
    }
    let hasNulls = values.contains(where: \.isNull)
    self.init(
      storage: values.allSatisfy(\.isNull) ? .nulls : storage,
      validity: hasNulls ? values.map { $0.isNull ? 0 : 1 } : nil)
  }
}

extension Value {
  fileprivate var word: Int64 {
    switch self {
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      value
    default: 0
    }
  }
}
