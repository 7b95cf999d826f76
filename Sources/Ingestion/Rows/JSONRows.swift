internal import CSimdJSON

/// The rows of a block of JSON lines: the fields of all columns, row by row.
struct JSONRows: ~Copyable {
  private let decoder: OpaquePointer
  private let columnCount: Int
  private var fields = Scratch<daybook_field>()
  private var rowStarts = Scratch<UInt32>()
  private var rowEnds = Scratch<UInt32>()
  private var failed = Scratch<daybook_json_failure>()
  private(set) var rowCount = 0

  /// `names`: the keys; those of `rawColumns` keep JSON text.
  init(names: [String], rawColumns: Set<Int>, ignoresUnknown: Bool) {
    decoder = daybook_json_open()
    columnCount = names.count
    for (index, name) in names.enumerated() {
      let bytes = Array(name.utf8)
      daybook_json_add_column(decoder, bytes, bytes.count, rawColumns.contains(index))
    }
    daybook_json_ignore_unknown(decoder, ignoresUnknown)
  }

  deinit {
    daybook_json_close(decoder)
  }

  /// The keys of all objects in the block, in order of appearance.
  static func keys(_ block: Block) -> [String] {
    guard let decoder = daybook_json_open() else { return [] }
    defer { daybook_json_close(decoder) }
    daybook_json_discover(decoder, block.base, 0, block.count, block.readableByteCount)
    return (0..<daybook_json_column_count(decoder)).map { column in
      var count = 0
      let name = daybook_json_column_name(decoder, column, &count)
      return String(decoding: UnsafeBufferPointer(start: name, count: count), as: UTF8.self)
    }
  }

  /// Decodes the block. Lines that are not an object of known keys are left out and added to
  /// `failures`.
  mutating func index(_ block: Block, newlineCount: Int, failures: inout [RowFailure]) {
    let capacity = newlineCount + 1
    fields.reserve(capacity * columnCount)
    rowStarts.reserve(capacity)
    rowEnds.reserve(capacity)
    failed.reserve(capacity)
    var rows = daybook_json_rows()
    rows.fields = fields.base
    rows.row_starts = rowStarts.base
    rows.row_ends = rowEnds.base
    rows.failures = failed.base
    let fits = daybook_json_decode(
      decoder, block.base, 0, block.count, block.readableByteCount, block.scratchStart, capacity,
      &rows)
    precondition(fits, "a block has at most one line more than newlines")
    rowCount = rows.row_count
    guard rows.failure_count > 0 else { return }
    var bad: [Int] = []
    for index in 0..<rows.failure_count {
      let failure = failed.base[index]
      let row = Int(failure.row)
      bad.append(row)
      let start = Int(failure.place.start)
      let place = start..<start + Int(failure.place.length)
      failures.append(
        RowFailure(
          row: self.row(row), column: failure.column >= 0 ? Int(failure.column) : nil,
          reason: String(cString: failure.reason),
          value: place.isEmpty ? self.row(row) : place,
          unknownKey: failure.is_unknown_key ? place : nil))
    }
    remove(bad)
  }

  func column(_ column: Int) -> FieldColumn {
    FieldColumn(base: fields.base + column, stride: columnCount, count: rowCount)
  }

  func row(_ row: Int) -> Range<Int> {
    Int(rowStarts.base[row])..<Int(rowEnds.base[row])
  }

  /// The value without its quotes.
  func rawField(_ row: Int, _ column: Int) -> Range<Int> {
    let field = fields.base[row * columnCount + column]
    return Int(field.start)..<Int(field.start) + field.byteCount
  }

  /// Takes rows out; `rows` ascend.
  mutating func remove(_ rows: [Int]) {
    var removed = rows[...]
    var kept = 0
    for row in 0..<rowCount {
      if removed.first == row {
        removed.removeFirst()
        continue
      }
      rowStarts.base[kept] = rowStarts.base[row]
      rowEnds.base[kept] = rowEnds.base[row]
      for column in 0..<columnCount {
        fields.base[kept * columnCount + column] = fields.base[row * columnCount + column]
      }
      kept += 1
    }
    rowCount = kept
  }
}
