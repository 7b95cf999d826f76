internal import ColumnStore

/// The values of one field, record by record.
enum FieldValues {
  case absent
  case text(TextColumn)
  case integers([Int64], validity: [UInt8])
  case doubles([Double], validity: [UInt8])
  case booleans([UInt8], validity: [UInt8])

  var columnValues: ColumnValues {
    switch self {
    case .absent: ColumnValues(storage: .nulls)
    case .text(let column): column.values
    case .integers(let values, let validity): Self.values(.integers(values), validity)
    case .doubles(let values, let validity): Self.values(.doubles(values), validity)
    case .booleans(let values, let validity): Self.values(.booleans(values), validity)
    }
  }

  private static func values(
    _ storage: ColumnValues.Storage, _ validity: [UInt8]
  ) -> ColumnValues {
    var present = 0
    for flag in validity { present &+= Int(flag) }
    if present == 0 { return ColumnValues(storage: .nulls) }
    return ColumnValues(storage: storage, validity: present == validity.count ? nil : validity)
  }

  func isNull(_ row: Int) -> Bool {
    switch self {
    case .absent: true
    case .text(let column): column.isNull(row)
    case .integers(_, let validity), .doubles(_, let validity), .booleans(_, let validity):
      validity[row] == 0
    }
  }

  func text(_ row: Int) -> String? {
    if case .text(let column) = self { column.string(row) } else { nil }
  }

  func integer(_ row: Int) -> Int64? {
    if case .integers(let values, let validity) = self, validity[row] != 0 {
      values[row]
    } else {
      nil
    }
  }
}
