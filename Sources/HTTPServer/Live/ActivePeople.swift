internal import Intake

/// The people who did something in the last five minutes, by the hash of their identifiers: exact, up to a
/// number of them.
///
/// A table of 16 bytes per place that is at most three quarters full; who is idle stays in it until it would
/// grow, so it takes 21 to 43 bytes for each person of some minutes. How many there are is known at any time
/// from a ring of counts by the second of each person's latest activity.
package struct ActivePeople: Sendable {
  /// Seconds.
  static let window = ActiveWindow.milliseconds / 1000
  private static let ringCount: Int64 = 1024
  /// Clocks of emitters may be ahead; who is further ahead counts as being so.
  private static let furthest = ringCount - window - 1

  private var hashes: [UInt64] = []
  /// Of the latest activity; only where the hash is not 0.
  private var seconds: [Int64] = []
  private var used = 0
  private var ring: [Int32] = []
  /// Those who are active.
  package private(set) var count = 0
  private var now: Int64

  package init(at second: Int64) { now = second }

  /// Places of the table.
  var capacity: Int { hashes.count }

  /// Forgets who was idle for too long. A time that goes back is none.
  package mutating func advance(to second: Int64) {
    guard second > now else { return }
    if count > 0 {
      // Whoever was last active in one of these seconds is not any more.
      for gone in max(
        now - Self.window + 1, second - Self.window - Self.ringCount + 1)...(second
        - Self.window)
      {
        let place = Int(gone & (Self.ringCount - 1))
        count -= Int(ring[place])
        ring[place] = 0
      }
    }
    now = second
    if count == 0 { removeAll() }
  }

  private mutating func removeAll() {
    hashes = []
    seconds = []
    ring = []
    used = 0
  }

  /// False where the person is new and there is no room: `mayGrow` says whether the table may.
  package mutating func note(_ hash: UInt64, at second: Int64, mayGrow: Bool = true) -> Bool {
    let second = min(second, now + Self.furthest)
    guard second > now - Self.window else { return true }
    // 0 is a place that is free.
    let hash = hash == 0 ? 1 : hash
    if (used + 1) * 4 > hashes.count * 3 {
      guard rebuild(mayGrow: mayGrow) else {
        return find(hash) == nil ? false : note(known: hash, at: second)
      }
    }
    var place = Int(truncatingIfNeeded: hash) & (hashes.count - 1)
    while hashes[place] != 0, hashes[place] != hash { place = (place + 1) & (hashes.count - 1) }
    if hashes[place] == 0 {
      hashes[place] = hash
      seconds[place] = .min
      used += 1
    }
    update(place, second)
    return true
  }

  private mutating func note(known hash: UInt64, at second: Int64) -> Bool {
    if let place = find(hash) { update(place, second) }
    return true
  }

  private mutating func update(_ place: Int, _ second: Int64) {
    let before = seconds[place]
    guard second > before else { return }
    if before > now - Self.window {
      ring[Int(before & (Self.ringCount - 1))] -= 1
    } else {
      count += 1
    }
    ring[Int(second & (Self.ringCount - 1))] += 1
    seconds[place] = second
  }

  private func find(_ hash: UInt64) -> Int? {
    guard !hashes.isEmpty else { return nil }
    var place = Int(truncatingIfNeeded: hash) & (hashes.count - 1)
    while hashes[place] != 0 {
      if hashes[place] == hash { return place }
      place = (place + 1) & (hashes.count - 1)
    }
    return nil
  }

  /// Makes room for one more by leaving out who is idle, and where that is too little by growing.
  private mutating func rebuild(mayGrow: Bool) -> Bool {
    var capacity = 16
    while (count + 1) * 2 > capacity { capacity *= 2 }
    if !mayGrow, capacity > hashes.count {
      // There is room in the places of those who are idle, unless all are active.
      guard (count + 1) * 4 <= hashes.count * 3, used > count else { return false }
      capacity = hashes.count
    }
    if ring.isEmpty { ring = Array(repeating: 0, count: Int(Self.ringCount)) }
    let (oldHashes, oldSeconds) = (hashes, seconds)
    hashes = Array(repeating: 0, count: capacity)
    seconds = Array(repeating: 0, count: capacity)
    used = 0
    for (hash, second) in zip(oldHashes, oldSeconds) where hash != 0 && second > now - Self.window {
      var place = Int(truncatingIfNeeded: hash) & (capacity - 1)
      while hashes[place] != 0 { place = (place + 1) & (capacity - 1) }
      hashes[place] = hash
      seconds[place] = second
      used += 1
    }
    return true
  }

  /// Adds the hashes of those who are active.
  package func collect(into all: inout Set<UInt64>) {
    for (hash, second) in zip(hashes, seconds) where hash != 0 && second > now - Self.window {
      all.insert(hash)
    }
  }
}
