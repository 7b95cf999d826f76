import ColumnStore
import QueryLanguage
import QueryPlanning
import Sketches

/// `approx_quantile` and `tdigest`: one t-digest per group. NaN has no rank and is left out.
final class DigestAccumulator: Accumulator {
  private let quantiles: [Double]
  private let isArray: Bool
  private let returnsState: Bool
  private var digests: [TDigest] = []

  init(quantiles: [Double], isArray: Bool, returnsState: Bool) {
    self.quantiles = quantiles
    self.isArray = isArray
    self.returnsState = returnsState
  }

  var byteCount: Int { digests.reduce(0) { $0 + $1.byteCount + 64 } }

  func resize(to groupCount: Int) {
    digests.grow(to: groupCount, filling: TDigest())
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    try input.forEachRunOfDoubles { group, run in
      run.withUnsafeBufferPointer { digests[group].insert($0) }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? DigestAccumulator else { return }
    for (group, digest) in other.digests.enumerated() where !digest.isEmpty {
      if group & 0xFFF == 0xFFF { try QueryScope.check() }
      digests[Int(groups[group])].merge(digest)
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let digests = digests.prefix(groupCount)
    if returnsState {
      return Vector(values: digests.map(Value.digest), type: .digest)
    }
    var results: [[Double?]] = []
    for (group, digest) in digests.enumerated() {
      if group & 0xFFF == 0xFFF { try QueryScope.check() }
      results.append(digest.quantiles(quantiles))
    }
    return quantileVector(results, isArray: isArray)
  }
}

/// One double per group, or one array of them; `nil` where there were no values.
private func quantileVector(_ results: [[Double?]], isArray: Bool) -> Vector {
  let values = results.map { result -> Value in
    if result.contains(where: { $0 == nil }) { return .null }
    let doubles = result.map { $0.map(Value.double) ?? .null }
    return isArray ? .array(doubles) : doubles.first ?? .null
  }
  return Vector(values: values, type: isArray ? .array(.double) : .double)
}

/// `tdigest_merge`.
final class DigestMergeAccumulator: Accumulator {
  private var digests: [TDigest?] = []

  var byteCount: Int { digests.reduce(0) { $0 + ($1?.byteCount ?? 0) + 64 } }

  func resize(to groupCount: Int) {
    digests.grow(to: groupCount, filling: nil)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count {
      if row & 0xFFF == 0xFFF { try QueryScope.check() }
      if case .digest(let digest) = vector.value(at: row) { add(digest, to: Int(groups[row])) }
    }
  }

  private func add(_ digest: TDigest, to group: Int) {
    if digests[group] == nil {
      digests[group] = digest
    } else {
      digests[group]?.merge(digest)
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? DigestMergeAccumulator else { return }
    for (group, digest) in other.digests.enumerated() {
      if group & 0xFFF == 0xFFF { try QueryScope.check() }
      if let digest { add(digest, to: Int(groups[group])) }
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(
      values: digests.prefix(groupCount).map { $0.map(Value.digest) ?? .null }, type: .digest)
  }
}

/// `percentile_cont`, exact: all values are kept, and those around the wanted places looked for at the end.
final class ContinuousPercentileAccumulator: Accumulator {
  private let fractions: [Double]
  private let isArray: Bool
  private var values: [[Double]] = []

  init(fractions: [Double], isArray: Bool) {
    self.fractions = fractions
    self.isArray = isArray
  }

  var bytesPerRow: Int { 16 }

  var byteCount: Int { values.reduce(0) { $0 + $1.count * 8 + 16 } }

  func resize(to groupCount: Int) {
    values.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    try input.forEachRunOfDoubles { group, run in values[group] += run }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? ContinuousPercentileAccumulator else { return }
    for (group, run) in other.values.enumerated() {
      if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
      values[Int(groups[group])] += run
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    var results: [[Double?]] = []
    for group in 0..<groupCount {
      try QueryScope.check()
      results.append(try quantiles(of: values[group]))
    }
    return quantileVector(results, isArray: isArray)
  }

  /// PostgreSQL's: between the values around position fraction * (count - 1).
  private func quantiles(of values: [Double]) throws(QueryError) -> [Double?] {
    guard !values.isEmpty else { return fractions.map { _ in nil } }
    func places(_ fraction: Double) -> (position: Double, low: Int, high: Int) {
      let position = fraction * Double(values.count - 1)
      func place(_ rounded: Double) -> Int { min(max(Int(rounded), 0), values.count - 1) }
      return (position, place(position.rounded(.down)), place(position.rounded(.up)))
    }
    let wanted = Set(fractions.flatMap { [places($0).low, places($0).high] })
    let found = try OrderStatistics.values(of: values, at: wanted)
    return fractions.map { fraction in
      let (position, low, high) = places(fraction)
      guard let below = found[low], let above = found[high] else { return nil }
      return low == high ? below : below + (position - Double(low)) * (above - below)
    }
  }
}

/// `percentile_disc`, exact: the first value whose share of the rows reaches the fraction.
final class DiscretePercentileAccumulator: Accumulator {
  private let fractions: [Double]
  private let isArray: Bool
  private let type: DataType
  private var doubles: [[Double]] = []
  private var integers: [[Int64]] = []
  private var others: [[Value]] = []
  private var memory = ValueMemory()

  /// `type` is that of the values.
  init(fractions: [Double], isArray: Bool, type: DataType) {
    self.fractions = fractions
    self.isArray = isArray
    self.type = type
  }

  var bytesPerRow: Int { 64 }

  var byteCount: Int {
    doubles.reduce(memory.byteCount) { $0 + $1.count * 8 + 48 }
      + integers.reduce(0) { $0 + $1.count * 8 }
      + others.reduce(0) { $0 + $1.count * 64 }
  }

  func resize(to groupCount: Int) {
    doubles.grow(to: groupCount, filling: [])
    integers.grow(to: groupCount, filling: [])
    others.grow(to: groupCount, filling: [])
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    switch vector.storage {
    case .integers(let values):
      input.forEachRow(validity: vector.validity) { row, group in
        integers[group].append(values[row])
      }
    case .doubles(let values):
      input.forEachRow(validity: vector.validity) { row, group in
        doubles[group].append(values[row])
      }
    default:
      let groups = input.assignment.rows
      for row in 0..<vector.count {
        if row & 0xFFF == 0xFFF { try QueryScope.check() }
        let value = vector.value(at: row)
        switch value {
        case .null: continue
        case .double(let double): doubles[Int(groups[row])].append(double)
        default:
          if let integer = value.integer {
            integers[Int(groups[row])].append(integer)
          } else {
            try memory.add(value)
            others[Int(groups[row])].append(value)
          }
        }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? DiscretePercentileAccumulator else { return }
    memory.take(other.memory)
    for group in other.doubles.indices {
      if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
      let target = Int(groups[group])
      doubles[target] += other.doubles[group]
      integers[target] += other.integers[group]
      others[target] += other.others[group]
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    var results: [Value] = []
    for group in 0..<groupCount {
      try QueryScope.check()
      let picked = try picks(group)
      results.append(picked.isEmpty ? .null : isArray ? .array(picked) : picked[0])
    }
    return Vector(values: results, type: isArray ? .array(type) : type)
  }

  private func picks(_ group: Int) throws(QueryError) -> [Value] {
    func index(_ fraction: Double, _ count: Int) -> Int {
      min(max(Int((fraction * Double(count)).rounded(.up)) - 1, 0), count - 1)
    }
    switch type.physical {
    case .integer:
      let sorted = try sorted(integers[group], by: <)
      if sorted.isEmpty { return [] }
      return fractions.map {
        Vector(type: type, count: 1, storage: .integers([sorted[index($0, sorted.count)]]))
          .value(at: 0)
      }
    case .double:
      let sorted = try sorted(doubles[group]) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
      return sorted.isEmpty ? [] : fractions.map { .double(sorted[index($0, sorted.count)]) }
    case .boolean, .text, .object:
      let sorted = try sorted(others[group]) { compareValues($0, $1) < 0 }
      return sorted.isEmpty ? [] : fractions.map { sorted[index($0, sorted.count)] }
    }
  }

  private func sorted<Element>(
    _ values: [Element], by precedes: (Element, Element) -> Bool
  ) throws(QueryError) -> [Element] {
    let reservation = try MemoryReservation.ofQuery(
      values.count * MemoryLayout<Element>.stride, for: "sorting")
    var values = values
    try BlockSort.sort(&values, by: precedes)
    withExtendedLifetime(reservation) {}
    return values
  }
}

extension AggregateInput {
  /// Calls `body` with the values of each group that has any, nulls left out. The array may be
  /// changed; it is used again for the next group.
  func forEachRunOfDoubles(_ body: (_ group: Int, _ run: inout [Double]) -> Void) throws(QueryError)
  {
    let vector = try vector(0)
    var run: [Double] = []
    switch vector.storage {
    case .constant(.double(let value)):
      let grouped = grouped
      for group in 0..<groupCount {
        let count = grouped.offsets[group + 1] - grouped.offsets[group]
        if count == 0 { continue }
        run = Array(repeating: value, count: count)
        body(group, &run)
      }
    case .doubles(let values):
      if case .single(let group) = assignment.kind {
        run = values
        if let validity = vector.validity {
          run = values.indices.compactMap { validity[$0] == 0 ? nil : values[$0] }
        }
        if !run.isEmpty { body(group, &run) }
        return
      }
      let grouped = grouped
      run.reserveCapacity(values.count)
      for group in 0..<groupCount {
        let rows = grouped.offsets[group]..<grouped.offsets[group + 1]
        if rows.isEmpty { continue }
        run.removeAll(keepingCapacity: true)
        if let validity = vector.validity {
          for index in rows {
            let row = Int(grouped.order[index])
            if validity[row] != 0 { run.append(values[row]) }
          }
        } else {
          for index in rows { run.append(values[Int(grouped.order[index])]) }
        }
        if !run.isEmpty { body(group, &run) }
      }
    default: return
    }
  }
}
