import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning

/// `sum` and `avg` of integers. Exact: 128 bits hold the sum of any number of rows.
final class IntegerSumAccumulator: Accumulator {
  private let isAverage: Bool
  private let location: Int
  private var sums: [Int128] = []
  private var counts: [Int64] = []

  init(isAverage: Bool, location: Int) {
    self.isAverage = isAverage
    self.location = location
  }

  var byteCount: Int { sums.count * 24 }

  func resize(to groupCount: Int) {
    sums.grow(to: groupCount, filling: 0)
    counts.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    if let (group, chunk, counted) = input.selectedChunk(0),
      case .frameOfReference(let base, let packed) = chunk.encoding
    {
      let total = packed.sum(base: base, count: chunk.rowCount, counted)
      sums[group] += total.sum
      counts[group] += Int64(total.count)
      return
    }
    if case (let chunk, let groups)? = input.chunkValues(0),
      case .frameOfReference(let base, let packed) = chunk.encoding, packed.width <= 4
    {
      GroupedDeltas(packed, nil, groups, groupCount: sums.count).forEachGroup {
        group, sum, count in
        sums[group] += Int128(base) * Int128(count) + Int128(sum)
        counts[group] += Int64(count)
      }
      return
    }
    if let some = input.someChunkValues(0, groupCount: sums.count),
      case .frameOfReference(let base, let packed) = some.values.encoding, packed.width <= 4
    {
      some.deltas(packed, groupCount: sums.count).forEachGroup { group, sum, count in
        sums[group] += Int128(base) * Int128(count) + Int128(sum)
        counts[group] += Int64(count)
      }
      return
    }
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(let value):
      guard let value = value.integer else { return }
      input.forEachRow(validity: nil) { _, group in
        sums[group] += Int128(value)
        counts[group] += 1
      }
    case .integers(let values):
      values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          counts.withUnsafeMutableBufferPointer { counts in
            input.forEachRow(validity: vector.validity) { row, group in
              sums[group] &+= Int128(values[row])
              counts[group] &+= 1
            }
          }
        }
      }
    default: return
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? IntegerSumAccumulator else { return }
    let (theirSums, theirCounts) = (other.sums, other.counts)
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        for group in theirSums.indices where theirCounts[group] > 0 {
          sums[Int(groups[group])] += theirSums[group]
          counts[Int(groups[group])] += theirCounts[group]
        }
      }
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let validity = counts.prefix(groupCount).map { UInt8($0 > 0 ? 1 : 0) }
    if isAverage {
      let averages = (0..<groupCount).map { group in
        counts[group] > 0 ? Double(sums[group]) / Double(counts[group]) : 0
      }
      return Vector(
        type: .double, count: groupCount, storage: .doubles(averages), validity: validity)
    }
    var totals: [Int64] = []
    for group in 0..<groupCount {
      guard let total = Int64(exactly: sums[group]) else {
        throw QueryError(
          .numericOutOfRange, "sum is out of range for type bigint",
          at: location..<location, hint: "sum(x::double precision) gives an approximate total")
      }
      totals.append(total)
    }
    return Vector(type: .integer, count: groupCount, storage: .integers(totals), validity: validity)
  }
}

extension PackedIntegers {
  /// The sum of base + delta over the first `count` deltas, or over those of them that are set in `counted`, and
  /// how many these are.
  func sum(
    base: Int64, count: Int, _ counted: SelectionBitmap?
  ) -> (sum: Int128, count: Int) {
    guard let counted else { return (sum(base: base, count: count), count) }
    let selected = counted.setCount
    let bases = Int128(base) * Int128(selected)
    return counted.words.withUnsafeBufferPointer { words in
      guard let words = words.baseAddress else { return (0, 0) }
      switch self {
      case .bytes1(let deltas):
        return (bases + Int128(daybook_masked_sum_u8(deltas.base, count, words)), selected)
      case .bytes2(let deltas):
        return (bases + Int128(daybook_masked_sum_u16(deltas.base, count, words)), selected)
      case .bytes4(let deltas):
        return (bases + Int128(daybook_masked_sum_u32(deltas.base, count, words)), selected)
      case .bytes8(let deltas):
        var sum: Int128 = 0
        for row in counted.positions() {
          sum &+= Int128(base &+ Int64(bitPattern: deltas.base[Int(row)]))
        }
        return (sum, selected)
      }
    }
  }

