import CKernels
import ColumnStore
import Synchronization

/// Which texts of a chunk's dictionary belong to a set, and which rows then do.
///
/// Equal for sets that have the same of a segment's texts: what an aggregation makes of the segment is the same
/// for them, whoever else has come to the set or left it.
final class SegmentMembers: Hashable, Sendable {
  /// By code of the chunk.
  private let entries: [UInt64]
  private let hash: Int
  let containsAll: Bool
  let containsNone: Bool
  private let bitmap = Mutex<SelectionBitmap?>(nil)

  /// `nil` where the chunk's texts have no codes that the set knows.
  init?(_ chunk: Chunk, _ set: MemberSet) {
    guard let dictionary = chunk.dictionary, set.shares(dictionary.domain) else { return nil }
    let count = dictionary.count
    let codes = dictionary.domainCodes.map { UnsafePointer($0.base) }
    let (entries, memberCount) = set.members(of: codes, count: count)
    self.entries = entries
    containsAll = memberCount == count
    containsNone = memberCount == 0
    var hasher = Hasher()
    hasher.combine(entries)
    hash = hasher.finalize()
  }

  /// With the rows, which may follow.
  func byteCount(rowCount: Int) -> Int { entries.count * 8 + rowCount / 8 }

  /// The segment's rows whose text belongs to the set; null does not. Worked out once. `nil` where rows must be
  /// looked at one by one.
  func rows(_ segment: ScannedSegment, _ column: Int) -> SelectionBitmap? {
    if let known = bitmap.withLock({ $0 }) { return known }
    let chunk = segment.chunk(column)
    var rows: SelectionBitmap?
    if case .sparse(let sparse) = chunk.encoding {
      rows = lookup(sparse.values)?.spread(over: sparse)
    } else {
      rows = lookup(chunk)
      if let validity = chunk.validity { rows?.formIntersection(validity) }
    }
    if let rows { bitmap.withLock { $0 = rows } }
    return rows
  }

  private func lookup(_ chunk: Chunk) -> SelectionBitmap? {
    guard case .dictionary(let dictionary, let codes) = chunk.encoding else { return nil }
    var table = [UInt8](repeating: 0, count: codes.tableSize(atLeast: dictionary.count))
    table.withUnsafeMutableBufferPointer { table in
      guard let base = table.baseAddress else { return }
      // More texts than codes of this width can name are named by none.
      daybook_bitmap_to_bytes(entries, min(dictionary.count, table.count), base)
    }
    return codes.lookup(table, count: chunk.rowCount)
  }

  static func == (left: SegmentMembers, right: SegmentMembers) -> Bool {
    left === right || (left.hash == right.hash && left.entries == right.entries)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
