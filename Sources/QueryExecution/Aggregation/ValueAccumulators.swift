import ColumnStore
import QueryLanguage
import QueryPlanning

/// `mode`: the most frequent value, of several the smallest.
final class ModeAccumulator: Accumulator {
  private let type: DataType
  private var counts: [[Value: Int]] = []
  private var values = ValueMemory()

  init(type: DataType) {
    self.type = type
  }

  /// In a table that doubles, beside the one that it leaves.
  var bytesPerRow: Int { 160 }

  var byteCount: Int { counts.reduce(values.byteCount) { $0 + $1.capacity * 64 + 16 } }

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
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      let group = Int(groups[row])
      let tally = tallies[words[row]]?[group]
      tallies[words[row], default: [:]][group] = (tally?.row ?? row, (tally?.count ?? 0) + 1)
    }
    for byGroup in tallies.values {
      for (group, tally) in byGroup {
        try add(vector.value(at: tally.row), tally.count, to: group)
      }
    }
  }

  private func add(_ value: Value, _ count: Int, to group: Int) throws(QueryError) {
    // Found and changed in one look-up; what a value that was not there holds is counted after.
    let known = counts[group].count
    counts[group][value, default: 0] += count
    if counts[group].count > known { try values.add(value) }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? ModeAccumulator else { return }
    for (group, tallies) in other.counts.enumerated() {
      var place = group
      for (value, count) in tallies {
        place += 1
        if place & 0xFFF == 0 { try QueryScope.check() }
        try add(value, count, to: Int(groups[group]))
      }
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let modes = counts.prefix(groupCount).map { tallies -> Value in
      if QueryScope.mustStop { return .null }
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
    try QueryScope.check()
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
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
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

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? ArgumentOfExtremeAccumulator else { return }
    for (group, value) in other.extremes.enumerated() where !value.isNull {
      if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
      let target = Int(groups[group])
      if isBetter(value, in: target) {
        try values.replace(extremes[target], with: value)
        try values.replace(results[target], with: other.results[group])
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

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? AnyValueAccumulator else { return }
    for (group, value) in other.results.enumerated() where results[Int(groups[group])].isNull {
      if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
      try values.add(value)
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

  /// The row, its text and its keys, in an array that doubles.
  var bytesPerRow: Int { 96 + order.count * 96 }

  var byteCount: Int { rows.reduce(values.byteCount) { $0 + $1.count * bytesPerRow + 16 } }

  func resize(to groupCount: Int) {
    rows.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let texts = try input.vector(0)
    var keys: [Vector] = []
    for key in order.indices { keys.append(try input.vector(1 + key)) }
    let groups = input.assignment.rows
    for row in 0..<texts.count {
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      guard case .text(let text) = texts.value(at: row) else { continue }
      try values.add(.text(text))
      var rowKeys: [Value] = []
      for key in keys {
        let value = key.value(at: row)
        try values.add(value)
        rowKeys.append(value)
      }
      rows[Int(groups[row])].append(Row(text: text, keys: rowKeys))
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? StringAggregateAccumulator else { return }
    for (group, theirs) in other.rows.enumerated() { rows[Int(groups[group])] += theirs }
    values.take(other.values)
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    // The texts once more, joined.
    try QueryScope.reserve(
      2 * (values.byteCount + 32 * self.rows.reduce(0) { $0 + $1.count }), for: "joined texts")
    var values: [Value] = []
    for rows in rows.prefix(groupCount) { values.append(try joined(rows)) }
    return Vector(values: values, type: .text)
  }

  private func joined(_ rows: [Row]) throws(QueryError) -> Value {
    try QueryScope.check()
    if rows.isEmpty { return .null }
    var rows = rows
    if !order.isEmpty {
      rows = try BlockSort.sorted(rows) { order.compare($0.keys, $1.keys) }
    }
    if isDistinct {
      var seen: Set<Value> = []
      rows = rows.filter { seen.insert(.text($0.text)).inserted }
      if order.isEmpty {
        rows = try BlockSort.sorted(rows) { compareValues(.text($0.text), .text($1.text)) }
      }
    }
    var text = ""
    for (index, row) in rows.enumerated() {
      if index & 0xFFF == 0xFFF { try QueryScope.check() }
      if index > 0 { text += separator }
      text += row.text
    }
    return .text(text)
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

  /// In a table that doubles, beside the one that it leaves.
  var bytesPerRow: Int { 128 }

  var byteCount: Int { values.reduce(memory.byteCount) { $0 + $1.capacity * 48 + 16 } }

  func resize(to groupCount: Int) {
    values.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count {
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      var value = vector.value(at: row)
      if case .double(let double) = value, double == 0 { value = .double(0) }
      guard !value.isNull, values[Int(groups[row])].insert(value).inserted else { continue }
      try memory.replace(.null, with: value)
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? DistinctValuesAccumulator else { return }
    for (group, theirs) in other.values.enumerated() {
      try QueryScope.check()
      values[Int(groups[group])].formUnion(theirs)
    }
    memory.take(other.memory)
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    inner.resize(to: groupCount)
    let argument = [try CompiledExpression(.column(0, type))]
    for group in 0..<groupCount where !values[group].isEmpty {
      try QueryScope.check()
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
