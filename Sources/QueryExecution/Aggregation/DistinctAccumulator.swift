import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning

/// `count(DISTINCT x)`, exact.
///
/// Codes of one dictionary are bits, one row of bits per group, as long as that is small; all else
/// is a hash set of (group, word).
final class DistinctCountAccumulator: Accumulator {
  /// Bits of all groups of one state, in bytes. Beyond that, and where a dictionary is large and
  /// groups are many, pairs are smaller.
  private static let mostBitBytes = 32 << 20

  private var space: KeySpace
  private var groupCount = 0
  /// Group-major, `stride` words per group; empty in pair mode.
  private var bits: [UInt64] = []
  private var stride = 0
  private var pairs: PairSet?

  init(type: DataType, dictionary: DictionaryView?) {
    space = KeySpace(type: type, dictionary: dictionary)
    if type.physical != .text { pairs = PairSet() }
  }

  func resize(to groupCount: Int) {
    self.groupCount = max(self.groupCount, groupCount)
    if pairs == nil {
      if self.groupCount * stride * 8 > Self.mostBitBytes { return startPairs() }
      bits.grow(to: self.groupCount * stride, filling: 0)
    }
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    if markWholeChunk(input) { return }
    if try markEntries(input) { return }
    let vector = try input.vector(0)
    if case .constant(.null) = vector.storage { return }
    prepare(for: vector)
    if pairs == nil, case .text(let codes, _) = vector.storage {
      let stride = stride
      codes.withUnsafeBufferPointer { codes in
        bits.withUnsafeMutableBufferPointer { bits in
          input.forEachRow(validity: vector.validity) { row, group in
            let code = Int(codes[row])
            bits[group &* stride &+ (code &>> 6)] |= 1 &<< UInt64(code & 63)
          }
        }
      }
      return
    }
    let words = space.words(vector)
    if pairs == nil {
      // A constant that the dictionary knows.
      input.forEachRow(validity: vector.validity) { row, group in
        let code = Int(words[row])
        bits[group * stride + (code >> 6)] |= 1 << UInt64(code & 63)
      }
      return
    }
    var set = pairs ?? PairSet()
    pairs = nil
    input.forEachRow(validity: vector.validity) { row, group in set.insert(words[row], group) }
    pairs = set
  }

  /// Each entry of a whole chunk's own dictionary occurs in it: the rows need not be read.
  private func markWholeChunk(_ input: AggregateInput) -> Bool {
    guard pairs == nil, let (group, chunk) = input.wholeStoredChunk(0),
      let dictionary = chunk.dictionary, let codes = dictionary.domainCodes
    else { return false }
    prepare(dictionary.domain)
    guard pairs == nil else { return false }
    let stride = stride
    bits.withUnsafeMutableBufferPointer { bits in
      for entry in 0..<dictionary.count {
        let code = Int(codes.base[entry])
        bits[group &* stride &+ (code &>> 6)] |= 1 &<< UInt64(code & 63)
      }
    }
    return true
  }

  /// Of some rows of a chunk in one group, the texts that occur are looked up once for all rows that have them.
  private func markEntries(_ input: AggregateInput) throws(QueryError) -> Bool {
    guard pairs == nil, case .single(let group) = input.assignment.kind,
      let texts = try input.occurringTexts(0)
    else { return false }
    prepare(texts.dictionary)
    guard pairs == nil else { return false }
    let stride = stride
    bits.withUnsafeMutableBufferPointer { bits in
      for code in texts.codes {
        bits[group &* stride &+ (Int(code) &>> 6)] |= 1 &<< UInt64(code & 63)
      }
    }
    return true
  }

  private func prepare(_ view: DictionaryView) {
    prepare(
      for: Vector(type: space.type, count: 0, storage: .text(codes: [], .dictionary(view))))
  }

  /// Makes room for a vector's codes, or goes over to pairs where bits will not do.
  private func prepare(for vector: Vector) {
    guard space.mustRewrite(for: vector) else {
      if pairs == nil, case .text(_, .dictionary(let view)) = vector.storage {
        _ = space.words(Vector(type: space.type, count: 0, storage: vector.storage))
        widen(to: max(view.count, space.dictionary?.count ?? 0))
      } else if pairs == nil {
        widen(to: space.dictionary?.count ?? 0)
      }
      return
    }
    startPairs()
    guard var set = pairs else { return }
    set.rewrite(space.rewrite(held: set.words) { _ in false })
    pairs = set
  }

  private func widen(to codeCount: Int) {
    let words = (codeCount + 63) / 64
    guard words > stride else { return }
    // Room for a dictionary that grows while segments are read.
    let wider = words + words / 8
    if groupCount * wider * 8 > Self.mostBitBytes { return startPairs() }
    var widened = [UInt64](repeating: 0, count: groupCount * wider)
    if stride > 0 {
      for group in 0..<groupCount {
        for word in 0..<stride { widened[group * wider + word] = bits[group * stride + word] }
      }
    }
    bits = widened
    stride = wider
  }

  private func startPairs() {
    guard pairs == nil else { return }
    pairs = pairsOfBits
    bits = []
    stride = 0
  }

  private var pairsOfBits: PairSet {
    var set = PairSet()
    forEachBit { group, code in set.insert(UInt64(code), group) }
    return set
  }

  var bytesPerRow: Int { 32 }

  var byteCount: Int { bits.count * 8 + (pairs.map { $0.count * 32 } ?? 0) }

