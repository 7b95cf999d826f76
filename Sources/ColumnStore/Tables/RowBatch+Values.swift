extension RowBatch {
  /// Rows of single values, one for each column of `schema`: for few rows, which somebody makes one by one.
  public init(rows: [[Value]], of schema: TableSchema) {
    self.init(
      rowCount: rows.count,
      columns: schema.columns.indices.map { column in
        ColumnValues(rows.map { $0[column] }, of: schema.columns[column].type)
      })
  }
}

extension ColumnValues {
  /// A value that is not of the type is 0, or the empty text.
  public init(_ values: [Value], of type: DataType) {
    guard values.isEmpty || values.contains(where: { !$0.isNull }) else {
      self.init(storage: .nulls)
      return
    }
    let validity = values.map { UInt8($0.isNull ? 0 : 1) }
    let storage: Storage
    switch type.physical {
    case .boolean:
      storage = .booleans(values.map { if case .boolean(true) = $0 { 1 } else { 0 } })
    case .integer: storage = .integers(values.map(Self.integer))
    case .double:
      storage = .doubles(
        values.map { if case .double(let double) = $0 { double } else { Double(Self.integer($0)) } }
      )
    case .text:
      let pool = TextPool()
      storage = .text(codes: values.map { UInt32(pool.append(Self.text($0))) }, pool: pool)
    case .object: storage = .nulls
    }
    self.init(storage: storage, validity: validity.contains(0) ? validity : nil)
  }

  private static func integer(_ value: Value) -> Int64 {
    switch value {
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      value
    default: 0
    }
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .text(let text), .json(let text): text
    default: ""
    }
  }
}
