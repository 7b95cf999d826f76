internal import ColumnStore

/// Rows made of single values: for tables with few rows.
struct ThingRows {
  private let schema: TableSchema
  private var columns: [String: [Value]] = [:]
  private(set) var rowCount = 0

  init(_ schema: TableSchema) { self.schema = schema }

  /// Columns that are not named are null; names that the table lacks are passed over.
  mutating func append(_ values: [String: Value]) {
    rowCount += 1
    for column in schema.columns {
      columns[column.name, default: []].append(values[column.name] ?? .null)
    }
  }

  var batch: RowBatch {
    RowBatch(
      rowCount: rowCount,
      columns: schema.columns.map { Self.values(columns[$0.name] ?? [], of: $0.type) })
  }

  private static func values(_ values: [Value], of type: DataType) -> ColumnValues {
    guard values.contains(where: { $0 != .null }) else { return ColumnValues(storage: .nulls) }
    let validity = values.map { UInt8($0 == .null ? 0 : 1) }
    let storage: ColumnValues.Storage
    switch type.physical {
    case .boolean: storage = .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
    case .integer:
      storage = .integers(
        values.map { value in
          switch value {
          case .integer(let number), .timestamp(let number): number
          default: 0
          }
        })
    case .double:
      storage = .doubles(
        values.map { value in
          if case .double(let number) = value { number } else { 0 }
        })
    case .text:
      let pool = TextPool()
      let codes = values.map { value in
        if case .text(let text) = value {
          UInt32(truncatingIfNeeded: pool.append(text))
        } else {
          0 as UInt32
        }
      }
      if pool.count == 0 { return ColumnValues(storage: .nulls) }
      storage = .text(codes: codes, pool: pool)
    case .object: storage = .nulls
    }
    return ColumnValues(storage: storage, validity: validity)
  }
}
