/// The newest rows of a partition, in a form that more rows can be added to.
///
/// A value, like its columns: a copy goes on describing the rows of the moment it was made.
struct Tail {
  private(set) var rowCount = 0
  private(set) var columns: [TailColumn]
  /// Rows that no reader sees any more.
  var deleted = RowMask()

  /// Small, since a table may have thousands of days with a few rows each.
  static let firstCapacity = 64

  init(columns: [TailColumn]) {
    self.columns = columns
  }

  /// The rows of a segment, so that more can be added.
  init(
    reopening segment: Segment, dictionaries: [TextDictionary?], plain: [Bool]
  ) throws(DamagedChunk) {
    let capacity = Self.capacity(for: segment.rowCount)
    var columns: [TailColumn] = []
    for (index, chunk) in segment.chunks.enumerated() {
      columns.append(
        try TailColumn(
          reopening: chunk, dictionary: dictionaries[index], isPlain: plain[index],
          capacity: capacity))
    }
    self.init(columns: columns)
    rowCount = segment.rowCount
    deleted = segment.deleted
  }

  /// Without the deleted rows.
  func compacted() -> Tail {
    guard let live = deleted.live(of: rowCount) else { return self }
    let rows = live.setRows
    let capacity = Self.capacity(for: rows.count)
    var tail = Tail(columns: columns.map { $0.keeping(rows, capacity: capacity) })
    tail.rowCount = rows.count
    return tail
  }

  static func capacity(for rows: Int) -> Int {
    var capacity = firstCapacity
    while capacity < rows { capacity *= 2 }
    return min(capacity, Segment.capacity)
  }

  /// How many of these rows it takes before it is full; at least one if it is empty.
  func room(for rows: Int) -> Int {
    for column in columns {
      if let left = column.plainBytesLeft(count: rowCount), left <= 0, rowCount > 0 { return 0 }
    }
    return min(rows, Segment.capacity - rowCount)
  }

  /// Adds rows; `domainCodes` has, for each column, the codes of its text in the dictionary.
  mutating func append(_ batch: RowBatch, _ rows: BatchRows, domainCodes: [[UInt32]?]) {
    let needed = rowCount + rows.count
    if let capacity = columns.first?.capacity, needed > capacity {
      let grown = Self.capacity(for: needed)
      for index in columns.indices { columns[index].grow(to: grown, count: rowCount) }
    }
    for index in columns.indices {
      columns[index].append(
        batch.columns[index], rows, count: rowCount, domainCodes: domainCodes[index])
    }
    rowCount = needed
  }

  /// For a tail whose memory nobody else has.
  mutating func changeColumn(_ column: Int, _ body: (inout TailColumn) -> Void) {
    body(&columns[column])
  }

  var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

  /// False if the column's text is too much for that.
  mutating func makePlain(column: Int) -> Bool {
    columns[column].makePlain(count: rowCount)
  }

  /// What readers may look at while more rows are added.
  func view() -> Segment {
    Segment(
      rowCount: rowCount, chunks: columns.map { $0.view(count: rowCount) }, isSealed: false,
      live: deleted.live(of: rowCount))
  }

  /// The rows encoded for good. Columns that turned plain are made so, where their text is not too
  /// much for one chunk.
  func sealed(plain: [Bool]) -> Segment {
    var chunks: [Chunk] = []
    for (index, column) in columns.enumerated() {
      var column = column
      if plain[index] { _ = column.makePlain(count: rowCount) }
      chunks.append(column.sealed(count: rowCount))
    }
    return Segment(
      rowCount: rowCount, chunks: chunks, isSealed: true, live: deleted.live(of: rowCount))
  }
}