  private func forEachBit(_ body: (_ group: Int, _ code: Int) -> Void) {
    guard stride > 0 else { return }
    for index in bits.indices where bits[index] != 0 {
      var word = bits[index]
      while word != 0 {
        body(index / stride, index % stride * 64 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }

  /// Calls `body` with each value of each group once, as a word that stands for it.
  func forEachMember(_ body: (_ group: Int, _ word: UInt64) -> Void) {
    guard let pairs else { return forEachBit { group, code in body(group, UInt64(code)) } }
    for index in 0..<pairs.count { body(pairs.groups[index], pairs.words[index]) }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError) {
    guard let other = other as? DistinctCountAccumulator else { return }
    var theirs = other.pairs
    if theirs == nil {
      guard other.stride > 0, let view = other.space.dictionary else { return }
      prepare(view)
      if pairs == nil {
        widen(to: other.stride * 64)
        guard pairs == nil else { return try merge(other, groups: groups) }
        let (stride, theirStride) = (stride, other.stride)
        bits.withUnsafeMutableBufferPointer { bits in
          other.bits.withUnsafeBufferPointer { theirs in
            guard let bits = bits.baseAddress, let theirs = theirs.baseAddress else { return }
            for group in 0..<other.groupCount {
              daybook_or(
                bits + Int(groups[group]) * stride, theirs + group * theirStride, theirStride)
            }
          }
        }
        return
      }
      // Bits there and pairs here: codes may mean something else, so that they go by their text.
      theirs = other.pairsOfBits
    }
    guard let theirs else { return }
    let vector = other.space.vector(theirs.words, isNull: Array(repeating: 0, count: theirs.count))
    prepare(for: vector)
    if pairs == nil { startPairs() }
    let words = space.words(vector)
    guard var set = pairs else { return }
    pairs = nil
    for index in 0..<theirs.count { set.insert(words[index], Int(groups[theirs.groups[index]])) }
    pairs = set
  }

  /// Leaves only values that pass, of a state that nobody else has.
  func restrict(to memberships: [Membership]) {
    if let pairs {
      let values = space.vector(pairs.words, isNull: Array(repeating: 0, count: pairs.count))
      var kept = PairSet()
      for row in memberships.passing(values) {
        kept.insert(pairs.words[Int(row)], pairs.groups[Int(row)])
      }
      self.pairs = kept
      return
    }
    guard stride > 0, let view = space.dictionary else { return }
    var found = SelectionBitmap(count: stride * 64, isSet: false)
    for group in 0..<groupCount {
      for word in 0..<stride { found.words[word] |= bits[group * stride + word] }
    }
    let codes = found.positions()
    var passing = SelectionBitmap(count: stride * 64, isSet: false)
    let values = Vector(
      type: space.type, count: codes.count, storage: .text(codes: codes, .dictionary(view)))
    for row in memberships.passing(values) { passing.insert(codes[Int(row)]) }
    for group in 0..<groupCount {
      for word in 0..<stride { bits[group * stride + word] &= passing.words[word] }
    }
  }

  func finish(groupCount: Int) -> Vector {
    var counts = [Int64](repeating: 0, count: groupCount)
    if let pairs {
      for group in pairs.groups { counts[group] += 1 }
    } else if stride > 0 {
      bits.withUnsafeBufferPointer { bits in
        guard let bits = bits.baseAddress else { return }
        for group in 0..<min(groupCount, self.groupCount) {
          counts[group] = Int64(daybook_popcount(bits + group * stride, stride))
        }
      }
    }
    return Vector(type: .integer, count: groupCount, storage: .integers(counts))
  }
}

extension AggregateInput {
  /// The texts of a column that occur among the rows of a segment, as codes of their domain, where the chunk has a
  /// dictionary of its own that is short beside the rows: a byte for each entry, and no look at the domain by row.
  func occurringTexts(
    _ argument: Int
  ) throws(QueryError) -> (codes: [UInt32], dictionary: DictionaryView)? {
    guard let column = columnArgument(argument), let chunk = storedChunk(argument),
      let dictionary = chunk.dictionary, let codes = dictionary.domainCodes,
      case .coded(let coded) = try view.lift(column), coded.entryCount == dictionary.count
    else { return nil }
    let occurs = coded.occurrences(positions: view.positions, rowCount: rowCount)
    let found = [UInt32](unsafeUninitializedCapacity: dictionary.count + 1) { found, initialized in
      var kept = 0
      for entry in 0..<dictionary.count {
        found[kept] = codes.base[entry]
        kept &+= Int(occurs[entry])
      }
      initialized = kept
    }
    return (found, dictionary.domain)
  }
}

/// A hash set of words per group.
struct PairSet {
  private(set) var words: [UInt64] = []
  private(set) var groups: [Int] = []
  private var slots: [UInt32] = Array(repeating: .max, count: 64)

  var count: Int { words.count }

  @inline(__always)
  mutating func insert(_ word: UInt64, _ group: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: mix(word ^ (UInt64(group) &* 0xD6E8_FEB8_6659_FD93))) & mask
    while true {
      let found = Int(slots[slot])
      if found == Int(UInt32.max) { break }
      if words[found] == word, groups[found] == group { return }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = UInt32(truncatingIfNeeded: words.count)
    words.append(word)
    groups.append(group)
    if words.count * 2 > slots.count { rebuild(capacity: slots.count * 2) }
  }

  /// Gives the words another meaning; pairs stay distinct.
  mutating func rewrite(_ words: [UInt64]) {
    self.words = words
    rebuild(capacity: slots.count)
  }

  private mutating func rebuild(capacity: Int) {
    slots = Array(repeating: .max, count: capacity)
    let mask = capacity - 1
    for index in words.indices {
      let hash = mix(words[index] ^ (UInt64(groups[index]) &* 0xD6E8_FEB8_6659_FD93))
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != .max { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(truncatingIfNeeded: index)
    }
  }
}
