import ColumnStore
import QueryLanguage
import QueryPlanning
import Sketches

/// `approx_count_distinct` and `hll`: one HyperLogLog per group.
final class HyperLogLogAccumulator: Accumulator {
  private let precision: Int
  private let returnsState: Bool
  private var sketches: [HyperLogLog] = []

  init(precision: Int, returnsState: Bool) {
    self.precision = precision
    self.returnsState = returnsState
  }

  var byteCount: Int { sketches.reduce(0) { $0 + $1.byteCount + 64 } }

  func resize(to groupCount: Int) {
    sketches.grow(to: groupCount, filling: HyperLogLog(precision: precision))
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    // Each entry of a whole chunk's own dictionary occurs in it: no row is read.
    if let (group, chunk) = input.wholeStoredChunk(0),
      let dictionary = chunk.dictionary, let codes = dictionary.domainCodes
    {
      let hashes = dictionary.domain.hashes(
        of: UnsafeBufferPointer(start: codes.base, count: dictionary.count))
      hashes.withUnsafeBufferPointer { sketches[group].insert(hashes: $0) }
      return
    }
    if case .single(let group) = input.assignment.kind, let texts = try input.occurringTexts(0) {
      let hashes = texts.codes.withUnsafeBufferPointer { texts.dictionary.hashes(of: $0) }
      hashes.withUnsafeBufferPointer { sketches[group].insert(hashes: $0) }
      return
    }
    let vector = try input.vector(0)
    if case .single(let group) = input.assignment.kind,
      case .text(let codes, .dictionary(let view)) = vector.storage
    {
      // A code that occurs is hashed and inserted once, however often.
      let distinct = DistinctCodes(codes, validity: vector.validity, entryCount: view.count)
      let hashes = distinct.codes.withUnsafeBufferPointer { view.hashes(of: $0) }
      hashes.withUnsafeBufferPointer { sketches[group].insert(hashes: $0) }
      return
    }
    let (hashes, validity) = vector.hashes()
    if case .single(let group) = input.assignment.kind, validity == nil {
      hashes.withUnsafeBufferPointer { sketches[group].insert(hashes: $0) }
      return
    }
    let grouped = input.grouped
    var ordered: [UInt64] = []
    ordered.reserveCapacity(hashes.count)
    for group in 0..<input.groupCount {
      let rows = grouped.offsets[group]..<grouped.offsets[group + 1]
      if rows.isEmpty { continue }
      ordered.removeAll(keepingCapacity: true)
      for index in rows {
        let row = Int(grouped.order[index])
        if validity?[row] != 0 { ordered.append(hashes[row]) }
      }
      ordered.withUnsafeBufferPointer { sketches[group].insert(hashes: $0) }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? HyperLogLogAccumulator else { return }
    for (group, sketch) in other.sketches.enumerated() {
      sketches[Int(groups[group])].merge(sketch)
    }
  }

  func finish(groupCount: Int) -> Vector {
    let sketches = sketches.prefix(groupCount)
    if returnsState {
      return Vector(
        type: .hyperLogLog, count: groupCount, storage: .objects(sketches.map(Value.hyperLogLog)))
    }
    return Vector(
      type: .integer, count: groupCount, storage: .integers(sketches.map(\.cardinality)))
  }
}

/// `hll_merge`.
final class HyperLogLogMergeAccumulator: Accumulator {
  private var sketches: [HyperLogLog?] = []

  var byteCount: Int { sketches.reduce(0) { $0 + ($1?.byteCount ?? 0) + 64 } }

  func resize(to groupCount: Int) {
    sketches.grow(to: groupCount, filling: nil)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    let groups = input.assignment.rows
    for row in 0..<vector.count {
      if case .hyperLogLog(let sketch) = vector.value(at: row) {
        add(sketch, to: Int(groups[row]))
      }
    }
  }

  private func add(_ sketch: HyperLogLog, to group: Int) {
    if sketches[group] == nil {
      sketches[group] = sketch
    } else {
      sketches[group]?.merge(sketch)
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? HyperLogLogMergeAccumulator else { return }
    for (group, sketch) in other.sketches.enumerated() {
      if let sketch { add(sketch, to: Int(groups[group])) }
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(
      values: sketches.prefix(groupCount).map { $0.map(Value.hyperLogLog) ?? .null },
      type: .hyperLogLog)
  }
}

extension DictionaryView {
  /// The stable hashes of entries.
  func hashes(of codes: UnsafeBufferPointer<UInt32>) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: codes.count) { hashes, initialized in
      for index in 0..<codes.count { hashes[index] = hash(codes[index]) }
      initialized = codes.count
    }
  }
}

extension Vector {
  /// The stable hash of each row's value, and which rows are not null.
  func hashes() -> (hashes: [UInt64], validity: [UInt8]?) {
    var hashes = [UInt64](repeating: 0, count: count)
    switch storage {
    case .constant(let value):
      if value.isNull { return (hashes, Array(repeating: 0, count: count)) }
      let one = Vector(values: [value], type: type).hashes().hashes[0]
      return (Array(repeating: one, count: count), nil)
    case .integers(let values):
      for row in 0..<count { hashes[row] = StableHash.hash(values[row]) }
    case .doubles(let values):
      for row in 0..<count { hashes[row] = StableHash.hash(values[row]) }
    case .booleans(let values):
      for row in 0..<count { hashes[row] = StableHash.hash(Int64(values[row])) }
    case .text(let codes, .dictionary(let view)):
      // The code of a null row need not exist.
      for row in 0..<count where validity?[row] != 0 { hashes[row] = view.hash(codes[row]) }
    case .text(let codes, .pool(let pool)):
      for row in 0..<count where validity?[row] != 0 {
        hashes[row] = pool.withBytes(Int(codes[row])) {
          StableHash.hash(UnsafeRawBufferPointer($0))
        }
      }
    case .objects(let values):
      for row in 0..<count {
        if case .interval(let interval) = values[row] {
          hashes[row] = StableHash.hash(interval.sortKey)
        } else {
          var text = String(describing: values[row].equalityKey)
          hashes[row] = text.withUTF8 { StableHash.hash(UnsafeRawBufferPointer($0)) }
        }
      }
    }
    return (hashes, validity)
  }
}
