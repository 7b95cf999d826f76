import CKernels
import ColumnStore

/// Which group each row of a view belongs to.
final class GroupAssignment {
  enum Kind {
    /// All rows.
    case single(Int)
    /// Row r belongs to `groups[index of r]`; `counts` says how often each index occurs.
    case indexed(DenseIndices, groups: [UInt32], counts: [UInt32])
    case rows([UInt32])
  }

  let kind: Kind
  let rowCount: Int
  private var materialized: [UInt32]?
  private var sparseRows: [ObjectIdentifier: [UInt32]] = [:]

  init(_ kind: Kind, rowCount: Int) {
    self.kind = kind
    self.rowCount = rowCount
  }

  /// The group of each row.
  var rows: [UInt32] {
    if let materialized { return materialized }
    let rows: [UInt32] =
      switch kind {
      case .single(let group): Array(repeating: UInt32(group), count: rowCount)
      case .rows(let rows): rows
      case .indexed(let indices, let groups, _): indices.translated(groups, count: rowCount)
      }
    materialized = rows
    return rows
  }

  /// The groups of the rows of a whole segment that are not null.
  func rows(of sparse: SparseValues) -> [UInt32] {
    let key = ObjectIdentifier(sparse)
    if let rows = sparseRows[key] { return rows }
    let groups = rows
    let words = sparse.validity.words.base
    let kept = [UInt32](unsafeUninitializedCapacity: sparse.values.rowCount + 1) {
      kept, initialized in
      var next = 0
      for row in 0..<groups.count {
        kept[next] = groups[row]
        next &+= Int(truncatingIfNeeded: (words[row &>> 6] &>> UInt64(row & 63)) & 1)
      }
      initialized = next
    }
    sparseRows[key] = kept
    return kept
  }

  /// The assignment of some of the rows only.
  func selecting(_ selected: [UInt32]) -> GroupAssignment {
    if case .single = kind { return GroupAssignment(kind, rowCount: selected.count) }
    let all = rows
    return GroupAssignment(.rows(selected.map { all[Int($0)] }), rowCount: selected.count)
  }
}

/// A small number per row that stands for its combination of keys.
enum DenseIndices {
  /// The codes of a whole chunk without nulls.
  case codes(PackedIntegers)
  /// Those of a whole chunk of which only the values that are there have codes; null rows have
  /// the index after the last code.
  case sparse(CodedVector, rowCount: Int)
  case indices([UInt32])

  func translated(_ groups: [UInt32], count: Int) -> [UInt32] {
    groups.withUnsafeBufferPointer { groups in
      [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let rows = buffer.baseAddress, let meaning = groups.baseAddress else { return }
        switch self {
        case .sparse(let coded, let rowCount):
          let indices = coded.entryIndices(positions: nil, rowCount: rowCount)
          for row in 0..<count { rows[row] = meaning[Int(indices[row])] }
        case .codes(.bytes1(let codes)):
          translateCodes(codes.base, meaning: meaning, rows: nil, count: count, into: rows)
        case .codes(.bytes2(let codes)):
          translateCodes(codes.base, meaning: meaning, rows: nil, count: count, into: rows)
        case .codes(.bytes4(let codes)):
          translateCodes(codes.base, meaning: meaning, rows: nil, count: count, into: rows)
        case .codes(.bytes8(let codes)):
          translateCodes(codes.base, meaning: meaning, rows: nil, count: count, into: rows)
        case .indices(let indices):
          indices.withUnsafeBufferPointer { indices in
            guard let indices = indices.baseAddress else { return }
            translateCodes(indices, meaning: meaning, rows: nil, count: count, into: rows)
          }
        }
      }
    }
  }

  /// How often each index below `size` occurs.
  func histogram(size: Int, count: Int) -> [UInt32] {
    if case .sparse(let coded, _) = self {
      let valueCount = coded.sparse?.values.rowCount ?? 0
      var counts = DenseIndices.codes(coded.codes).histogram(size: size, count: valueCount)
      counts[coded.entryCount] += UInt32(count - valueCount)
      return counts
    }
    // A code of one byte is any of 256: the kernel writes them all.
    var counts = [UInt32](repeating: 0, count: max(size, 256))
    counts.withUnsafeMutableBufferPointer { counts in
      guard let counts = counts.baseAddress else { return }
      switch self {
      case .sparse: break
      case .codes(.bytes1(let codes)): daybook_histogram_u8(codes.base, count, counts)
      case .codes(.bytes2(let codes)): daybook_histogram_u16(codes.base, count, counts)
      case .codes(.bytes4(let codes)):
        for row in 0..<count { counts[Int(codes.base[row])] &+= 1 }
      case .codes(.bytes8(let codes)):
        for row in 0..<count { counts[Int(codes.base[row])] &+= 1 }
      case .indices(let indices):
        indices.withUnsafeBufferPointer { indices in
          for row in 0..<count { counts[Int(indices[row])] &+= 1 }
        }
      }
    }
    return counts
  }
}

/// The rows of a view side by side by group: rows of group g are
/// `order[offsets[g] ..< offsets[g + 1]]`, ascending.
struct GroupedRows {
  let order: [UInt32]
  let offsets: [Int]

  init(_ groups: [UInt32], groupCount: Int) {
    var offsets = [Int](repeating: 0, count: groupCount + 1)
    groups.withUnsafeBufferPointer { groups in
      for group in groups { offsets[Int(group) + 1] &+= 1 }
    }
    for group in 0..<groupCount { offsets[group + 1] += offsets[group] }
    var next = offsets
    order = groups.withUnsafeBufferPointer { groups in
      [UInt32](unsafeUninitializedCapacity: groups.count) { order, initialized in
        next.withUnsafeMutableBufferPointer { next in
          for row in 0..<groups.count {
            let group = Int(groups[row])
            order[next[group]] = UInt32(truncatingIfNeeded: row)
            next[group] &+= 1
          }
        }
        initialized = groups.count
      }
    }
    self.offsets = offsets
  }
}
