import Synchronization

/// Pairs of rows of a probe batch and the build side that may belong together, by probe row.
enum JoinCandidates {
  /// Pairs with equal keys.
  case matches(MatchPairs)
  /// Every row with every other.
  case product(ProductPairs)

  var isAtEnd: Bool {
    switch self {
    case .matches(let matches): matches.isAtEnd
    case .product(let product): product.isAtEnd
    }
  }

  /// The next pairs; `nil` when there are no more.
  mutating func next(atMost limit: Int) -> (probe: [UInt32], build: [UInt32])? {
    if isAtEnd { return nil }
    switch self {
    case .product(var product):
      defer { self = .product(product) }
      return product.next(atMost: limit)
    case .matches(var matches):
      defer { self = .matches(matches) }
      return matches.next(atMost: limit)
    }
  }
}

/// The pairs of rows with equal keys, made when they are asked for: of a key that is frequent on both
/// sides there are as many as of a product.
struct MatchPairs {
  private let table: JoinTable
  /// The build row that each probe row goes on with.
  private let matches: [UInt32]
  private let firstOnly: Bool
  private var row = 0
  private var match: UInt32 = .max

  /// `firstOnly`: at most one pair for each probe row.
  init(_ table: JoinTable, _ vectors: [Vector], count: Int, firstOnly: Bool) {
    self.table = table
    self.firstOnly = firstOnly
    matches = table.partners(vectors, count: count)
    skipRowsWithoutMatch()
  }

  var isAtEnd: Bool { row == matches.count }

  private mutating func skipRowsWithoutMatch() {
    while row < matches.count, matches[row] == .max { row += 1 }
    match = row < matches.count ? matches[row] : .max
  }

  mutating func next(atMost limit: Int) -> (probe: [UInt32], build: [UInt32]) {
    var probe: [UInt32] = []
    var build: [UInt32] = []
    let expected = min(limit, matches.count - row)
    probe.reserveCapacity(expected)
    build.reserveCapacity(expected)
    while !isAtEnd, probe.count < limit {
      probe.append(UInt32(truncatingIfNeeded: row))
      build.append(match)
      match = firstOnly ? .max : table.match(after: match)
      if match == .max {
        row += 1
        skipRowsWithoutMatch()
      }
    }
    return (probe, build)
  }
}

/// The pairs of a cross product, made when they are asked for.
struct ProductPairs {
  private let probeCount: Int
  private let buildCount: Int
  private var probeRow = 0
  private var buildRow = 0

  init(probeCount: Int, buildCount: Int) {
    self.probeCount = probeCount
    self.buildCount = buildCount
  }

  var isAtEnd: Bool { probeRow == probeCount || buildCount == 0 }

  mutating func next(atMost limit: Int) -> (probe: [UInt32], build: [UInt32]) {
    var probe: [UInt32] = []
    var build: [UInt32] = []
    while !isAtEnd, probe.count < limit {
      let count = min(limit - probe.count, buildCount - buildRow)
      probe.append(contentsOf: repeatElement(UInt32(probeRow), count: count))
      build.append(contentsOf: UInt32(buildRow)..<UInt32(buildRow + count))
      buildRow += count
      if buildRow == buildCount {
        probeRow += 1
        buildRow = 0
      }
    }
    return (probe, build)
  }
}

/// Which rows of a probe batch have a match, and how many of them have been handed on.
struct ProbeOutput {
  private var matched: [UInt8]
  private var taken = 0

  init(rowCount: Int) {
    matched = Array(repeating: 0, count: rowCount)
  }

  func isMatched(_ row: UInt32) -> Bool { matched[Int(row)] != 0 }

  mutating func match(_ rows: [UInt32]) {
    for row in rows { matched[Int(row)] = 1 }
  }

  /// The next rows before `end` that have, or do not have, a match.
  mutating func take(upTo end: Int, matched wanted: Bool) -> [UInt32] {
    defer { taken = max(taken, end) }
    guard taken < end else { return [] }
    let flag: UInt8 = wanted ? 1 : 0
    return (UInt32(taken)..<UInt32(end)).filter { matched[Int($0)] == flag }
  }
}

/// Rows of the build side that any task has found a partner for.
final class MatchedRows: Sendable {
  private let flags: Mutex<[UInt8]>

  init(count: Int) {
    flags = Mutex(Array(repeating: 0, count: count))
  }

  func insert(_ rows: [UInt32]) {
    flags.withLock { flags in
      for row in rows { flags[Int(row)] = 1 }
    }
  }

  /// The rows without a partner, ascending.
  var others: [UInt32] {
    flags.withLock { flags in (0..<UInt32(flags.count)).filter { flags[Int($0)] == 0 } }
  }
}
