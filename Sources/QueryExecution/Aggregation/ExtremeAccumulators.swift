import ColumnStore
import QueryLanguage
import QueryPlanning

/// `min` and `max` of integers, dates and timestamps.
final class IntegerExtremeAccumulator: Accumulator {
  private let isMaximum: Bool
  private let type: DataType
  private var extremes: [Int64] = []
  private var seen: [UInt8] = []

  init(isMaximum: Bool, type: DataType) {
    self.isMaximum = isMaximum
    self.type = type
  }

  var byteCount: Int { extremes.count * 9 }

  func resize(to groupCount: Int) {
    extremes.grow(to: groupCount, filling: isMaximum ? .min : .max)
    seen.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    if let (group, chunk) = input.wholeStoredChunk(0),
      case .integers(let bounds)? = chunk.zone.bounds, input.view.isSealed
    {
      add(isMaximum ? bounds.upperBound : bounds.lowerBound, to: group)
      return
    }
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(let value):
      guard let value = value.integer else { return }
      add(value, toGroupsOf: input)
    case .integers(let values):
      let isMaximum = isMaximum
      values.withUnsafeBufferPointer { values in
        extremes.withUnsafeMutableBufferPointer { extremes in
          seen.withUnsafeMutableBufferPointer { seen in
            input.forEachRow(validity: vector.validity) { row, group in
              let value = values[row]
              let extreme = extremes[group]
              extremes[group] = isMaximum ? max(extreme, value) : min(extreme, value)
              seen[group] = 1
            }
          }
        }
      }
    default: return
    }
  }

  /// One value for all rows, such as the day of a segment: groups get it, once or many times.
  private func add(_ value: Int64, toGroupsOf input: AggregateInput) {
    if case .single(let group) = input.assignment.kind {
      if input.rowCount > 0 { add(value, to: group) }
      return
    }
    let isMaximum = isMaximum
    extremes.withUnsafeMutableBufferPointer { extremes in
      seen.withUnsafeMutableBufferPointer { seen in
        input.forEachRow(validity: nil) { _, group in
          let extreme = extremes[group]
          extremes[group] = isMaximum ? max(extreme, value) : min(extreme, value)
          seen[group] = 1
        }
      }
    }
  }

  private func add(_ value: Int64, to group: Int) {
    extremes[group] = isMaximum ? max(extremes[group], value) : min(extremes[group], value)
    seen[group] = 1
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? IntegerExtremeAccumulator else { return }
    let isMaximum = isMaximum
    extremes.withUnsafeMutableBufferPointer { extremes in
      seen.withUnsafeMutableBufferPointer { seen in
        for (group, value) in other.extremes.enumerated() where other.seen[group] != 0 {
          let own = Int(groups[group])
          extremes[own] = isMaximum ? max(extremes[own], value) : min(extremes[own], value)
          seen[own] = 1
        }
      }
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(
      type: type, count: groupCount, storage: .integers(Array(extremes.prefix(groupCount))),
      validity: Array(seen.prefix(groupCount)))
  }
}

/// `min` and `max` of doubles; NaN is greater than every number, as in PostgreSQL.
final class DoubleExtremeAccumulator: Accumulator {
  private let isMaximum: Bool
  private var extremes: [Double] = []
  private var seen: [UInt8] = []

  init(isMaximum: Bool) {
    self.isMaximum = isMaximum
  }

  var byteCount: Int { extremes.count * 9 }

  func resize(to groupCount: Int) {
    extremes.grow(to: groupCount, filling: 0)
    seen.grow(to: groupCount, filling: 0)
  }

  @inline(__always)
  private static func isLess(_ left: Double, _ right: Double) -> Bool {
    left < right || (right.isNaN && !left.isNaN)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(.double(let value)):
      input.forEachRow(validity: nil) { _, group in add(value, to: group) }
    case .doubles(let values):
      let isMaximum = isMaximum
      values.withUnsafeBufferPointer { values in
        extremes.withUnsafeMutableBufferPointer { extremes in
          seen.withUnsafeMutableBufferPointer { seen in
            input.forEachRow(validity: vector.validity) { row, group in
              let value = values[row]
              let extreme = extremes[group]
              let isBetter =
                isMaximum ? Self.isLess(extreme, value) : Self.isLess(value, extreme)
              if isBetter || seen[group] == 0 {
                extremes[group] = value
                seen[group] = 1
              }
            }
          }
        }
      }
    default: return
    }
  }

  private func add(_ value: Double, to group: Int) {
    let isBetter =
      isMaximum
      ? Self.isLess(extremes[group], value) : Self.isLess(value, extremes[group])
    if isBetter || seen[group] == 0 { extremes[group] = value }
    seen[group] = 1
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? DoubleExtremeAccumulator else { return }
    for group in other.extremes.indices where other.seen[group] != 0 {
      add(other.extremes[group], to: Int(groups[group]))
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(
      type: .double, count: groupCount, storage: .doubles(Array(extremes.prefix(groupCount))),
      validity: Array(seen.prefix(groupCount)))
  }
}

/// `min` and `max` of text (by bytes), booleans and intervals.
final class ValueExtremeAccumulator: Accumulator {
  private let isMaximum: Bool
  private let type: DataType
  private var extremes: [Value] = []
  private var values = ValueMemory()

  init(isMaximum: Bool, type: DataType) {
    self.isMaximum = isMaximum
    self.type = type
  }

  var byteCount: Int { extremes.count * 64 + values.byteCount }

  func resize(to groupCount: Int) {
    extremes.grow(to: groupCount, filling: .null)
  }

  private func add(_ value: Value, to group: Int) throws(QueryError) {
    guard !value.isNull else { return }
    if !extremes[group].isNull {
      let order = compareValues(value, extremes[group])
      guard isMaximum ? order > 0 : order < 0 else { return }
    }
    try values.replace(extremes[group], with: value)
    extremes[group] = value
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    // Of equal text codes in one group only the first has to be looked at.
    var last: [UInt64: UInt32] = [:]
    let groups = input.assignment.rows
    if case .text(let codes, _) = vector.storage {
      for row in 0..<vector.count where vector.validity?[row] != 0 {
        let pair = UInt64(groups[row]) << 32 | UInt64(codes[row])
        if last.updateValue(0, forKey: pair) == nil {
          try add(vector.value(at: row), to: Int(groups[row]))
        }
        if row & 0xFFF == 0xFFF { try QueryScope.check() }
      }
      return
    }
    for row in 0..<vector.count {
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      try add(vector.value(at: row), to: Int(groups[row]))
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? ValueExtremeAccumulator else { return }
    for (group, value) in other.extremes.enumerated() {
      if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
      try add(value, to: Int(groups[group]))
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(values: Array(extremes.prefix(groupCount)), type: type)
  }
}
