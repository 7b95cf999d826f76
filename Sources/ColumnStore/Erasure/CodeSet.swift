/// A set of codes of one dictionary.
struct CodeSet {
  private var words: [UInt64]
  private(set) var count = 0
  let limit: UInt32

  /// Of codes below `limit`.
  init(limit: Int) {
    self.limit = UInt32(limit)
    words = Array(repeating: 0, count: (limit + 63) / 64)
  }

  /// Whether a code, which is below the limit, is in it.
  func contains(_ code: UInt32) -> Bool {
    (words[Int(code &>> 6)] &>> UInt64(code & 63)) & 1 != 0
  }

  mutating func insert(_ code: UInt32) {
    let bit: UInt64 = 1 &<< UInt64(code & 63)
    let word = Int(code &>> 6)
    count += words[word] & bit == 0 ? 1 : 0
    words[word] |= bit
  }
}

extension CodeSet {
  /// Adds the codes of all rows that are neither null nor deleted; `dictionary` is that of the column.
  mutating func insert(codesOf chunk: Chunk, live: Bitmap?, _ dictionary: TextDictionary) {
    let chunk = chunk.aligned()
    switch chunk.encoding {
    case .constant(.text(let text)), .constant(.json(let text)):
      var text = text
      // Whoever opens the segment for more rows asks for its code.
      if let code = text.withUTF8({ dictionary.code(of: $0) }), code < limit { insert(code) }
    case .dictionary(let own, let codes):
      if live == nil, let domainCodes = own.domainCodes {
        for index in 0..<own.count { insert(domainCodes.base[index]) }
        return
      }
      for row in 0..<chunk.rowCount
      where (chunk.validity?[row] ?? true) && (live?[row] ?? true) {
        insert(own.domainCode(UInt32(truncatingIfNeeded: codes[row])))
      }
    case .sparse(let sparse):
      guard let live else { return insert(codesOf: sparse.values, live: nil, dictionary) }
      let values = Buffer<UInt64>(repeating: 0, count: (sparse.values.rowCount + 63) / 64)
      var rank = 0
      for row in 0..<chunk.rowCount where sparse.validity[row] {
        setBit(values.base, rank, live[row])
        rank += 1
      }
      insert(
        codesOf: sparse.values, live: Bitmap(words: values, count: sparse.values.rowCount),
        dictionary)
    default: break
    }
  }
}

extension Chunk {
  /// The same codes, which mean what they mean in another dictionary; `nil` where it holds none.
  func exchanging(_ dictionary: DictionaryView) -> Chunk? {
    func exchanged(_ own: ChunkDictionary) -> ChunkDictionary {
      ChunkDictionary(
        domain: dictionary.prefix(own.domain.count), domainCodes: own.domainCodes,
        count: own.count)
    }
    switch encoding {
    case .dictionary(let own, let codes):
      return replacing(encoding: .dictionary(exchanged(own), codes))
    case .bitPacked(let packed):
      guard case .dictionary(let own) = packed.shape else { return nil }
      return replacing(
        encoding: .bitPacked(
          BitPackedValues(shape: .dictionary(exchanged(own)), bits: packed.bits)))
    case .sparse(let sparse):
      return sparse.values.exchanging(dictionary).map {
        replacing(encoding: .sparse(SparseValues(sparse, values: $0)))
      }
    default: return nil
    }
  }
}
