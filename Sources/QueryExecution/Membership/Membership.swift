import CKernels
import ColumnStore
import QueryLanguage
import Synchronization

/// A semi or an anti join by one text column as a condition of the scan: what passes has, or has not, a text of
/// the set. Null has none.
///
/// So rows that it keeps out are never decoded, and the states of sealed segments are known as long as the set
/// has the same of their texts.
final class Membership: Sendable {
  /// Position in the schema.
  let column: Int
  private let set: MemberSet
  private let isAnti: Bool
  private let cache: PartialResultCache?
  /// Of the set, for as long as the query asks it.
  private let memory: MemoryReservation
  /// By segment of the scan.
  private let known = Mutex<[ObjectIdentifier: SegmentMembers]>([:])

  init(
    _ column: Int, _ set: MemberSet, isAnti: Bool, _ cache: PartialResultCache?,
    _ memory: MemoryReservation
  ) {
    self.column = column
    self.memory = memory
    self.set = cache?.shared(set) ?? set
    self.isAnti = isAnti
    self.cache = cache
  }

  /// What the state of an aggregation over segments depends on, beside the segments.
  enum Content: Hashable, Sendable {
    case texts(segment: Int, column: Int, SegmentMembers, isAnti: Bool)
    case set(column: Int, MemberSet, isAnti: Bool)
  }

  /// Of the segments in which some row may fail.
  func content(over segments: [Segment]) -> [Content] {
    var content: [Content] = []
    for (index, segment) in segments.enumerated() where verdict(segment) != .all {
      guard let members = members(segment) else {
        return [.set(column: column, set, isAnti: isAnti)]
      }
      content.append(.texts(segment: index, column: column, members, isAnti: isAnti))
    }
    return content
  }

  func verdict(_ segment: Segment) -> ScanPredicate.Verdict {
    let chunk = segment.chunks[column]
    var (hasAll, hasNone) = (false, false)
    if chunk.isNullThroughout {
      hasNone = true
    } else if case .constant(.text(var text)) = chunk.encoding {
      hasAll = text.withUTF8 { set.contains($0) }
      hasNone = !hasAll
    } else if let members = members(segment) {
      (hasAll, hasNone) = (members.containsAll, members.containsNone)
    }
    if hasNone { return isAnti ? .all : .none }
    guard hasAll, chunk.zone.nullCount == 0 else { return .some }
    return isAnti ? .none : .all
  }

  /// The rows of a segment that pass; `nil` when rows must be looked at one by one.
  func mask(_ segment: ScannedSegment) -> SelectionBitmap? {
    guard var rows = members(segment.segment)?.rows(segment, column) else { return nil }
    if isAnti { rows.formComplement(count: segment.rowCount) }
    return rows
  }

  /// Indices into the view of the rows that pass, ascending. A view has all columns of the table.
  func rows(_ view: BatchView) -> [UInt32] { rows(view.vector(column)) }

  /// Indices of the values of the column that pass, ascending.
  func rows(_ vector: Vector) -> [UInt32] {
    let count = vector.count
    let wanted = !isAnti
    switch vector.storage {
    case .constant(.text(var text)):
      return text.withUTF8 { set.contains($0) } == wanted ? ascendingCodes(count) : []
    case .text(let codes, let source):
      var rows: [UInt32] = []
      for row in 0..<count {
        let isMember = vector.validity?[row] != 0 && contains(codes[row], of: source)
        if isMember == wanted { rows.append(UInt32(truncatingIfNeeded: row)) }
      }
      return rows
    case .constant, .booleans, .integers, .doubles, .objects:
      return isAnti ? ascendingCodes(count) : []
    }
  }

  /// Whether it passes null.
  var passesNull: Bool { isAnti }

  /// Whether it seems to pass no small part of the rows.
  var passesMany: Bool { isAnti || set.hasMany(oneIn: 16) }

  private func contains(_ code: UInt32, of source: TextSource) -> Bool {
    switch source {
    case .dictionary(let view):
      set.shares(view) ? set.contains(code) : set.contains(view.bytes(code))
    case .pool(let pool): pool.withBytes(Int(code)) { set.contains($0) }
    }
  }

  private func members(_ segment: Segment) -> SegmentMembers? {
    let id = ObjectIdentifier(segment)
    if let members = known.withLock({ $0[id] }) { return members }
    guard let members = kept(segment) else { return nil }
    known.withLock { $0[id] = members }
    return members
  }

  private func kept(_ segment: Segment) -> SegmentMembers? {
    let chunk = segment.chunks[column]
    // An open tail has the whole dictionary: with fewer rows than texts, these are looked at one by one.
    if !segment.isSealed, let dictionary = chunk.dictionary, dictionary.count > chunk.rowCount {
      return nil
    }
    guard let cache, segment.isSealed else { return SegmentMembers(chunk, set) }
    if let members = cache.members(of: set, in: segment, column) { return members }
    guard let members = SegmentMembers(chunk, set) else { return nil }
    cache.keep(members, of: set, in: segment, column)
    return members
  }
}

extension SelectionBitmap {
  /// All other rows of `count`.
  mutating func formComplement(count: Int) {
    for word in words.indices { words[word] = ~words[word] }
    if count % 64 != 0, let last = words.indices.last {
      words[last] &= (1 << UInt64(count % 64)) - 1
    }
  }
}
