import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// How far back in an order a row may be and still be among the first: what the tasks of a top-N have found
/// together.
///
/// Where the first key is a column of a scan, segments are read in the order of the best value that their
/// bounds allow, and those whose best value is behind the bound are not read at all. A list of the newest rows so
/// reads the newest segments, however long the table is. Rows that equal the bound are always looked at: which
/// of them are among the first is for the other keys and for their order in the table, so that an answer does not
/// depend on which task was faster.
final class TopBound: Sendable {
  /// The scan's number in the plan, and a column of its table.
  struct Source: Equatable {
    var operatorID: Int
    var column: Int
  }

  private struct Found {
    /// The first key's numbers of the best rows that were found, ascending.
    var words: [UInt64] = []
    /// Of the segments that are read, one per task; `nil` where the key is no column of a scan.
    var best: [UInt64]?
  }

  /// More rows than this are not worth the merging.
  static let largestLimit = 1 << 17

  let source: Source?
  private let limit: Int
  private let isDescending: Bool
  private let nullsFirst: Bool
  private let found = Mutex(Found())

  /// `nil` where numbers of the first key say nothing from one batch to the next, or where rows that are passed
  /// over could have failed.
  init?(_ sorter: RowSorter, limit: Int, source: Source?) {
    guard let first = sorter.keys.first, limit > 0, limit <= Self.largestLimit,
      first.expression.type.physical != .text, first.expression.type.physical != .object,
      sorter.keys.dropFirst().allSatisfy({ !$0.expression.mayFail })
    else { return nil }
    self.limit = limit
    self.source = source
    isDescending = first.isDescending
    nullsFirst = first.nullsFirst
  }

  /// Rows with a greater number are not among the first; `nil` while too few are known.
  var last: UInt64? { found.withLock { $0.words.count == limit ? $0.words.last : nil } }

  /// Numbers of rows, each row once.
  func add(_ words: [UInt64]) {
    let added = words.sorted()
    found.withLock { found in
      if found.words.count == limit, let last = found.words.last, let first = added.first,
        first >= last
      {
        return
      }
      let old = found.words
      var merged: [UInt64] = []
      merged.reserveCapacity(min(limit, old.count + added.count))
      var (left, right) = (0, 0)
      while merged.count < limit, left < old.count || right < added.count {
        if right == added.count || left < old.count && old[left] <= added[right] {
          merged.append(old[left])
          left += 1
        } else {
          merged.append(added[right])
          right += 1
        }
      }
      found.words = merged
    }
  }

  // MARK: - Segments

  /// Takes note of the segments that are read, one by each task.
  func begin(_ segments: [Segment]) {
    guard let source else { return }
    let best = segments.map { leastWord(in: $0.chunks[source.column]) }
    found.withLock { $0.best = best }
  }

  /// The tasks, the most promising first.
  func order(taskCount: Int) -> [Int] {
    guard let best = found.withLock({ $0.best }), best.count == taskCount else {
      return Array(0..<taskCount)
    }
    return best.indices.sorted { (best[$0], $0) < (best[$1], $1) }
  }

  /// Whether no row of a task's segment can be among the first.
  func excludes(task: Int) -> Bool {
    found.withLock { found in
      guard found.words.count == limit, let last = found.words.last, let best = found.best else {
        return false
      }
      return best[task] > last
    }
  }

  /// The least number that a row of the chunk may have: bounds may be wider than the rows, never narrower.
  private func leastWord(in chunk: Chunk) -> UInt64 {
    let zone = chunk.zone
    if nullsFirst, zone.nullCount > 0 { return 0 }
    switch zone.bounds {
    case .integers(let bounds) where !zone.isUnbounded:
      return RowSorter.leadingWord(
        isDescending ? bounds.upperBound : bounds.lowerBound, isDescending: isDescending)
    case .doubles(let bounds) where !zone.isUnbounded:
      return RowSorter.leadingWord(
        orderKey(isDescending ? bounds.upperBound : bounds.lowerBound), isDescending: isDescending)
    // Without bounds every value is possible, and so it is where there are none: nulls are few.
    case .integers, .doubles, nil: return 0
    }
  }
}
