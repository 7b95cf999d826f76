/// Rows of words, each distinct row with a number in order of arrival: the hash table under
/// grouping, DISTINCT and joins.
///
/// A row is `width` words; whoever has nulls says in words of their own which keys are null.
struct WordTable {
  let width: Int
  /// Row g is `rows[g * width ..< (g + 1) * width]`.
  private(set) var rows: [UInt64] = []
  private var hashes: [UInt64] = []
  /// Open addressing, linear probing; `UInt32.max` is empty.
  private var slots: [UInt32] = Array(repeating: .max, count: 256)

  init(width: Int) {
    self.width = width
  }

  var count: Int { hashes.count }
  var byteCount: Int { rows.capacity * 8 + hashes.capacity * 8 + slots.capacity * 4 }

  /// Memory that may have to be allocated for so many more rows while the old is still there.
  func growthByteCount(adding rowCount: Int) -> Int {
    let sum = count + rowCount
    var bytes = 0
    if sum > hashes.capacity { bytes += max(2 * hashes.capacity, sum) * 8 * (width + 1) }
    var slotCount = slots.count
    while sum * 2 > slotCount { slotCount *= 2 }
    if slotCount > slots.count { bytes += slotCount * 4 }
    return bytes
  }

  func word(_ row: Int, _ column: Int) -> UInt64 { rows[row * width + column] }

  /// Replaces one column, after its words got a new meaning; rows stay distinct.
  mutating func replaceColumn(_ column: Int, with words: [UInt64]) {
    for row in 0..<count { rows[row * width + column] = words[row] }
    for row in 0..<count {
      hashes[row] = rows.withUnsafeBufferPointer {
        hashWords(UnsafeBufferPointer(rebasing: $0[(row * width)..<((row + 1) * width)]))
      }
    }
    rebuild(capacity: slots.count)
  }

  /// The number of a row, which is added when it is new.
  mutating func insert(_ row: UnsafeBufferPointer<UInt64>) -> UInt32 {
    let hash = hashWords(row)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let found = slots[slot]
      if found == .max { break }
      if hashes[Int(found)] == hash, equals(Int(found), row) { return found }
      slot = (slot &+ 1) & mask
    }
    let number = UInt32(truncatingIfNeeded: hashes.count)
    slots[slot] = number
    hashes.append(hash)
    rows.append(contentsOf: row)
    if hashes.count * 2 > slots.count { rebuild(capacity: slots.count * 2) }
    return number
  }

  /// The number of a row that may be absent.
  func find(_ row: UnsafeBufferPointer<UInt64>) -> UInt32? {
    let hash = hashWords(row)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let found = slots[slot]
      if found == .max { return nil }
      if hashes[Int(found)] == hash, equals(Int(found), row) { return found }
      slot = (slot &+ 1) & mask
    }
  }

  /// Numbers for `count` rows given by column.
  mutating func insert(columns: [[UInt64]], count: Int) -> [UInt32] {
    // One block of words, row by row: what the table keeps and compares.
    let width = width
    let block = [UInt64](unsafeUninitializedCapacity: count * width) { block, initialized in
      for column in 0..<width {
        columns[column].withUnsafeBufferPointer { words in
          for row in 0..<count { block[row &* width &+ column] = words[row] }
        }
      }
      initialized = count * width
    }
    return block.withUnsafeBufferPointer { block in
      [UInt32](unsafeUninitializedCapacity: count) { numbers, initialized in
        var last: UInt32 = 0
        for row in 0..<count {
          // A batch is shorter than that; the groups of a state are not.
          if row & 0xFFFF == 0xFFFF, QueryScope.mustStop {
            for rest in row..<count { numbers[rest] = 0 }
            break
          }
          let start = row &* width
          // Rows come nearly in the order of time: the one before often has the same keys.
          var isSame = row > 0
          for column in 0..<width where isSame {
            isSame = block[start &+ column] == block[start &+ column &- width]
          }
          if !isSame {
            last = insert(UnsafeBufferPointer(rebasing: block[start..<(start &+ width)]))
          }
          numbers[row] = last
        }
        initialized = count
      }
    }
  }

  private func equals(_ number: Int, _ row: UnsafeBufferPointer<UInt64>) -> Bool {
    let start = number * width
    for column in 0..<width where rows[start + column] != row[column] { return false }
    return true
  }

  private mutating func rebuild(capacity: Int) {
    slots = Array(repeating: .max, count: capacity)
    let mask = capacity - 1
    for number in 0..<hashes.count {
      // Without all rows nothing is found, and nobody will look.
      if number & 0xFFFF == 0xFFFF, QueryScope.mustStop { return }
      var slot = Int(truncatingIfNeeded: hashes[number]) & mask
      while slots[slot] != .max { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(truncatingIfNeeded: number)
    }
  }
}

@inline(__always)
func hashWords(_ words: UnsafeBufferPointer<UInt64>) -> UInt64 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
  for word in words { hash = mix(hash ^ word) }
  return hash
}

/// The finalizer of splitmix64: every input bit reaches every output bit.
@inline(__always)
func mix(_ word: UInt64) -> UInt64 {
  var word = word &+ 0x9E37_79B9_7F4A_7C15
  word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word &>> 31)
}
