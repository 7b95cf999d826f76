/// The rows that a transaction deletes, by where they are.
struct RowDeletions {
  private(set) var masks: [Partition.Key: [Int: RowMask]] = [:]
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  func contains(_ location: RowLocation) -> Bool {
    masks[location.partition]?[location.segment]?.contains(location.row) ?? false
  }

  /// False if the row was deleted already.
  @discardableResult
  mutating func insert(_ location: RowLocation) -> Bool {
    let isNew =
      masks[location.partition, default: [:]][location.segment, default: RowMask()]
      .insert(location.row)
    count += isNew ? 1 : 0
    return isNew
  }

  /// All of them, in order.
  var locations: [RowLocation] {
    masks.keys.sorted().flatMap { key in
      (masks[key] ?? [:]).sorted { $0.key < $1.key }.flatMap { segment, mask in
        mask.rows.map { RowLocation(partition: key, segment: segment, row: $0) }
      }
    }
  }
}

/// Which segments were written anew when rows were deleted.
struct RewrittenSegments {
  /// Places of segments that are gone, ascending, as they were before.
  var removed: [Partition.Key: [Int]] = [:]
  /// Places of segments whose rows have moved, as they are now.
  var rewritten: [Partition.Key: [Int]] = [:]
}

extension RowDeletions {
  /// A tail with fewer rows is never worth writing anew.
  private static let leastRewrittenTail = 1_024

  /// Takes the rows out of the partitions. A segment keeps its chunks while at least half of its rows
  /// are left; one without rows goes, and so does a partition.
  func apply(
    to partitions: inout [Partition], tails: inout [Partition.Key: Tail],
    dictionaries: [TextDictionary?]
  ) -> RewrittenSegments {
    var result = RewrittenSegments()
    for index in partitions.indices {
      let key = partitions[index].key
      guard let masks = masks[key] else { continue }
      partitions[index].version += 1
      for (place, mask) in masks {
        let segment = partitions[index].segments[place].deleting(mask)
        partitions[index].segments[place] = segment
        let isTail = place == partitions[index].segments.count - 1
        if isTail { tails[key]?.deleted = segment.deleted }
        if segment.liveCount == 0 {
          result.removed[key, default: []].append(place)
          if isTail { tails[key] = nil }
        } else if segment.liveCount * 2 < segment.rowCount,
          let smaller = rewritten(
            segment, tail: isTail ? tails[key] : nil, dictionaries: dictionaries)
        {
          partitions[index].segments[place] = smaller.segment
          if isTail { tails[key] = smaller.tail }
          result.rewritten[key, default: []].append(place)
        }
      }
      let removed = result.removed[key, default: []].sorted()
      for place in removed.reversed() { partitions[index].segments.remove(at: place) }
      result.removed[key] = removed
      result.rewritten[key] = result.rewritten[key]?.map { place in
        place - removed.count { $0 < place }
      }
    }
    partitions.removeAll { $0.segments.isEmpty }
    return result
  }

  /// `nil` when the segment stays as it is.
  private func rewritten(
    _ segment: Segment, tail: Tail?, dictionaries: [TextDictionary?]
  ) -> (segment: Segment, tail: Tail?)? {
    let never = segment.chunks.map { _ in false }
    var tail = tail
    if tail == nil, !segment.isSealed {
      // Read from disk, and nothing was added since: what happens to it must not depend on that.
      tail = try? Tail(reopening: segment, dictionaries: dictionaries, plain: never)
    }
    if let tail {
      guard tail.rowCount >= Self.leastRewrittenTail else { return nil }
      let smaller = tail.compacted()
      return (smaller.view(), smaller)
    }
    // What cannot be decoded stays as it is: whoever reads it will be told.
    guard segment.isSealed,
      let whole = try? Tail(reopening: segment, dictionaries: dictionaries, plain: never)
    else { return nil }
    return (whole.compacted().sealed(plain: never), nil)
  }
}
