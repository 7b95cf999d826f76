/// Keys as words, row after row: equal keys are equal words. Integers are themselves, text is its
/// code in the domain's dictionary.
struct KeyWords {
  let width: Int
  private(set) var words: [UInt64]

  /// The keys of a batch that was checked; `codes` are those of its text, by column of the table.
  init(of batch: RowBatch, schema: TableSchema, codes: [[UInt32]?]) {
    self.init(
      schema.primaryKey.map { batch.columns[$0] }, rowCount: batch.rowCount,
      codes: schema.primaryKey.map { codes[$0] })
  }

  /// By column of the key.
  init(_ columns: [ColumnValues], rowCount: Int, codes: [[UInt32]?]) {
    let width = columns.count
    var words = [UInt64](repeating: 0, count: width * rowCount)
    for (place, column) in columns.enumerated() {
      switch column.storage {
      case .booleans(let values):
        for row in values.indices { words[row * width + place] = UInt64(values[row]) }
      case .integers(let values):
        for row in values.indices { words[row * width + place] = UInt64(bitPattern: values[row]) }
      case .doubles(let values):
        for row in values.indices { words[row * width + place] = values[row].keyWord }
      case .text:
        guard let codes = codes[place] else {
          preconditionFailure("the text of a key is in a dictionary")
        }
        for row in codes.indices { words[row * width + place] = UInt64(codes[row]) }
      case .nulls: break
      }
    }
    self.words = words
    self.width = width
  }

  /// The keys of all rows of a segment, deleted ones too.
  init(
    of segment: Segment, schema: TableSchema, dictionaries: [TextDictionary?]
  ) throws(StoreError) {
    width = schema.primaryKey.count
    words = [UInt64](repeating: 0, count: width * segment.rowCount)
    for (place, column) in schema.primaryKey.enumerated() {
      guard read(segment.chunks[column], dictionaries[column], into: place) else {
        throw .damagedSegment(
          table: schema.name,
          reason: "the key column '\(schema.columns[column].name)' is null or in no dictionary")
      }
    }
  }

  /// Only the keys of some rows.
  func keeping(_ rows: [UInt32]) -> KeyWords {
    var kept = self
    kept.words = []
    kept.words.reserveCapacity(rows.count * width)
    for row in rows { kept.words += words[Int(row) * width..<(Int(row) + 1) * width] }
    return kept
  }

  /// Lends the address of the first key; row `r` begins `r * width` words behind it.
  func withKeys<Result, Failure: Error>(
    _ body: (UnsafePointer<UInt64>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try words.withUnsafeBufferPointer { (buffer) throws(Failure) in
      // Without rows nobody looks at it.
      guard let base = buffer.baseAddress else { return try body(Self.nothing.base) }
      return try body(base)
    }
  }

  private static let nothing = Buffer<UInt64>(repeating: 0, count: 1)

  /// False for what a key column never holds.
  private mutating func read(
    _ chunk: Chunk, _ dictionary: TextDictionary?, into place: Int
  ) -> Bool {
    guard chunk.validity == nil else { return false }
    let chunk = chunk.aligned()
    let count = chunk.rowCount
    switch chunk.encoding {
    case .constant(let value):
      guard let word = word(of: value, dictionary) else { return false }
      for row in 0..<count { words[row * width + place] = word }
    case .bits(let bits):
      for row in 0..<count { words[row * width + place] = bits[row] ? 1 : 0 }
    case .frameOfReference(let base, let deltas):
      for row in 0..<count {
        words[row * width + place] = UInt64(bitPattern: base &+ Int64(bitPattern: deltas[row]))
      }
    case .decimal, .doubles:
      let values = Buffer<Double>(capacity: count)
      chunk.decodeDoubles(into: values.base)
      for row in 0..<count { words[row * width + place] = values.base[row].keyWord }
    case .dictionary(let dictionary, let codes):
      for row in 0..<count {
        let code = UInt32(truncatingIfNeeded: codes[row])
        words[row * width + place] = UInt64(dictionary.domainCode(code))
      }
    default: return false
    }
    return true
  }

  private func word(of value: Value, _ dictionary: TextDictionary?) -> UInt64? {
    switch value {
    case .boolean(let value): value ? 1 : 0
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      UInt64(bitPattern: value)
    case .double(let value): value.keyWord
    case .text(let text): dictionary.map { UInt64($0.insert(text)) }
    default: nil
    }
  }
}

extension Double {
  /// Equal numbers give equal words: there is one zero and one NaN.
  fileprivate var keyWord: UInt64 {
    if self == 0 { return 0 }
    return isNaN ? Double.nan.bitPattern : bitPattern
  }
}
