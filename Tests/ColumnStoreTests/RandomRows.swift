import ColumnStore

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Columns of values as a table takes them.
func column(_ values: [Value]) -> ColumnValues {
  let validity: [UInt8]? =
    values.contains(.null) ? values.map { $0.isNull ? 0 : 1 } : nil
  guard let first = values.first(where: { !$0.isNull }) else {
    return ColumnValues(storage: .nulls)
  }
  var storage: ColumnValues.Storage
  switch first {
  case .boolean:
    storage = .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
  case .double:
    storage = .doubles(values.map { if case .double(let value) = $0 { value } else { .nan } })
  case .text, .json:
    let pool = TextPool()
    storage = .text(
      codes: values.map {
        switch $0 {
        case .text(let text), .json(let text): UInt32(pool.append(text))
        default: UInt32(0)
        }
      }, pool: pool)
  default:
    storage = .integers(
      values.map {
        switch $0 {
        case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
          .date(let value):
          value
        default: .max
        }
      })
  }
  return ColumnValues(storage: storage, validity: validity)
}

func batch(_ rows: [[Value]], columnCount: Int) -> RowBatch {
  RowBatch(
    rowCount: rows.count, columns: (0..<columnCount).map { index in column(rows.map { $0[index] }) }
  )
}

extension Table {
  /// All rows in order of partition and arrival.
  func rows() throws -> [[Value]] {
    var rows: [[Value]] = []
    for partition in partitions {
      for segment in partition.segments {
        let columns = try segment.chunks.map { try $0.values() }
        for row in 0..<segment.rowCount where segment.live.map({ $0[row] }) ?? true {
          rows.append(columns.map { $0[row] })
        }
      }
    }
    return rows
  }
}

extension Value {
  /// Equal bit for bit, so that NaN equals itself and -0.0 is not 0.0.
  func isSame(_ other: Value) -> Bool {
    if case .double(let left) = self, case .double(let right) = other {
      return left.bitPattern == right.bitPattern
    }
    return self == other
  }
}

func areSame(_ left: [[Value]], _ right: [[Value]]) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { zip($0, $1).allSatisfy { $0.isSame($1) } }
}
