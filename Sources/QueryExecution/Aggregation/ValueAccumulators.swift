import ColumnStore
import QueryLanguage
import QueryPlanning

/// `mode`: the most frequent value, of several the smallest.
final class ModeAccumulator: Accumulator {
  private let type: DataType
  private var counts: [[Value: Int]] = []

  init(type: DataType) {
    self.type = type
  }

  var bytesPerRow: Int { 96 }

  var byteCount: Int { counts.reduce(0) { $0 + $1.count * 96 + 16 } }

  func resize(to groupCount: Int) {
    counts.grow(to: groupCount, filling: [:])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    // Rows of equal words are counted before they become values.
    var space = KeySpace(type: type)
    let words = space.words(vector)
    let nulls = vector.nullBytes
    var tallies: [UInt64: [Int: (row: Int, count: Int)]] = [:]
    for row in 0..<vector.count where nulls[row] == 0 {
      let group = Int(groups[row])
      let tally = tallies[words[row]]?[group]
      tallies[words[row], default: [:]][group] = (tally?.row ?? row, (tally?.count ?? 0) + 1)
    }
    for byGroup in tallies.values {
      for (group, tally) in byGroup {
        counts[group][vector.value(at: tally.row), default: 0] += tally.count
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? ModeAccumulator else { return }
    for (group, tallies) in other.counts.enumerated() {
      for (value, count) in tallies { counts[Int(groups[group])][value, default: 0] += count }
    }
  }

  func finish(groupCount: Int) -> Vector {
    let modes = counts.prefix(groupCount).map { tallies -> Value in
      var best: (value: Value, count: Int)?
      for (value, count) in tallies {
        guard let current = best else {
          best = (value, count)
          continue
        }
        if count > current.count
          || (count == current.count && compareValues(value, current.value) < 0)
        {
          best = (value, count)
        }
      }
      return best?.value ?? .null
    }
    return Vector(values: modes, type: type)
  }
}

/// `arg_min` and `arg_max`: the first row of the least (greatest) second argument.
final class ArgumentOfExtremeAccumulator: Accumulator {
  private let isMaximum: Bool
  private let type: DataType
  private var results: [Value] = []
  private var extremes: [Value] = []
  private var values = ValueMemory()

  init(isMaximum: Bool, type: DataType) {
    self.isMaximum = isMaximum
    self.type = type
  }

  var byteCount: Int { results.count * 128 + values.byteCount }

  func resize(to groupCount: Int) {
    results.grow(to: groupCount, filling: .null)
    extremes.grow(to: groupCount, filling: .null)
  }

  private func isBetter(_ value: Value, in group: Int) -> Bool {
    if extremes[group].isNull { return true }
    let order = compareValues(value, extremes[group])
    return isMaximum ? order > 0 : order < 0
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let result = try input.vector(0)
    let key = try input.vector(1)
    let groups = input.assignment.rows
    for row in 0..<key.count {
      let value = key.value(at: row)
      let group = Int(groups[row])
      if !value.isNull, isBetter(value, in: group) {
        let chosen = result.value(at: row)
        try values.replace(extremes[group], with: value)
        try values.replace(results[group], with: chosen)
        extremes[group] = value
        results[group] = chosen
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? ArgumentOfExtremeAccumulator else { return }
    for (group, value) in other.extremes.enumerated() where !value.isNull {
      let target = Int(groups[group])
      if isBetter(value, in: target) {
        extremes[target] = value
        results[target] = other.results[group]
      }
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(values: Array(results.prefix(groupCount)), type: type)
  }
}

/// `any_value`: the first that is not null.
final class AnyValueAccumulator: Accumulator {
  private let type: DataType
  private var results: [Value] = []
  private var values = ValueMemory()

  init(type: DataType) {
    self.type = type
  }

  var byteCount: Int { results.count * 64 + values.byteCount }

  func resize(to groupCount: Int) {
    results.grow(to: groupCount, filling: .null)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count where results[Int(groups[row])].isNull {
      let value = vector.value(at: row)
      try values.replace(.null, with: value)
      results[Int(groups[row])] = value
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? AnyValueAccumulator else { return }
    for (group, value) in other.results.enumerated() where results[Int(groups[group])].isNull {
      results[Int(groups[group])] = value
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(values: Array(results.prefix(groupCount)), type: type)
  }
}

/// `string_agg`, and the rows of any aggregate that needs them in an order.
final class StringAggregateAccumulator: Accumulator {
  private struct Row {
    var text: String
    var keys: [Value]
  }

  private let separator: String
  private let order: [SortKey]
  private let isDistinct: Bool
  private var rows: [[Row]] = []
  private var values = ValueMemory()

  /// Arguments: the text, then the keys of `order`.
  init(separator: String, order: [SortKey], isDistinct: Bool) {
    self.separator = separator
    self.order = order
    self.isDistinct = isDistinct
  }

  var bytesPerRow: Int { 96 }

  var byteCount: Int { rows.reduce(values.byteCount) { $0 + $1.count * 96 + 16 } }

  func resize(to groupCount: Int) {
    rows.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let texts = try input.vector(0)
    var keys: [Vector] = []
    for key in order.indices { keys.append(try input.vector(1 + key)) }
    let groups = input.assignment.rows
    for row in 0..<texts.count {
      guard case .text(let text) = texts.value(at: row) else { continue }
      try values.replace(.null, with: .text(text))
      rows[Int(groups[row])].append(Row(text: text, keys: keys.map { $0.value(at: row) }))
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? StringAggregateAccumulator else { return }
    for (group, theirs) in other.rows.enumerated() { rows[Int(groups[group])] += theirs }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    // The texts once more, joined.
    try QueryScope.reserve(
      2 * (values.byteCount + 32 * self.rows.reduce(0) { $0 + $1.count }), for: "joined texts")
    let values = rows.prefix(groupCount).map { rows -> Value in
      if rows.isEmpty || QueryScope.mustStop { return .null }
      var rows = rows
      if !order.isEmpty {
        rows = rows.enumerated().sorted { left, right in
          let result = order.compare(left.element.keys, right.element.keys)
          return result == 0 ? left.offset < right.offset : result < 0
        }.map(\.element)
      }
      if isDistinct {
        var seen: Set<Value> = []
        rows = rows.filter { seen.insert(.text($0.text)).inserted }
        if order.isEmpty { rows.sort { compareValues(.text($0.text), .text($1.text)) < 0 } }
      }
      return .text(rows.map(\.text).joined(separator: separator))
    }
    try QueryScope.check()
    return Vector(values: Array(values), type: .text)
  }
}

/// `sum(DISTINCT x)` and the like: the distinct values first, then the aggregate over them.
final class DistinctValuesAccumulator: Accumulator {
  private let inner: any Accumulator
  private let type: DataType
  private var values: [Set<Value>] = []
  private var memory = ValueMemory()

  init(_ inner: any Accumulator, type: DataType) {
    self.inner = inner
    self.type = type
  }

  var bytesPerRow: Int { 96 }

  var byteCount: Int { values.reduce(memory.byteCount) { $0 + $1.count * 96 + 16 } }

  func resize(to groupCount: Int) {
    values.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count {
      var value = vector.value(at: row)
      if case .double(let double) = value, double == 0 { value = .double(0) }
      guard !value.isNull, values[Int(groups[row])].insert(value).inserted else { continue }
      try memory.replace(.null, with: value)
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? DistinctValuesAccumulator else { return }
    for (group, theirs) in other.values.enumerated() {
      values[Int(groups[group])].formUnion(theirs)
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    inner.resize(to: groupCount)
    let argument = [try CompiledExpression(.column(0, type))]
    for group in 0..<groupCount where !values[group].isEmpty {
      let sorted = values[group].sorted { compareValues($0, $1) < 0 }
      let batch = Batch(rowCount: sorted.count, columns: [Vector(values: sorted, type: type)])
      try inner.update(
        AggregateInput(
          view: BatchView(batch),
          assignment: GroupAssignment(.single(group), rowCount: sorted.count),
          groupCount: groupCount, arguments: argument))
    }
    return try inner.finish(groupCount: groupCount)
  }
}
