/// The ids of the records that were stored lately, with a hash of what each said.
///
/// A table of 24 bytes per place in 256 parts, each of which grows by itself: 128 bits of key, 47 bits
/// of the content's hash, and the period in which the record came. Parts are filled to four fifths and
/// grow by half, so an id takes 30 to 45 bytes. Nothing of it is stored: it is made again of the rows
/// (`IdempotencyIndex+Recovery`), so it can never disagree with them for longer than a restart.
///
/// Ids are forgotten by whole periods, 1/256 of the window: when the window has passed, or when there
/// are more than the limit. The newest period is never forgotten.
package struct IdempotencyIndex: Sendable {
  package enum Finding: Equatable {
    case new
    /// The same record.
    case duplicate
    /// The same id with other content.
    case conflict
  }

  /// Milliseconds.
  package let period: Int64
  private let countLimit: Int
  private var parts: [Part]
  private var countByPeriod: [Int64: Int] = [:]
  /// Records of periods before this one are forgotten.
  package private(set) var oldestPeriod: Int64
  package private(set) var count = 0

  package static let periodsPerWindow: Int64 = 256

  package init(windowMilliseconds: Int64, countLimit: Int) {
    period = max(1000, windowMilliseconds / Self.periodsPerWindow)
    self.countLimit = max(1, countLimit)
    parts = (0..<256).map { _ in Part() }
    oldestPeriod = .min
  }

  /// Time from which on ids are known.
  package var knownSince: Int64 { oldestPeriod == .min ? .min : oldestPeriod &* period }

  package var byteCount: Int { parts.reduce(0) { $0 + $1.words.count * 8 } }

  /// Forgets what is older than the window. Called before each look, with a time that never goes back.
  package mutating func advance(to now: Int64) {
    forget(before: now / period - Self.periodsPerWindow)
  }

  private mutating func forget(before first: Int64) {
    guard first > oldestPeriod else { return }
    oldestPeriod = first
    for (place, number) in countByPeriod where place < first {
      count -= number
      countByPeriod[place] = nil
    }
  }

  package func find(_ key: RecordKey, content: UInt64) -> Finding {
    guard let word = parts[key.part].find(key), isKnown(word) else { return .new }
    return Part.content(word) == Part.content(content << 17) ? .duplicate : .conflict
  }

  /// Adds an id that `find` did not find.
  package mutating func insert(_ key: RecordKey, content: UInt64, at time: Int64) {
    let place = time / period
    guard place >= oldestPeriod else { return }
    let word = content << 17 | 1 << 16 | UInt64(UInt16(truncatingIfNeeded: place))
    if parts[key.part].isFull {
      parts[key.part] = parts[key.part].rebuilt { isKnown($0) }
    }
    parts[key.part].insert(key, word)
    count += 1
    countByPeriod[place, default: 0] += 1
    while count > countLimit, countByPeriod.count > 1, let oldest = countByPeriod.keys.min() {
      forget(before: oldest + 1)
    }
  }

  /// Periods are kept in 16 bits, of which the window takes a few hundred.
  private func isKnown(_ word: UInt64) -> Bool {
    guard oldestPeriod != .min else { return true }
    let age = UInt16(truncatingIfNeeded: word) &- UInt16(truncatingIfNeeded: oldestPeriod)
    return age < 0x8000
  }

  /// A hash table with linear probing. A place is three words: the key, and one that is never zero.
  private struct Part {
    var words: [UInt64] = []
    var capacity = 0
    var used = 0

    static func content(_ word: UInt64) -> UInt64 { word >> 17 }

    var isFull: Bool { (used + 1) * 5 > capacity * 4 }

    private func slot(_ key: RecordKey) -> Int {
      Int(truncatingIfNeeded: key.low.multipliedFullWidth(by: UInt64(capacity)).high)
    }

    func find(_ key: RecordKey) -> UInt64? {
      guard capacity > 0 else { return nil }
      var slot = slot(key)
      while words[3 * slot + 2] != 0 {
        if words[3 * slot] == key.high, words[3 * slot + 1] == key.low {
          return words[3 * slot + 2]
        }
        slot = slot + 1 == capacity ? 0 : slot + 1
      }
      return nil
    }

    /// There is room. One with this key, which is forgotten, gives its place.
    mutating func insert(_ key: RecordKey, _ word: UInt64) {
      var slot = slot(key)
      while words[3 * slot + 2] != 0, words[3 * slot] != key.high || words[3 * slot + 1] != key.low
      {
        slot = slot + 1 == capacity ? 0 : slot + 1
      }
      used += words[3 * slot + 2] == 0 ? 1 : 0
      words[3 * slot] = key.high
      words[3 * slot + 1] = key.low
      words[3 * slot + 2] = word
    }

    /// Without those that are forgotten, and with room for half as many again.
    func rebuilt(_ isKept: (UInt64) -> Bool) -> Part {
      var kept = 0
      for slot in 0..<capacity where words[3 * slot + 2] != 0 && isKept(words[3 * slot + 2]) {
        kept += 1
      }
      var part = Part()
      part.capacity = max(16, kept * 15 / 8 + 2)
      part.words = Array(repeating: 0, count: 3 * part.capacity)
      for slot in 0..<capacity where words[3 * slot + 2] != 0 && isKept(words[3 * slot + 2]) {
        part.insert(
          RecordKey(high: words[3 * slot], low: words[3 * slot + 1]), words[3 * slot + 2])
      }
      return part
    }
  }
}

extension RecordKey {
  fileprivate init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  fileprivate var part: Int { Int(truncatingIfNeeded: high >> 56) }
}
