import ColumnStore
import QueryLanguage

/// The distinct texts that a sub-query gives, as codes of a dictionary that another column shares: what `IN`
/// asks of each of its rows is one bit.
///
/// Two sets are equal if they have the same texts and dictionary: what was made with one may be used for the
/// other. Nulls belong to none.
final class MemberSet: Hashable, Sendable {
  /// As long as it was when the set was made.
  private let dictionary: DictionaryView
  /// By code, without zeros at the end: the dictionary may have grown since.
  private let words: [UInt64]
  /// Texts that the dictionary does not have; a chunk that has no dictionary may.
  private let others: Set<[UInt8]>
  private let hash: Int

  /// `keys` are text. What it takes is set aside in `memory` before it is taken.
  init(
    _ keys: Vector, _ dictionary: DictionaryView, _ memory: MemoryReservation
  ) throws(QueryError) {
    self.dictionary = dictionary
    try memory.add((dictionary.count + 63) / 64 * 8)
    var words = [UInt64](repeating: 0, count: (dictionary.count + 63) / 64)
    var others: Set<[UInt8]> = []
    switch keys.storage {
    case .text(let codes, .dictionary(let view)) where view.dictionary === dictionary.dictionary:
      words.withUnsafeMutableBufferPointer { words in
        for row in codes.indices where keys.validity?[row] != 0 {
          let code = Int(codes[row])
          if code < dictionary.count { words[code &>> 6] |= 1 &<< UInt64(code & 63) }
        }
      }
    case .text(let codes, let source):
      for row in codes.indices where keys.validity?[row] != 0 {
        if row & 0xFFFF == 0 { try QueryScope.check() }
        let grown = Self.add(codes[row], of: source, dictionary, &words, &others)
        if grown > 0 { try memory.add(grown) }
      }
    case .constant(.text(var text)) where keys.count > 0:
      try memory.add(text.withUTF8 { Self.add($0, dictionary, &words, &others) })
    case .constant, .booleans, .integers, .doubles, .objects: break
    }
    while words.last == 0 { words.removeLast() }
    self.words = words
    self.others = others
    var hasher = Hasher()
    hasher.combine(ObjectIdentifier(dictionary.dictionary))
    hasher.combine(words)
    hasher.combine(others)
    hash = hasher.finalize()
  }

  /// How many bytes the set has grown by.
  private static func add(
    _ code: UInt32, of source: TextSource, _ dictionary: DictionaryView, _ words: inout [UInt64],
    _ others: inout Set<[UInt8]>
  ) -> Int {
    switch source {
    case .dictionary(let view): add(view.bytes(code), dictionary, &words, &others)
    case .pool(let pool):
      pool.withBytes(Int(code)) { add($0, dictionary, &words, &others) }
    }
  }

  private static func add(
    _ text: UnsafeBufferPointer<UInt8>, _ dictionary: DictionaryView, _ words: inout [UInt64],
    _ others: inout Set<[UInt8]>
  ) -> Int {
    guard let code = dictionary.code(of: text) else {
      return others.insert(Array(text)).inserted ? byteCount(of: text.count) : 0
    }
    words[Int(code) &>> 6] |= 1 &<< UInt64(code & 63)
    return 0
  }

  var byteCount: Int {
    words.count * 8 + others.reduce(0) { $0 + Self.byteCount(of: $1.count) }
  }

  /// Of a text that the dictionary does not have, with its place in the set.
  private static func byteCount(of textByteCount: Int) -> Int { textByteCount + 48 }

  /// Whether codes of a dictionary are those of the set.
  func shares(_ view: DictionaryView) -> Bool { view.dictionary === dictionary.dictionary }

  @inline(__always)
  func contains(_ code: UInt32) -> Bool {
    let word = Int(code &>> 6)
    return word < words.count && (words[word] &>> UInt64(code & 63)) & 1 != 0
  }

  /// Which of some codes belong to it, by a bit for each, and how many do. `nil`: the codes from 0 on.
  func members(of codes: UnsafePointer<UInt32>?, count: Int) -> (bits: [UInt64], count: Int) {
    var bits = [UInt64](repeating: 0, count: (count + 63) / 64)
    var memberCount = 0
    words.withUnsafeBufferPointer { words in
      for word in bits.indices {
        var found: UInt64 = 0
        for bit in 0..<min(64, count - word * 64) {
          let row = word &* 64 &+ bit
          let code = codes.map { Int($0[row]) } ?? row
          guard code &>> 6 < words.count else { continue }
          found |= ((words[code &>> 6] &>> UInt64(code & 63)) & 1) &<< UInt64(bit)
        }
        bits[word] = found
        memberCount &+= found.nonzeroBitCount
      }
    }
    return (bits, memberCount)
  }

  /// Whether it has many of the dictionary's texts: at least one in so many.
  func hasMany(oneIn share: Int) -> Bool {
    words.reduce(0) { $0 + $1.nonzeroBitCount } * share >= dictionary.count
  }

  /// Takes the dictionary's lock.
  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if let code = dictionary.code(of: text) { return contains(code) }
    return !others.isEmpty && others.contains(Array(text))
  }

  static func == (left: MemberSet, right: MemberSet) -> Bool {
    left === right
      || (left.hash == right.hash && left.shares(right.dictionary) && left.words == right.words
        && left.others == right.others)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
