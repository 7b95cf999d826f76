internal import CSimdJSON
internal import CXXHash
internal import ColumnStore
internal import Glibc

/// The texts of one field of a batch. Each distinct one is judged once, whatever its number of rows.
struct TextColumn {
  /// What becomes of a text.
  enum Verdict {
    case keep
    case replace(String)
    case refuse(ProblemCode)
  }

  struct Entry {
    fileprivate var text: UnsafeBufferPointer<UInt8>
    fileprivate var hash: UInt64
    fileprivate var salt: UInt32
    /// In the pool.
    fileprivate(set) var code: UInt32 = 0
    fileprivate(set) var problem: ProblemCode?
  }

  private(set) var pool = TextPool()
  private var codes: [UInt32]
  private var validity: [UInt8]
  private var entries: [Entry] = []
  private var table: [UInt32]
  private var presentCount = 0
  /// Of each text of the pool.
  private var poolHashes: [UInt64] = []

  init(rowCount: Int) {
    codes = [UInt32](repeating: 0, count: rowCount)
    validity = [UInt8](repeating: 0, count: rowCount)
    var capacity = 64
    while capacity < rowCount * 2 { capacity *= 2 }
    table = [UInt32](repeating: 0, count: capacity)
  }

  /// The entry of a text, which is judged if it is new. `salt` tells apart texts on which the verdict
  /// may differ: the organisation's number.
  @inline(__always)
  mutating func entry(
    _ text: UnsafeBufferPointer<UInt8>, salt: UInt32,
    _ judge: (UnsafeBufferPointer<UInt8>) -> Verdict
  ) -> Entry {
    let hash = XXH3_64bits(text.baseAddress, text.count)
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash ^ UInt64(salt)) & mask
    while table[slot] != 0 {
      let known = entries[Int(table[slot]) - 1]
      if known.hash == hash, known.salt == salt, known.text.count == text.count,
        isSame(known.text, text)
      {
        return known
      }
      slot = (slot + 1) & mask
    }
    var entry = Entry(text: text, hash: hash, salt: salt)
    switch judge(text) {
    case .keep:
      entry.code = UInt32(pool.append(text))
      poolHashes.append(hash)
    case .replace(let stored):
      entry.code = append(stored)
    case .refuse(let problem): entry.problem = problem
    }
    entries.append(entry)
    table[slot] = UInt32(entries.count)
    return entry
  }

  @inline(__always)
  mutating func set(_ row: Int, _ entry: Entry) { set(row, code: entry.code) }

  mutating func set(_ row: Int, code: UInt32) {
    codes[row] = code
    presentCount += validity[row] == 0 ? 1 : 0
    validity[row] = 1
  }

  @inline(__always)
  private func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>)
    -> Bool
  {
    guard let one = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(one, other, left.count) == 0
  }

  /// Adds a text that is not judged; returns its code.
  mutating func append(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { append($0) }
  }

  mutating func append(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    poolHashes.append(XXH3_64bits(text.baseAddress, text.count))
    return UInt32(pool.append(text))
  }

  /// Of the text as it is stored; `nil` where there is none.
  @inline(__always)
  func storedHash(_ row: Int) -> UInt64? {
    validity[row] == 0 ? nil : poolHashes[Int(codes[row])]
  }

  func isNull(_ row: Int) -> Bool { validity[row] == 0 }

  /// The place of a row's text in the pool.
  func code(_ row: Int) -> UInt32? { validity[row] == 0 ? nil : codes[row] }

  func string(_ row: Int) -> String? {
    validity[row] == 0 ? nil : pool.string(Int(codes[row]))
  }

  func withBytes<Result>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
    validity[row] == 0 ? nil : pool.withBytes(Int(codes[row]), body)
  }

  var isEmpty: Bool { presentCount == 0 }

  var values: ColumnValues {
    if presentCount == 0 { return ColumnValues(storage: .nulls) }
    return ColumnValues(
      storage: .text(codes: codes, pool: pool),
      validity: presentCount == codes.count ? nil : validity)
  }
}
