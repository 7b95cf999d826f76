import ColumnStore
import QueryLanguage
import QueryPlanning

/// `array_agg`: the values of each group, nulls included.
final class ArrayAggregateAccumulator: Accumulator {
  private struct Row {
    var value: Value
    var keys: [Value]
  }

  private let element: DataType
  private let order: [SortKey]
  private let isDistinct: Bool
  private var rows: [[Row]] = []
  private var memory = ValueMemory()

  /// Arguments: the value, then the keys of `order`.
  init(element: DataType, order: [SortKey], isDistinct: Bool) {
    self.element = element
    self.order = order
    self.isDistinct = isDistinct
  }

  var byteCount: Int { rows.reduce(memory.byteCount) { $0 + $1.count * bytesPerRow + 16 } }
  /// The row, its value and its keys, in an array that doubles.
  var bytesPerRow: Int { 96 + order.count * 96 }

  func resize(to groupCount: Int) {
    rows.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let values = try input.vector(0)
    var keys: [Vector] = []
    for key in order.indices { keys.append(try input.vector(1 + key)) }
    let groups = input.assignment.rows
    for row in 0..<values.count {
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      let value = values.value(at: row)
      try memory.add(value)
      var rowKeys: [Value] = []
      for key in keys {
        let value = key.value(at: row)
        try memory.add(value)
        rowKeys.append(value)
      }
      rows[Int(groups[row])].append(Row(value: value, keys: rowKeys))
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? ArrayAggregateAccumulator else { return }
    for (group, theirs) in other.rows.enumerated() { rows[Int(groups[group])] += theirs }
    memory.take(other.memory)
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    // The arrays beside the rows that they are made of, and the rows once more to sort them.
    let largest = rows.reduce(0) { max($0, $1.count) }
    let total = rows.reduce(0) { $0 + $1.count }
    try QueryScope.reserve(
      (total + 2 * largest) * MemoryLayout<Row>.stride, for: "the elements of arrays")
    var values: [Value] = []
    for rows in rows.prefix(groupCount) { values.append(try array(of: rows)) }
    return Vector(values: values, type: .array(element))
  }

  private func array(of rows: [Row]) throws(QueryError) -> Value {
    try QueryScope.check()
    if rows.isEmpty { return .null }
    var rows = rows
    if !order.isEmpty {
      rows = try BlockSort.sorted(rows) { order.compare($0.keys, $1.keys) }
    }
    if isDistinct {
      // Equal values are next to each other once they are in order.
      if order.isEmpty { rows = try BlockSort.sorted(rows) { compareValues($0.value, $1.value) } }
      var kept: [Row] = []
      for row in rows where kept.last.map({ compareValues($0.value, row.value) != 0 }) ?? true {
        kept.append(row)
      }
      rows = kept
    }
    return .array(rows.map(\.value))
  }
}

extension [SortKey] {
  /// Orders two rows by their values of the keys.
  func compare(_ left: [Value], _ right: [Value]) -> Int {
    for (index, key) in enumerated() {
      switch (left[index].isNull, right[index].isNull) {
      case (true, true): continue
      case (true, false): return key.nullsFirst ? -1 : 1
      case (false, true): return key.nullsFirst ? 1 : -1
      case (false, false):
        let result = compareValues(left[index], right[index])
        if result != 0 { return key.isDescending ? -result : result }
      }
    }
    return 0
  }
}
