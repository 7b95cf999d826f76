import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning

/// A scan's conjuncts, applied to one segment at a time.
struct SegmentFilter: Sendable {
  let predicates: [ScanPredicate]
  /// What each predicate was made from; those of memberships come after them.
  private let expressions: [Expression]

  /// Which rows of a segment pass.
  enum Selection {
    case none
    case all
    case some(RowSelection)
  }

  init(
    _ filters: [Expression], schema: TableSchema, catalog: Catalog, memberships: [Membership] = []
  ) throws(QueryError) {
    var predicates: [ScanPredicate] = []
    expressions = filters.flatMap(\.conjuncts)
    for filter in expressions {
      try QueryScope.check()
      predicates.append(try ScanPredicate(filter, schema: schema, catalog: catalog))
    }
    self.predicates = predicates + memberships.map { .members($0) }
  }

  /// Whether bounds alone show that no row of the segment passes. Reads no row.
  func excludes(_ segment: Segment) throws(QueryError) -> Bool {
    for predicate in predicates {
      try QueryScope.check()
      if try predicate.verdict(segment) == .none { return true }
    }
    return false
  }

  /// Whether every row of a segment lies within the bounds that the filter has for a column.
  func passesWhole(_ segment: Segment, within column: Int) throws(QueryError) -> Bool {
    for predicate in predicates {
      guard case .integers(let bounded, _) = predicate, bounded == column else { continue }
      if try predicate.verdict(segment) != .all { return false }
    }
    return true
  }

  /// What some row of the segments may fail, by their bounds and dictionaries.
  struct Undecided {
    var conjuncts: [Expression] = []
    var members: [Membership.Content] = []
  }

  func undecided(over segments: [Segment]) throws(QueryError) -> Undecided {
    var undecided = Undecided()
    for (index, predicate) in predicates.enumerated() {
      try QueryScope.check()
      if case .members(let membership) = predicate {
        undecided.members += membership.content(over: segments)
        continue
      }
      for segment in segments where try predicate.verdict(segment) != .all {
        undecided.conjuncts.append(expressions[index].withoutLocations)
        break
      }
    }
    return undecided
  }

  func select(_ segment: ScannedSegment) throws(QueryError) -> Selection {
    var bitmap = segment.segment.live.map { SelectionBitmap($0) }
    var remaining: [ScanPredicate] = []
    for predicate in predicates {
      try QueryScope.check()
      switch try predicate.verdict(segment.segment) {
      case .none: return .none
      case .all: continue
      case .some: remaining.append(predicate)
      }
    }
    // In the order of the query: what follows may fail on rows that an earlier conjunct excludes.
    var positions: [UInt32]?
    for predicate in remaining {
      try QueryScope.check()
      if positions == nil {
        if let mask = try predicate.mask(segment) {
          if bitmap == nil { bitmap = mask } else { bitmap?.formIntersection(mask) }
          if bitmap?.isEmpty == true { return .none }
          continue
        }
        positions = bitmap?.positions()
      }
      let view = BatchView(segment: segment, positions: positions)
      let kept = try predicate.rows(view)
      if kept.isEmpty { return .none }
      positions = positions.map { old in kept.map { old[Int($0)] } } ?? kept
    }
    if let positions {
      return positions.count == segment.rowCount ? .all : .some(RowSelection(positions))
    }
    guard let bitmap else { return .all }
    let selected = RowSelection(bitmap, rowCount: segment.rowCount)
    if selected.count == 0 { return .none }
    return selected.count == segment.rowCount ? .all : .some(selected)
  }
}

/// One bit per row of a segment while predicates narrow it.
struct SelectionBitmap {
  var words: [UInt64]

  init(count: Int, fill: (UnsafeMutablePointer<UInt64>) -> Void) {
    let wordCount = (count + 63) / 64
    words = [UInt64](unsafeUninitializedCapacity: wordCount) { buffer, initialized in
      if let base = buffer.baseAddress { fill(base) }
      initialized = wordCount
    }
  }

  init(_ bitmap: Bitmap) {
    words = Array(UnsafeBufferPointer(start: bitmap.words.base, count: bitmap.wordCount))
  }

  mutating func formIntersection(_ other: SelectionBitmap) {
    let count = words.count
    words.withUnsafeMutableBufferPointer { mine in
      other.words.withUnsafeBufferPointer { theirs in
        guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return }
        daybook_and(mine, theirs, count)
      }
    }
  }

  mutating func formIntersection(_ other: Bitmap?) {
    guard let other else { return }
    let count = words.count
    words.withUnsafeMutableBufferPointer { mine in
      guard let mine = mine.baseAddress else { return }
      daybook_and(mine, other.words.base, count)
    }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func positions() -> [UInt32] {
    words.withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { return [] }
      let count = Int(daybook_popcount(base, words.count))
      return [UInt32](unsafeUninitializedCapacity: count + 8) { buffer, initialized in
        initialized = count
        if let positions = buffer.baseAddress {
          _ = daybook_positions(base, words.count, positions)
        }
      }
    }
  }
}
