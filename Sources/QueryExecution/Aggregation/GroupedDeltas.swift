import ColumnStore

/// Sums of a chunk's deltas by group: exact, and an addition of integers per row.
struct GroupedDeltas {
  private var sums: [UInt64]
  private var counts: [UInt32]

  /// Those of `rows`, or of all rows, each with its group. At most 65,536 deltas of at most four bytes: 64 bits
  /// hold their sum.
  init(_ deltas: PackedIntegers, _ rows: [UInt32]?, _ groups: [UInt32], groupCount: Int) {
    sums = Array(repeating: 0, count: groupCount)
    counts = Array(repeating: 0, count: groupCount)
    withOptionalPointer(rows) { rows in
      switch deltas {
      case .bytes1(let deltas): add(deltas.base, rows, groups)
      case .bytes2(let deltas): add(deltas.base, rows, groups)
      case .bytes4(let deltas): add(deltas.base, rows, groups)
      case .bytes8: break
      }
    }
  }

  /// Those of `rows`, which belong to one group.
  init(_ deltas: PackedIntegers, _ rows: [UInt32], allIn group: Int, groupCount: Int) {
    sums = Array(repeating: 0, count: groupCount)
    counts = Array(repeating: 0, count: groupCount)
    let sum =
      switch deltas {
      case .bytes1(let deltas): Self.sum(deltas.base, rows)
      case .bytes2(let deltas): Self.sum(deltas.base, rows)
      case .bytes4(let deltas): Self.sum(deltas.base, rows)
      case .bytes8: UInt64(0)
      }
    sums[group] = sum
    counts[group] = UInt32(truncatingIfNeeded: rows.count)
  }

  @inline(__always)
  private mutating func add<Packed: FixedWidthInteger & UnsignedInteger>(
    _ deltas: UnsafePointer<Packed>, _ rows: UnsafePointer<UInt32>?, _ groups: [UInt32]
  ) {
    groups.withUnsafeBufferPointer { groups in
      sums.withUnsafeMutableBufferPointer { sums in
        counts.withUnsafeMutableBufferPointer { counts in
          if let rows {
            for index in 0..<groups.count {
              let group = Int(groups[index])
              sums[group] &+= UInt64(truncatingIfNeeded: deltas[Int(rows[index])])
              counts[group] &+= 1
            }
            return
          }
          for row in 0..<groups.count {
            let group = Int(groups[row])
            sums[group] &+= UInt64(truncatingIfNeeded: deltas[row])
            counts[group] &+= 1
          }
        }
      }
    }
  }

  @inline(__always)
  private static func sum<Packed: FixedWidthInteger & UnsignedInteger>(
    _ deltas: UnsafePointer<Packed>, _ rows: [UInt32]
  ) -> UInt64 {
    var sum: UInt64 = 0
    for row in rows { sum &+= UInt64(truncatingIfNeeded: deltas[Int(row)]) }
    return sum
  }

  /// What so many values of base + delta add up to, rounded once.
  @inline(__always)
  static func total(_ base: Int64, _ sum: UInt64, _ count: UInt32) -> Double {
    let (bases, overflow) = base.multipliedReportingOverflow(by: Int64(count))
    let (total, isTooLarge) = bases.addingReportingOverflow(Int64(truncatingIfNeeded: sum))
    return overflow || isTooLarge
      ? Double(Int128(base) * Int128(count) + Int128(sum)) : Double(total)
  }

  func forEachGroup(_ body: (_ group: Int, _ sum: UInt64, _ count: UInt32) -> Void) {
    for group in counts.indices where counts[group] > 0 { body(group, sums[group], counts[group]) }
  }
}

/// The values of an argument that are not null, of some rows of a segment.
struct SomeChunkValues {
  /// Without nulls.
  let values: Chunk
  /// Of `values`.
  let rows: [UInt32]
  fileprivate let groups: Groups

  fileprivate enum Groups {
    case all(in: Int)
    case each([UInt32])
  }

  func deltas(_ packed: PackedIntegers, groupCount: Int) -> GroupedDeltas {
    switch groups {
    case .all(let group): GroupedDeltas(packed, rows, allIn: group, groupCount: groupCount)
    case .each(let groups): GroupedDeltas(packed, rows, groups, groupCount: groupCount)
    }
  }
}

extension AggregateInput {
  /// Below one in so many rows of the segment, decoding these costs less than unpacking the chunk.
  private static let rowsPerSelectedRow = 8
  /// Groups are gone through for each segment.
  private static let rowsPerGroup = 8

  /// The values of an argument that are not null, as they are stored, when these are some rows of a segment: not
  /// few beside those of the segment, nor beside the groups.
  func someChunkValues(_ argument: Int, groupCount: Int) -> SomeChunkValues? {
    guard let positions = view.positions, Self.rowsPerGroup * groupCount <= positions.count,
      let stored = storedChunk(argument),
      positions.count * Self.rowsPerSelectedRow >= stored.rowCount,
      stored.valuesWithoutNulls != nil, let chunk = chunk(argument),
      let values = chunk.valuesWithoutNulls
    else { return nil }
    var rows = positions
    var places: [UInt32]?
    if case .sparse(let sparse) = chunk.encoding {
      let found = sparse.found(at: positions)
      rows = found.ranks
      places = found.places
    }
    if case .single(let group) = assignment.kind {
      return SomeChunkValues(values: values, rows: rows, groups: .all(in: group))
    }
    let groups = assignment.rows
    return SomeChunkValues(
      values: values, rows: rows, groups: .each(places.map { groups.gathered($0) } ?? groups))
  }
}
