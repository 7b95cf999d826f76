internal import ColumnStore
internal import SampleData

/// Makes columns of rows that lie side by side. The bodies are inlined: a loop per column.
struct ColumnFilling<Row> {
  let rows: UnsafeBufferPointer<Row>

  @inline(__always)
  private func filled<Element>(
    _ zero: Element, _ body: (UnsafePointer<Row>) -> Element?
  ) -> (values: [Element], validity: [UInt8], present: Int) {
    guard let base = rows.baseAddress else { return ([], [], 0) }
    let count = rows.count
    var present = 0
    var validity = [UInt8](repeating: 0, count: count)
    let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      validity.withUnsafeMutableBufferPointer { validity in
        for row in 0..<count {
          if let value = body(base + row) {
            buffer[row] = value
            validity[row] = 1
            present += 1
          } else {
            buffer[row] = zero
          }
        }
      }
      initialized = count
    }
    return (values, validity, present)
  }

  @inline(__always)
  private func column(
    _ storage: ColumnValues.Storage, _ validity: [UInt8], _ present: Int
  ) -> ColumnValues {
    if present == 0 { return ColumnValues(storage: .nulls) }
    return ColumnValues(storage: storage, validity: present == rows.count ? nil : validity)
  }

  @inline(__always)
  func integers(_ body: (UnsafePointer<Row>) -> Int64?) -> ColumnValues {
    let (values, validity, present) = filled(0, body)
    return column(.integers(values), validity, present)
  }

  @inline(__always)
  func doubles(_ body: (UnsafePointer<Row>) -> Double?) -> ColumnValues {
    let (values, validity, present) = filled(0, body)
    return column(.doubles(values), validity, present)
  }

  @inline(__always)
  func booleans(_ body: (UnsafePointer<Row>) -> Bool?) -> ColumnValues {
    let (values, validity, present) = filled(0) { body($0).map { $0 ? 1 as UInt8 : 0 } }
    return column(.booleans(values), validity, present)
  }

  /// Positions in `pool`.
  @inline(__always)
  func texts(_ pool: TextPool, _ body: (UnsafePointer<Row>) -> UInt32?) -> ColumnValues {
    let (values, validity, present) = filled(0, body)
    return column(.text(codes: values, pool: pool), validity, present)
  }

  /// A letter, a hyphen and eight digits to the base 36 each, behind the texts of `first`, of which
  /// a body may give one.
  @inline(__always)
  func identifiers(
    after first: [String] = [], _ body: (UnsafePointer<Row>) -> IdentifierText?
  ) -> ColumnValues {
    guard let base = rows.baseAddress else { return ColumnValues(storage: .nulls) }
    let width = SampleIdentifier.digitCount + 2
    var bytes: [UInt8] = []
    var offsets = [0]
    for text in first {
      bytes.append(contentsOf: text.utf8)
      offsets.append(bytes.count)
    }
    bytes.reserveCapacity(bytes.count + rows.count * width)
    offsets.reserveCapacity(offsets.count + rows.count)
    var codes = [UInt32](repeating: 0, count: rows.count)
    var validity = [UInt8](repeating: 0, count: rows.count)
    var present = 0
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width) { text in
      guard let start = text.baseAddress else { return }
      start[1] = UInt8(ascii: "-")
      for row in 0..<rows.count {
        switch body(base + row) {
        case nil: continue
        case .known(let code): codes[row] = code
        case .digits(let letter, let number):
          start[0] = letter
          SampleIdentifier.write(number, to: start + 2)
          codes[row] = UInt32(truncatingIfNeeded: offsets.count - 1)
          bytes.append(contentsOf: UnsafeBufferPointer(text))
          offsets.append(bytes.count)
        }
        validity[row] = 1
        present += 1
      }
    }
    return column(
      .text(codes: codes, pool: TextPool(bytes: bytes, offsets: offsets)), validity, present)
  }
}

enum IdentifierText {
  case known(UInt32)
  case digits(letter: UInt8, UInt64)
}

extension ColumnValues {
  /// The same text in all of so many rows.
  static func constant(_ pool: TextPool, rowCount: Int) -> ColumnValues {
    ColumnValues(storage: .text(codes: Array(repeating: 0, count: rowCount), pool: pool))
  }
}

/// Columns by name, to be put in the order of a table.
struct ColumnsByName {
  var columns: [String: ColumnValues] = [:]
  let rowCount: Int

  subscript(name: String) -> ColumnValues {
    get { columns[name] ?? ColumnValues(storage: .nulls) }
    set { columns[name] = newValue }
  }

  /// What the table lacks is left out, what is missing here is null.
  func rows(of schema: TableSchema) -> RowBatch {
    RowBatch(rowCount: rowCount, columns: schema.columns.map { self[$0.name] })
  }
}
