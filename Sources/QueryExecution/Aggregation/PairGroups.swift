import QueryLanguage

/// Groups by one text key with many values beside others with few: for each combination of the others an array by
/// code of the text, in place of a hash table of all.
///
/// Who has the other keys numbers their combinations.
struct PairGroups {
  /// By group; `null` where the text is.
  private(set) var codes: [UInt32] = []
  private(set) var combinations: [UInt32] = []
  static let null = UInt32.max

  /// The group of each code beside each combination; `UInt32.max`: none yet. The last place of each combination
  /// is that of null.
  private var places: [UInt32] = []
  private var stride = 0
  private var reservation: MemoryReservation?

  /// Of dictionaries that are shorter, combinations of codes with other keys are few as well.
  static let leastCodeCount = 4_096
  /// Beyond 32 MB, or with so many places for each row that came, a hash table is smaller and no slower.
  private static let mostPlaces = 8 << 20
  private static let placesPerRow = 16

  var count: Int { codes.count }
  /// Without places, for which memory is set aside here.
  var byteCount: Int { (codes.capacity + combinations.capacity) * 4 }

  /// Memory that may have to be allocated for so many more groups while the old is still there.
  func growthByteCount(adding rowCount: Int) -> Int {
    let sum = count + rowCount
    return sum > codes.capacity ? max(2 * codes.capacity, sum) * 8 : 0
  }

  /// Makes room for codes below `codeCount` beside `combinationCount` combinations; false where that would take
  /// too much for the rows that came, of which so many are about to be inserted.
  mutating func makeRoom(
    codeCount: Int, combinationCount: Int, adding rowCount: Int
  ) throws(QueryError) -> Bool {
    let isWider = codeCount >= stride
    // Room for a dictionary that grows while segments are read.
    let newStride = isWider ? codeCount + codeCount / 8 + 1 : stride
    let needed = newStride * combinationCount
    guard isWider || needed > places.count else { return true }
    guard needed <= Self.mostPlaces, needed <= Self.placesPerRow * (count + rowCount) else {
      return false
    }
    let newCount = max(needed, isWider ? 0 : min(2 * places.count, Self.mostPlaces))
    let held = reservation ?? .ofQuery(for: "the groups of an aggregation")
    reservation = held
    try held.set(to: 4 * (places.count + newCount))
    if isWider {
      places = Array(repeating: .max, count: newCount)
      stride = newStride
      for group in codes.indices {
        if group & 0xFFFF == 0xFFFF { try QueryScope.check() }
        places[place(of: group)] = UInt32(truncatingIfNeeded: group)
      }
    } else {
      places.append(contentsOf: repeatElement(.max, count: newCount - places.count))
    }
    try held.set(to: 4 * places.capacity)
    return true
  }

  private func place(of group: Int) -> Int {
    let code = codes[group]
    return Int(combinations[group]) * stride + (code == Self.null ? stride - 1 : Int(code))
  }

  /// The groups of rows beside one combination, or beside one for each row, for which there is room.
  mutating func insert(
    _ rows: [UInt32], validity: [UInt8]?, beside combination: GroupAssignment.Kind
  ) -> [UInt32] {
    switch combination {
    case .single(let combination):
      let only = UInt32(truncatingIfNeeded: combination)
      return insert(rows, validity) { _ in only }
    case .rows(let combinations):
      return combinations.withUnsafeBufferPointer { combinations in
        insert(rows, validity) { combinations[$0] }
      }
    case .indexed(let indices, let groups, _):
      return indices.translated(groups, count: rows.count).withUnsafeBufferPointer { combinations in
        insert(rows, validity) { combinations[$0] }
      }
    }
  }

  @inline(__always)
  private mutating func insert(
    _ rows: [UInt32], _ validity: [UInt8]?, _ combination: (Int) -> UInt32
  ) -> [UInt32] {
    let stride = stride
    let null = UInt32(truncatingIfNeeded: stride - 1)
    // Moved out of `self` for the loop, which then has plain arrays to work on.
    var places = places
    var codes = codes
    var combinations = combinations
    self.places = []
    self.codes = []
    self.combinations = []
    let groups = [UInt32](unsafeUninitializedCapacity: rows.count) { groups, initialized in
      places.withUnsafeMutableBufferPointer { places in
        rows.withUnsafeBufferPointer { rows in
          for row in 0..<rows.count {
            // A batch is shorter than that; the groups of a state are not.
            if row & 0xFFFF == 0xFFFF, QueryScope.mustStop {
              for rest in row..<rows.count { groups[rest] = 0 }
              break
            }
            let isNull = validity.map { $0[row] == 0 } ?? false
            let own = combination(row)
            let place = Int(own) &* stride &+ Int(isNull ? null : rows[row])
            var group = places[place]
            if group == .max {
              group = UInt32(truncatingIfNeeded: codes.count)
              places[place] = group
              codes.append(isNull ? Self.null : rows[row])
              combinations.append(own)
            }
            groups[row] = group
          }
        }
      }
      initialized = rows.count
    }
    self.places = places
    self.codes = codes
    self.combinations = combinations
    return groups
  }

  /// Drops what only helps to find groups.
  mutating func settle() {
    places = []
    stride = 0
    reservation = nil
  }
}