  private func sum(base: Int64, count: Int) -> Int128 {
    let bases = Int128(base) * Int128(count)
    switch self {
    case .bytes1(let deltas): return bases + Int128(narrowSum(deltas.base, count))
    case .bytes2(let deltas): return bases + Int128(narrowSum(deltas.base, count))
    case .bytes4(let deltas): return bases + Int128(narrowSum(deltas.base, count))
    case .bytes8(let deltas):
      // Each sum wraps round to the value it stands for.
      var sum: Int128 = 0
      for row in 0..<count { sum &+= Int128(base &+ Int64(bitPattern: deltas.base[row])) }
      return sum
    }
  }

  /// At most 65,536 values of 32 bits: 64 bits cannot overflow.
  @inline(__always)
  private func narrowSum<Packed: FixedWidthInteger & UnsignedInteger>(
    _ deltas: UnsafePointer<Packed>, _ count: Int
  ) -> UInt64 {
    var sum: UInt64 = 0
    for row in 0..<count { sum &+= UInt64(truncatingIfNeeded: deltas[row]) }
    return sum
  }
}

/// A sum of doubles that keeps what each addition rounds away (Knuth's TwoSum), so that it is as
/// good as exact and hardly depends on the order of the rows.
struct CompensatedSum {
  var sum = 0.0
  var compensation = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    let total = sum + value
    let part = total - sum
    compensation += (sum - (total - part)) + (value - part)
    sum = total
  }

  mutating func add(_ other: CompensatedSum) {
    add(other.sum)
    compensation += other.compensation
  }

  /// Infinities and NaN have no compensation.
  var value: Double { sum.isFinite && compensation.isFinite ? sum + compensation : sum }
}

/// `sum` and `avg` of doubles.
final class DoubleSumAccumulator: Accumulator {
  private let isAverage: Bool
  private let location: Int
  private var sums: [CompensatedSum] = []
  private var counts: [Int64] = []
  /// Groups with an infinity or NaN among their values: of all others the sum is a number, or an error.
  private var notFinite: Set<Int> = []

  init(isAverage: Bool, location: Int) {
    self.isAverage = isAverage
    self.location = location
  }

  var byteCount: Int { sums.count * 24 }

