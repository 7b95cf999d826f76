import ColumnStore
import Sketches

/// Gives equal strings equal numbers, for text that does not come from one dictionary.
struct TextInterner {
  private(set) var pool = TextPool()
  private var hashes: [UInt64] = []
  /// Open addressing, linear probing; `UInt32.max` is empty.
  private var slots: [UInt32] = Array(repeating: .max, count: 64)

  var count: Int { hashes.count }
  var byteCount: Int { pool.byteCount + hashes.capacity * 8 + slots.capacity * 4 }

  mutating func code(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = StableHash.hash(UnsafeRawBufferPointer(text))
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != .max {
      let code = slots[slot]
      if hashes[Int(code)] == hash, pool.withBytes(Int(code), { $0.elementsEqual(text) }) {
        return code
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let code = UInt32(pool.append(text))
    hashes.append(hash)
    slots[slot] = code
    if hashes.count * 2 > slots.count { grow() }
    return code
  }

  /// The code of a string that may be absent.
  func find(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let hash = StableHash.hash(UnsafeRawBufferPointer(text))
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != .max {
      let code = slots[slot]
      if hashes[Int(code)] == hash, pool.withBytes(Int(code), { $0.elementsEqual(text) }) {
        return code
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func grow() {
    slots = Array(repeating: .max, count: slots.count * 2)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != .max { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(code)
    }
  }
}

/// What the numbers that stand for text mean: codes of one dictionary as long as all text comes
/// from it, the interner's own as soon as some does not.
struct TextSpace {
  private(set) var dictionary: DictionaryView?
  private(set) var interner: TextInterner?
  /// Interned code by code of a dictionary, per dictionary that was met.
  private var translations: [ObjectIdentifier: [UInt32]] = [:]

  init(dictionary: DictionaryView? = nil) {
    self.dictionary = dictionary
  }

  var byteCount: Int {
    translations.values.reduce(interner?.byteCount ?? 0) { $0 + $1.capacity * 4 }
  }

  var source: TextSource {
    if let interner { return .pool(interner.pool) }
    if let dictionary { return .dictionary(dictionary) }
    return .pool(TextPool())
  }

  /// Whether codes of `source` must be interned, and those held so far with them.
  func mustIntern(_ source: TextSource) -> Bool {
    guard interner == nil else { return false }
    guard case .dictionary(let view) = source else { return true }
    guard let dictionary else { return false }
    return dictionary.dictionary !== view.dictionary
  }

  /// Goes over to interning; returns for each code of `held` the new one.
  mutating func startInterning(held: [UInt64], isNull: (Int) -> Bool) -> [UInt64] {
    var interner = TextInterner()
    let result = held.indices.map { index -> UInt64 in
      guard let dictionary, !isNull(index) else { return 0 }
      return UInt64(interner.code(of: dictionary.bytes(UInt32(held[index]))))
    }
    self.interner = interner
    dictionary = nil
    return result
  }

  /// Numbers for the rows of a text vector; null rows get 0.
  mutating func words(_ codes: [UInt32], _ source: TextSource, validity: [UInt8]?) -> [UInt64] {
    if interner == nil, case .dictionary(let view) = source {
      if dictionary == nil || view.count > (dictionary?.count ?? 0) { dictionary = view }
      return [UInt64](unsafeUninitializedCapacity: codes.count) { words, initialized in
        for row in codes.indices { words[row] = UInt64(codes[row]) }
        if let validity { for row in codes.indices where validity[row] == 0 { words[row] = 0 } }
        initialized = codes.count
      }
    }
    var words = [UInt64](repeating: 0, count: codes.count)
    var interner = self.interner ?? TextInterner()
    switch source {
    case .dictionary(let view):
      let key = ObjectIdentifier(view.dictionary)
      var translation = translations.removeValue(forKey: key) ?? []
      if translation.count < view.count {
        translation += Array(repeating: .max, count: view.count - translation.count)
      }
      for row in codes.indices where validity?[row] != 0 {
        let code = codes[row]
        if translation[Int(code)] == .max {
          translation[Int(code)] = interner.code(of: view.bytes(code))
        }
        words[row] = UInt64(translation[Int(code)])
      }
      translations[key] = translation
    case .pool(let pool):
      for row in codes.indices where validity?[row] != 0 {
        words[row] = UInt64(pool.withBytes(Int(codes[row])) { interner.code(of: $0) })
      }
    }
    self.interner = interner
    return words
  }
}
