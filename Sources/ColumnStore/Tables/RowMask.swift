/// Which rows of a segment are deleted: one bit per row, 1 = deleted. Rows past its words are not.
public struct RowMask: Sendable, Equatable {
  private var words: [UInt64] = []
  /// How many rows are deleted.
  public private(set) var count = 0

  public init() {}

  /// The rows that are not set in `live`.
  init(besides live: Bitmap) {
    words = (0..<live.wordCount).map { ~live.words.base[$0] }
    if live.count % 64 != 0 { words[words.count - 1] &= (1 &<< UInt64(live.count % 64)) &- 1 }
    count = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  public var isEmpty: Bool { count == 0 }

  public func contains(_ row: Int) -> Bool {
    let word = row &>> 6
    return word < words.count && (words[word] &>> UInt64(row & 63)) & 1 != 0
  }

  /// False if the row was deleted already.
  @discardableResult
  public mutating func insert(_ row: Int) -> Bool {
    let word = row &>> 6
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    let bit: UInt64 = 1 &<< UInt64(row & 63)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }

  public mutating func formUnion(_ other: RowMask) {
    if other.words.count > words.count {
      words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
    }
    for (index, word) in other.words.enumerated() { words[index] |= word }
    count = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// The deleted rows, ascending.
  public var rows: [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(count)
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        rows.append(index * 64 + rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
    return rows
  }

  /// One bit per row that is left of `rowCount` rows; `nil` when none is deleted.
  func live(of rowCount: Int) -> Bitmap? {
    guard count > 0 else { return nil }
    let wordCount = (rowCount + 63) / 64
    let live = Buffer<UInt64>(capacity: wordCount)
    for word in 0..<wordCount { live.base[word] = word < words.count ? ~words[word] : .max }
    if rowCount % 64 != 0 { live.base[wordCount - 1] &= (1 &<< UInt64(rowCount % 64)) &- 1 }
    return Bitmap(words: live, count: rowCount)
  }
}

extension Bitmap {
  var setCount: Int { (0..<wordCount).reduce(0) { $0 + words.base[$1].nonzeroBitCount } }

  /// The rows whose bit is set, ascending.
  var setRows: [Int] { (0..<count).filter { self[$0] } }
}

extension Segment {
  /// The rows that are deleted.
  var deleted: RowMask { live.map { RowMask(besides: $0) } ?? RowMask() }

  /// The same chunks without some more rows.
  func deleting(_ rows: RowMask) -> Segment {
    var all = deleted
    all.formUnion(rows)
    return Segment(
      rowCount: rowCount, chunks: chunks, isSealed: isSealed, live: all.live(of: rowCount))
  }

  /// The same rows encoded for good without those that are deleted: `nil` if none is left.
  package func compacted(
    schema: TableSchema, dictionaries: [String: TextDictionary]
  ) throws(DamagedChunk) -> Segment? {
    guard liveCount > 0 else { return nil }
    guard live != nil || !isSealed else { return self }
    let never = schema.columns.map { _ in false }
    let tail = try Tail(
      reopening: self, dictionaries: schema.columns.map { dictionaries[$0.domain] }, plain: never)
    return tail.compacted().sealed(plain: never)
  }
}
