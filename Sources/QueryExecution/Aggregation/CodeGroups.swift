import ColumnStore

/// Groups by one text key, as codes of one dictionary: an array by code in place of a hash table.
///
/// Only the codes between the least and the greatest that came take memory, since texts that are
/// new on one day, such as sessions, have codes side by side.
struct CodeGroups {
  /// By group; of the null group, which is `nullGroup`, arbitrary.
  private(set) var codes: [UInt32] = []
  private(set) var nullGroup: UInt32?
  /// The group of code `base + index`; `UInt32.max`: none yet.
  private var groupOfCode: [UInt32] = []
  private var base = 0

  var count: Int { codes.count }
  var byteCount: Int { (codes.capacity + groupOfCode.capacity) * 4 }

  func isNull(_ group: Int) -> Bool { nullGroup.map { Int($0) == group } ?? false }

  /// The group of one code, which is added when it is new.
  mutating func insert(_ code: UInt32) -> UInt32 {
    makeRoom(from: Int(code), to: Int(code))
    let index = Int(code) - base
    if groupOfCode[index] == .max {
      groupOfCode[index] = UInt32(truncatingIfNeeded: codes.count)
      codes.append(code)
    }
    return groupOfCode[index]
  }

  mutating func insertNull() -> UInt32 {
    if let nullGroup { return nullGroup }
    let group = UInt32(truncatingIfNeeded: codes.count)
    codes.append(0)
    nullGroup = group
    return group
  }

  /// The groups of many codes. `isNull` says by a 1 which rows have none.
  @inline(__always)
  mutating func insert(_ rows: [UInt32], isNull: (Int) -> Bool, hasNulls: Bool) -> [UInt32] {
    var least = UInt32.max
    var greatest: UInt32 = 0
    for row in rows.indices where !hasNulls || !isNull(row) {
      least = min(least, rows[row])
      greatest = max(greatest, rows[row])
    }
    if least <= greatest { makeRoom(from: Int(least), to: Int(greatest)) }
    if hasNulls, nullGroup == nil, let null = rows.indices.first(where: isNull) {
      // In the order of arrival: what comes before the first null has its groups first.
      let before = insert(Array(rows[..<null]), isNull: { _ in false }, hasNulls: false)
      _ = insertNull()
      let after = insert(Array(rows[null...]), isNull: { isNull($0 + null) }, hasNulls: true)
      return before + after
    }
    let base = UInt32(truncatingIfNeeded: base)
    let null = nullGroup ?? 0
    // Moved out of `self` for the loop, which then has plain arrays to work on.
    var places = groupOfCode
    var codes = self.codes
    groupOfCode = []
    self.codes = []
    let groups = [UInt32](unsafeUninitializedCapacity: rows.count) { groups, initialized in
      places.withUnsafeMutableBufferPointer { places in
        rows.withUnsafeBufferPointer { rows in
          for row in 0..<rows.count {
            if hasNulls, isNull(row) {
              groups[row] = null
              continue
            }
            let index = Int(rows[row] &- base)
            var group = places[index]
            if group == .max {
              group = UInt32(truncatingIfNeeded: codes.count)
              places[index] = group
              codes.append(rows[row])
            }
            groups[row] = group
          }
        }
      }
      initialized = rows.count
    }
    groupOfCode = places
    self.codes = codes
    return groups
  }

  /// Adds the groups of another table over the same dictionary; returns for each the one here.
  mutating func merge(_ other: CodeGroups) -> [UInt32] {
    let null = other.nullGroup.map { Int($0) }
    return insert(other.codes, isNull: { $0 == null }, hasNulls: null != nil)
  }

  /// Drops what only helps to find groups.
  mutating func settle() {
    groupOfCode = []
    base = 0
  }

  private mutating func makeRoom(from least: Int, to greatest: Int) {
    let end = base + groupOfCode.count
    if groupOfCode.isEmpty, !codes.isEmpty { return reopen(from: least, to: greatest) }
    if !groupOfCode.isEmpty, least >= base, greatest < end { return }
    if groupOfCode.isEmpty {
      base = least
      groupOfCode = Array(repeating: .max, count: greatest - least + 1)
      return
    }
    // At least half as much again, so that codes that come one by one do not move all each time.
    let slack = groupOfCode.count / 2 + 64
    if greatest >= end {
      let newEnd = max(greatest + 1, end + slack)
      groupOfCode.append(contentsOf: repeatElement(.max, count: newEnd - end))
    }
    if least < base {
      let newBase = max(0, min(least, base - slack))
      groupOfCode = Array(repeating: .max, count: base - newBase) + groupOfCode
      base = newBase
    }
  }

  /// After `settle`: finds places for the groups that there are.
  private mutating func reopen(from least: Int, to greatest: Int) {
    let known = codes.indices.filter { !isNull($0) }.map { Int(codes[$0]) }
    base = min(least, known.min() ?? least)
    let last = max(greatest, known.max() ?? greatest)
    groupOfCode = Array(repeating: .max, count: last - base + 1)
    for group in codes.indices where !isNull(group) {
      groupOfCode[Int(codes[group]) - base] = UInt32(truncatingIfNeeded: group)
    }
  }
}
