import ColumnStore

extension Vector {
  /// The rows at the positions, in their order; positions may repeat.
  public func gather(rows: [UInt32]) -> Vector {
    let gathered: Storage
    switch storage {
    case .constant: gathered = storage
    case .booleans(let values): gathered = .booleans(values.gathered(rows))
    case .integers(let values): gathered = .integers(values.gathered(rows))
    case .doubles(let values): gathered = .doubles(values.gathered(rows))
    case .text(let codes, let source): gathered = .text(codes: codes.gathered(rows), source)
    case .objects(let values): gathered = .objects(rows.map { values[Int($0)] })
    }
    return Vector(
      type: type, count: rows.count, storage: gathered, validity: validity?.gathered(rows))
  }

  /// For booleans: ascending positions of the rows that are true and not null.
  public func positionsOfTrue() -> [UInt32] {
    switch storage {
    case .constant(.boolean(true)): return .ascending(count)
    case .booleans(let values):
      return [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
        var kept = 0
        // Always written, counted on a match: no branch that random data would mispredict.
        values.withUnsafeBufferPointer { values in
          guard let validity else {
            for row in 0..<count {
              buffer[kept] = UInt32(truncatingIfNeeded: row)
              kept &+= Int(values[row])
            }
            return
          }
          validity.withUnsafeBufferPointer { validity in
            for row in 0..<count {
              buffer[kept] = UInt32(truncatingIfNeeded: row)
              kept &+= Int(values[row] & validity[row])
            }
          }
        }
        initialized = kept
      }
    default: return []
    }
  }

  /// The same rows without `.constant`.
  public func expanded() -> Vector {
    guard case .constant(let value) = storage else { return self }
    var expanded = self
    let isNull = value.isNull
    switch type.physical {
    case .boolean:
      expanded.storage = .booleans(
        [UInt8](repeating: value == .boolean(true) ? 1 : 0, count: count))
    case .integer:
      expanded.storage = .integers([Int64](repeating: value.integerBits ?? 0, count: count))
    case .double:
      expanded.storage = .doubles([Double](repeating: value.doubleBits ?? 0, count: count))
    case .text:
      let pool = TextPool()
      pool.append(value.textOrEmpty)
      expanded.storage = .text(codes: [UInt32](repeating: 0, count: count), .pool(pool))
    case .object:
      expanded.storage = .objects([Value](repeating: value, count: count))
    }
    expanded.validity = isNull ? [UInt8](repeating: 0, count: count) : validity
    return expanded
  }

  /// True when the vector is a constant null.
  var isNullConstant: Bool {
    if case .constant(.null) = storage { true } else { false }
  }

  var isConstant: Bool {
    if case .constant = storage { true } else { false }
  }

  /// The value of all rows, if it is a constant.
  var constant: Value? {
    if case .constant(let value) = storage { value } else { nil }
  }
}

extension Value {
  /// What an integer vector holds for the value.
  var integerBits: Int64? {
    switch self {
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      value
    default: nil
    }
  }

  var doubleBits: Double? {
    if case .double(let value) = self { value } else { nil }
  }
}

extension Array where Element: BitwiseCopyable {
  @inline(__always)
  func gathered(_ rows: [UInt32]) -> [Element] {
    [Element](unsafeUninitializedCapacity: rows.count) { buffer, initialized in
      self.withUnsafeBufferPointer { values in
        rows.withUnsafeBufferPointer { rows in
          for index in 0..<rows.count {
            let row = Int(rows[index])
            precondition(row < values.count, "no such row")
            buffer[index] = values[row]
          }
        }
      }
      initialized = rows.count
    }
  }
}
