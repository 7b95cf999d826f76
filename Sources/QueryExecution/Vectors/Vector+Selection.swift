import ColumnStore

extension Vector {
  /// Indices of the rows that are true, ascending.
  var trueRows: [UInt32] {
    if case .constant(let value) = storage {
      return value == .boolean(true) ? ascendingCodes(count) : []
    }
    guard case .booleans(let values) = storage else { return [] }
    return selectRows { values[$0] & (validity?[$0] ?? 1) }
  }

  /// 1 where the row is true and not null.
  var trueBytes: [UInt8] {
    switch storage {
    case .constant(let value):
      return [UInt8](repeating: value == .boolean(true) ? 1 : 0, count: count)
    case .booleans(let values):
      guard let validity else { return values }
      return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
        for row in 0..<count { bytes[row] = values[row] & validity[row] }
        initialized = count
      }
    default:
      return [UInt8](repeating: 0, count: count)
    }
  }

  func rows(in range: ClosedRange<Int64>) -> [UInt32] {
    switch storage {
    case .constant(let value):
      return value.integer.map(range.contains) == true ? ascendingCodes(count) : []
    case .integers(let values):
      return selectRows { row in
        let value = values[row]
        let isWithin = (value >= range.lowerBound) && (value <= range.upperBound)
        return (isWithin ? 1 : 0) & (validity?[row] ?? 1)
      }
    default:
      return []
    }
  }

  /// PostgreSQL's order: NaN is greater than every number, so that a range without an upper end has
  /// it.
  func rows(in range: ClosedRange<Double>) -> [UInt32] {
    let takesNaN = range.upperBound == .infinity
    func isWithin(_ value: Double) -> Bool {
      (value >= range.lowerBound && value <= range.upperBound) || (takesNaN && value.isNaN)
    }
    switch storage {
    case .constant(.double(let value)):
      return isWithin(value) ? ascendingCodes(count) : []
    case .doubles(let values):
      return selectRows { row in (isWithin(values[row]) ? 1 : 0) & (validity?[row] ?? 1) }
    default:
      return []
    }
  }

  func rows(areNull wanted: Bool) -> [UInt32] {
    if case .constant(let value) = storage {
      return value.isNull == wanted ? ascendingCodes(count) : []
    }
    guard let validity else { return wanted ? [] : ascendingCodes(count) }
    return selectRows { wanted ? 1 - validity[$0] : validity[$0] }
  }

  /// Rows for which `keeps` is 1.
  @inline(__always)
  private func selectRows(_ keeps: (Int) -> UInt8) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count + 1) { rows, initialized in
      var kept = 0
      for row in 0..<count {
        rows[kept] = UInt32(truncatingIfNeeded: row)
        kept &+= Int(keeps(row))
      }
      initialized = kept
    }
  }
}