  func resize(to groupCount: Int) {
    sums.grow(to: groupCount, filling: CompensatedSum())
    counts.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    if let (group, chunk, counted) = input.selectedChunk(0),
      case .decimal(let exponent, let base, let packed) = chunk.encoding, packed.width <= 4
    {
      // Decimals add up exactly as integers: at most 2^16 values of 53 bits.
      let total = packed.sum(base: base, count: chunk.rowCount, counted)
      guard total.count > 0 else { return }
      sums[group].add(Double(total.sum) / powersOfTen[exponent])
      counts[group] += Int64(total.count)
      return
    }
    if case (let chunk, let groups)? = input.chunkValues(0),
      case .decimal(let exponent, let base, let packed) = chunk.encoding, packed.width <= 4
    {
      GroupedDeltas(packed, nil, groups, groupCount: sums.count).forEachGroup {
        group, sum, count in
        sums[group].add(GroupedDeltas.total(base, sum, count) / powersOfTen[exponent])
        counts[group] += Int64(count)
      }
      return
    }
    if let some = input.someChunkValues(0, groupCount: sums.count),
      case .decimal(let exponent, let base, let packed) = some.values.encoding, packed.width <= 4
    {
      some.deltas(packed, groupCount: sums.count).forEachGroup { group, sum, count in
        sums[group].add(GroupedDeltas.total(base, sum, count) / powersOfTen[exponent])
        counts[group] += Int64(count)
      }
      return
    }
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(.double(let value)):
      input.forEachRow(validity: nil) { _, group in
        sums[group].add(value)
        counts[group] += 1
        if !value.isFinite { notFinite.insert(group) }
      }
    case .doubles(let values):
      if !values.areAllFinite {
        input.forEachRow(validity: vector.validity) { row, group in
          if !values[row].isFinite { notFinite.insert(group) }
        }
      }
      values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          counts.withUnsafeMutableBufferPointer { counts in
            input.forEachRow(validity: vector.validity) { row, group in
              sums[group].add(values[row])
              counts[group] &+= 1
            }
          }
        }
      }
    default: return
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? DoubleSumAccumulator else { return }
    let (theirSums, theirCounts) = (other.sums, other.counts)
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        for group in theirSums.indices where theirCounts[group] > 0 {
          sums[Int(groups[group])].add(theirSums[group])
          counts[Int(groups[group])] += theirCounts[group]
        }
      }
    }
    for group in other.notFinite { notFinite.insert(Int(groups[group])) }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    for group in 0..<groupCount where !sums[group].value.isFinite && !notFinite.contains(group) {
      throw QueryError(
        .numericOutOfRange, "value out of range: overflow", at: location..<location,
        hint: "the \(isAverage ? "average" : "sum") is beyond 1.8e308, the largest double precision"
      )
    }
    let values = (0..<groupCount).map { group in
      isAverage ? sums[group].value / Double(max(counts[group], 1)) : sums[group].value
    }
    return Vector(
      type: .double, count: groupCount, storage: .doubles(values),
      validity: counts.prefix(groupCount).map { $0 > 0 ? 1 : 0 })
  }
}

extension [Double] {
  /// Looks at exponents alone, which are all ones in infinities and NaN.
  fileprivate var areAllFinite: Bool {
    let exponent = Double.infinity.bitPattern
    var found: UInt64 = 0
    for value in self { found |= value.bitPattern & exponent == exponent ? 1 : 0 }
    return found == 0
  }
}

/// `sum` and `avg` of intervals: each part on its own, as PostgreSQL.
final class IntervalSumAccumulator: Accumulator {
  private let isAverage: Bool
  private let location: Int
  private var sums: [Interval?] = []
  private var counts: [Int] = []

  init(isAverage: Bool, location: Int) {
    self.isAverage = isAverage
    self.location = location
  }

  var byteCount: Int { sums.count * 32 }

  func resize(to groupCount: Int) {
    sums.grow(to: groupCount, filling: nil)
    counts.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count {
      if case .interval(let interval) = vector.value(at: row) {
        try add(interval, to: Int(groups[row]))
        counts[Int(groups[row])] += 1
      }
    }
  }

  private func add(_ interval: Interval, to group: Int) throws(QueryError) {
    guard let sum = sums[group] else {
      sums[group] = interval
      return
    }
    let months = sum.months.addingReportingOverflow(interval.months)
    let days = sum.days.addingReportingOverflow(interval.days)
    let milliseconds = sum.milliseconds.addingReportingOverflow(interval.milliseconds)
    guard !months.overflow, !days.overflow, !milliseconds.overflow else {
      throw QueryError(.datetimeOverflow, "interval out of range", at: location..<location)
    }
    sums[group] = Interval(
      months: months.partialValue, days: days.partialValue,
      milliseconds: milliseconds.partialValue)
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? IntervalSumAccumulator else { return }
    for (group, sum) in other.sums.enumerated() {
      if let sum { try add(sum, to: Int(groups[group])) }
      counts[Int(groups[group])] += other.counts[group]
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    var values: [Value] = []
    for group in 0..<groupCount {
      guard var sum = sums[group] else {
        values.append(.null)
        continue
      }
      if isAverage {
        guard let mean = sum.multiplied(by: 1 / Double(counts[group])) else {
          throw QueryError(.datetimeOverflow, "interval out of range", at: location..<location)
        }
        sum = mean
      }
      values.append(.interval(sum))
    }
    return Vector(values: values, type: .interval)
  }
}
