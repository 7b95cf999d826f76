import ColumnStore
import QueryLanguage
import QueryPlanning

extension ReferenceEngine {
  /// Finds the frame of every row by looking at all rows of its partition.
  func windowed(_ window: Window) throws -> [[Value]] {
    let input = try rows(of: window.input)
    var result = input
    for function in window.functions {
      let values = try function.values(over: input)
      for index in input.indices { result[index].append(values[index]) }
    }
    return result
  }
}

extension WindowFunction {
  fileprivate func values(over rows: [[Value]]) throws -> [Value] {
    var partitions: [RowKey: [Int]] = [:]
    for (index, row) in rows.enumerated() {
      let key = RowKey(try partitionBy.map { try $0.value(on: row) })
      partitions[key, default: []].append(index)
    }
    var values = [Value](repeating: .null, count: rows.count)
    for members in partitions.values {
      // The index rides along as a last column.
      let tagged = members.map { rows[$0] + [.integer(Int64($0))] }
      let partition = try OrderedPartition(sorted(tagged, by: orderBy), self)
      for (place, row) in partition.rows.enumerated() {
        guard case .integer(let index)? = row.last else { continue }
        values[Int(index)] = try value(at: place, of: partition)
      }
    }
    return values
  }

  private func value(at place: Int, of partition: OrderedPartition) throws -> Value {
    let row = partition.rows[place]
    let count = partition.rows.count
    let peers = partition.peers(of: place)
    switch kind {
    case .rowNumber: return .integer(Int64(place + 1))
    case .rank: return .integer(Int64(peers.first + 1))
    case .denseRank: return .integer(Int64(peers.group + 1))
    case .percentRank: return .double(count == 1 ? 0 : Double(peers.first) / Double(count - 1))
    case .cumulativeDistribution: return .double(Double(peers.last + 1) / Double(count))
    case .ntile:
      guard case .integer(let buckets) = try arguments[0].value(on: partition.rows[0]) else {
        return .null
      }
      if buckets <= 0 { throw QueryError(.invalidParameter, "") }
      var left = count
      var seen = 0
      for bucket in 0..<Int(buckets) {
        let size = (left + Int(buckets) - bucket - 1) / (Int(buckets) - bucket)
        seen += size
        left -= size
        if place < seen { return .integer(Int64(bucket + 1)) }
      }
      return .null
    case .lag, .lead:
      guard case .integer(let step) = try arguments[1].value(on: row) else { return .null }
      let target = kind == .lag ? Int128(place) - Int128(step) : Int128(place) + Int128(step)
      if target >= 0, target < count {
        return try arguments[0].value(on: partition.rows[Int(target)])
      }
      return try arguments[2].value(on: row)
    case .sessionize:
      guard case .interval(let gap)? = arguments[1].literalValue else { return .null }
      let times = try partition.rows[...place].map { try arguments[0].value(on: $0).moment }
      if times[place] == nil { return .null }
      let known = times.compactMap(\.self)
      return .integer(
        Int64(
          1
            + zip(known, known.dropFirst()).filter {
              abs(Int128($1) - Int128($0)) > gap.comparableMilliseconds
            }.count))
    case .firstValue, .lastValue, .nthValue, .aggregate:
      return try value(over: partition.frame(of: place), row)
    }
  }

  private func value(over frame: [[Value]], _ row: [Value]) throws -> Value {
    switch kind {
    case .aggregate(let aggregate): return try aggregate.value(over: frame)
    case .firstValue: return try frame.first.map { try arguments[0].value(on: $0) } ?? .null
    case .lastValue: return try frame.last.map { try arguments[0].value(on: $0) } ?? .null
    default:
      guard case .integer(let place) = try arguments[1].value(on: row) else { return .null }
      if place <= 0 { throw QueryError(.invalidParameter, "") }
      return place > frame.count ? .null : try arguments[0].value(on: frame[Int(place) - 1])
    }
  }
}

/// The rows of a partition with their ORDER BY keys.
private struct OrderedPartition {
  let rows: [[Value]]
  private let keys: [[Value]]
  /// The number of each row's group of peers.
  private let groups: [Int]
  private let function: WindowFunction

  init(_ rows: [[Value]], _ function: WindowFunction) throws {
    self.rows = rows
    self.function = function
    keys = try rows.map { row in try function.orderBy.map { try $0.expression.value(on: row) } }
    var groups: [Int] = []
    for (place, key) in keys.enumerated() {
      let isPeer = place == 0 || RowKey(key) == RowKey(keys[place - 1])
      groups.append((groups.last ?? 0) + (isPeer ? 0 : 1))
    }
    self.groups = groups
  }

  func peers(of place: Int) -> (first: Int, last: Int, group: Int) {
    let group = groups[place]
    return (groups.firstIndex(of: group) ?? 0, groups.lastIndex(of: group) ?? 0, group)
  }

  func frame(of place: Int) throws -> [[Value]] {
    let start = try position(function.frame.start, from: place)
    let end = try position(function.frame.end, from: place)
    return rows.indices.filter { start($0) >= 0 && end($0) <= 0 }.map { rows[$0] }
  }

  /// Where rows are seen from a bound: before, at or after it.
  private func position(
    _ bound: WindowFrame.Bound, from place: Int
  ) throws -> (_ other: Int) -> Int {
    let isRows = function.frame.unit == .rows
    func distance(_ other: Int) -> Int {
      isRows ? other - place : groups[other] - groups[place]
    }
    switch bound {
    case .unboundedPreceding: return { _ in 1 }
    case .preceding(let count): return { distance($0) + count }
    case .currentRow: return distance
    case .following(let count): return { distance($0) - count }
    case .unboundedFollowing: return { _ in -1 }
    case .value(let expression, _, _):
      let limit = try expression.value(on: rows[place])
      return { other in
        let key = keys[other][0]
        if key.isNull || limit.isNull { return distance(other) }
        return function.orderBy[0].isDescending ? -key.order(limit) : key.order(limit)
      }
    }
  }
}
