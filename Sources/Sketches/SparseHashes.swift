/// The distinct hashes of a HyperLogLog that has seen few: a set with open addressing.
///
/// Between 2 and 2^15 slots, at most three quarters of them taken, so that a search always ends
/// at an empty slot. The hashes are uniform already: their low bits choose the slot.
struct SparseHashes: Sendable {
  /// Marks an empty slot.
  ///
  /// The hash of all ones is stored as its neighbour below: both fall into the same register
  /// with the same rank at every precision, so that no sketch can tell them apart.
  private static let empty = UInt64.max

  private(set) var count = 0
  private var slots: [UInt64] = []

  /// Inserts hashes from the front and returns how many are in.
  ///
  /// Stops before the hash that would need more than `slotLimit` slots, a power of two.
  mutating func insert(_ hashes: UnsafeBufferPointer<UInt64>, slotLimit: Int) -> Int {
    var done = 0
    while done < hashes.count {
      var room = slots.count * 3 / 4 - count
      if room == 0, slots.count < slotLimit {
        grow(to: slots.isEmpty ? min(8, slotLimit) : slots.count * 2)
        room = slots.count * 3 / 4 - count
      }
      let roomBefore = room
      slots.withUnsafeMutableBufferPointer { slots in
        while done < hashes.count {
          let hash = min(hashes[done], Self.empty - 1)
          let slot = Self.slot(of: hash, in: UnsafeBufferPointer(slots))
          if slots[slot] == Self.empty {
            if room == 0 { return }
            slots[slot] = hash
            room &-= 1
          }
          done &+= 1
        }
      }
      count += roomBefore - room
      if room == 0, slots.count >= slotLimit, done < hashes.count { break }
    }
    return done
  }

  /// The position of `hash`, or of the empty slot where it belongs.
  private static func slot(of hash: UInt64, in slots: UnsafeBufferPointer<UInt64>) -> Int {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != hash, slots[slot] != empty { slot = (slot &+ 1) & mask }
    return slot
  }

  private mutating func grow(to slotCount: Int) {
    let old = slots
    slots = Array(repeating: Self.empty, count: slotCount)
    slots.withUnsafeMutableBufferPointer { slots in
      for hash in old where hash != Self.empty {
        slots[Self.slot(of: hash, in: UnsafeBufferPointer(slots))] = hash
      }
    }
  }

  func contains(_ hash: UInt64) -> Bool {
    guard count > 0 else { return false }
    return slots.withUnsafeBufferPointer {
      $0[Self.slot(of: min(hash, Self.empty - 1), in: $0)] != Self.empty
    }
  }

  /// All hashes, in no particular order.
  var values: [UInt64] { slots.filter { $0 != Self.empty } }

  /// Memory held beside the value itself.
  var byteCount: Int { slots.capacity * MemoryLayout<UInt64>.stride }
}

extension SparseHashes: Hashable {
  static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.values.allSatisfy(right.contains)
  }

  /// For dictionaries of this process: a sum, because equal sets may differ in order.
  func hash(into hasher: inout Hasher) {
    hasher.combine(values.reduce(0, &+))
  }
}
