import ColumnStore
import QueryLanguage
import QueryPlanning

/// About how many rows an operator gives: what decides which side of a join is kept in memory.
///
/// Of a scan it is found from the bounds, null counts and dictionaries of the segments, as if values
/// were spread evenly and filters independent of each other. No row is read.
struct RowEstimate {
  /// A share for conditions that nothing is known about.
  private static let unknownShare = 0.25
  /// More than any table has, and a number that a double has too.
  private static let most = 1 << 60

  let catalog: Catalog

  func rows(of plan: Plan) throws(QueryError) -> Int {
    switch plan {
    case .scan(let scan): return try rows(of: scan)
    case .values(let rows, _): return rows.count
    case .filter(let input, _): return Int(Double(try rows(of: input)) * Self.unknownShare)
    case .project(let input, _), .shared(_, let input): return try rows(of: input)
    case .aggregate(let aggregation):
      return aggregation.keys.isEmpty ? 1 : max(try rows(of: aggregation.input) / 8, 1)
    case .join(let join): return try rows(of: join)
    case .window(let window): return try rows(of: window.input)
    case .sort(let input, _, let limit): return min(try rows(of: input), limit ?? .max)
    case .limit(let input, let count, _): return min(try rows(of: input), count ?? .max)
    case .append(let inputs):
      var sum = 0
      for input in inputs { sum = Self.sum(sum, try rows(of: input)) }
      return sum
    case .series: return 1_000
    case .expand(let expansion): return Self.product(try rows(of: expansion.input), 4)
    }
  }

  /// As many as the longer side has, times the share that filters leave of the shorter one: a join
  /// mostly looks up the one row that a key belongs to.
  private func rows(of join: Join) throws(QueryError) -> Int {
    let left = try rows(of: join.left)
    let right = try rows(of: join.right)
    if join.keys.isEmpty, !join.kind.keepsOnlyLeft, join.kind != .single {
      return Self.product(left, right)
    }
    switch join.kind {
    case .left, .single: return left
    case .full: return max(left, right)
    case .semi: return Int(Double(left) * (try share(of: join.right)))
    case .anti: return Int(Double(left) * (1 - (try share(of: join.right))))
    case .inner:
      let shorter = left < right ? join.left : join.right
      return Int(Double(max(left, right)) * (try share(of: shorter)))
    }
  }

  /// The share of a table's rows that filters leave.
  private func share(of plan: Plan) throws(QueryError) -> Double {
    guard case .scan(var scan) = plan else { return 1 }
    let rest = try rows(of: scan)
    scan.filters = []
    return Double(rest) / Double(max(try rows(of: scan), 1))
  }

  private func rows(of scan: TableScan) throws(QueryError) -> Int {
    guard let table = catalog.tables[scan.schema.name] else { return 0 }
    if scan.filters.isEmpty { return table.rowCount }
    let filter = try SegmentFilter(scan.filters, schema: scan.schema, catalog: catalog)
    var rows = 0.0
    for partition in table.partitions {
      for segment in partition.segments where segment.rowCount > 0 {
        var share = 1.0
        for predicate in filter.predicates where share > 0 {
          share *= try predicate.share(of: segment, unknown: Self.unknownShare)
        }
        rows += share * Double(segment.rowCount)
      }
    }
    // Not more than the table has, so that it is an integer.
    return Int(rows.rounded(.up))
  }

  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? most : min(sum, most)
  }

  private static func product(_ left: Int, _ right: Int) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? most : min(product, most)
  }
}

extension ScanPredicate {
  /// About which share of a segment's rows passes, from 0 to 1.
  fileprivate func share(of segment: Segment, unknown: Double) throws(QueryError) -> Double {
    switch try verdict(segment) {
    case .none: return 0
    case .all: return 1
    case .some: break
    }
    func present(_ column: Int) -> Double {
      1 - Double(segment.chunks[column].zone.nullCount) / Double(max(segment.rowCount, 1))
    }
    switch self {
    case .integers(let column, let range?):
      guard case .integers(let bounds)? = segment.chunks[column].zone.bounds else { return unknown }
      let within = range.clamped(to: bounds)
      let width = Double(bounds.upperBound) - Double(bounds.lowerBound) + 1
      let part = Double(within.upperBound) - Double(within.lowerBound) + 1
      return present(column) * min(1, part / width)
    case .doubles(let column, let range):
      guard case .doubles(let bounds)? = segment.chunks[column].zone.bounds else { return unknown }
      let within = range.clamped(to: bounds)
      let width = bounds.upperBound - bounds.lowerBound
      guard width > 0, width.isFinite else { return unknown }
      return present(column) * min(1, (within.upperBound - within.lowerBound) / width)
    case .text(let column, let match):
      guard let dictionary = segment.chunks[column].dictionary else { return unknown }
      let found = match.codes.reduce(0) { $0 + (dictionary.chunkCode(of: $1) == nil ? 0 : 1) }
      return present(column) * Double(found) / Double(max(dictionary.count, 1))
    case .isNull(let column): return 1 - present(column)
    case .isNotNull(let column): return present(column)
    case .integers(_, nil), .monotonic, .general, .members: return unknown
    }
  }
}
