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

  var byteCount: Int { rows.reduce(memory.byteCount) { $0 + $1.count * 96 + 16 } }
  var bytesPerRow: Int { 96 }

  func resize(to groupCount: Int) {
    rows.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let values = try input.vector(0)
    var keys: [Vector] = []
    for key in order.indices { keys.append(try input.vector(1 + key)) }
    let groups = input.assignment.rows
    for row in 0..<values.count {
      let value = values.value(at: row)
      try memory.replace(.null, with: value)
      rows[Int(groups[row])].append(Row(value: value, keys: keys.map { $0.value(at: row) }))
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? ArrayAggregateAccumulator else { return }
    for (group, theirs) in other.rows.enumerated() { rows[Int(groups[group])] += theirs }
  }

  func finish(groupCount: Int) -> Vector {
    let values = rows.prefix(groupCount).map { rows -> Value in
      if rows.isEmpty { return .null }
      var rows = rows
      if !order.isEmpty {
        rows = rows.enumerated().sorted { left, right in
          let result = order.compare(left.element.keys, right.element.keys)
          return result == 0 ? left.offset < right.offset : result < 0
        }.map(\.element)
      }
      if isDistinct {
        // Equal values are next to each other once they are in order.
        if order.isEmpty { rows.sort { compareValues($0.value, $1.value) < 0 } }
        var kept: [Row] = []
        for row in rows where kept.last.map({ compareValues($0.value, row.value) != 0 }) ?? true {
          kept.append(row)
        }
        rows = kept
      }
      return .array(rows.map(\.value))
    }
    return Vector(values: Array(values), type: .array(element))
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
