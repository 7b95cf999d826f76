/// What one segment holds of a person.
struct ErasedRows {
  /// Rows that go, deleted ones too.
  var deleted = RowMask()
  /// Rows of which a column gets another text, by column.
  var replaced: [(column: Int, rows: RowMask)] = []

  var isEmpty: Bool { deleted.isEmpty && replaced.isEmpty }
}

extension Segment {
  /// The rows that are about somebody.
  func rows(
    of value: SoughtValue, deleting deleted: [Int], replacing replaced: [Int]
  ) throws(DamagedChunk) -> ErasedRows {
    var rows = ErasedRows()
    for column in deleted { rows.deleted.formUnion(try chunks[column].rows(with: value)) }
    for column in replaced {
      let found = try chunks[column].rows(with: value)
      if !found.isEmpty { rows.replaced.append((column, found)) }
    }
    return rows
  }

  /// The same rows without those that go or are deleted, encoded anew, so that nothing of them is left in
  /// chunks and bounds: `nil` if none is left. What was open for more rows stays so.
  func erasing(
    _ rows: ErasedRows, dictionaries: [TextDictionary?]
  ) throws(DamagedChunk) -> Segment? {
    var gone = deleted
    gone.formUnion(rows.deleted)
    guard gone.count < rowCount else { return nil }
    let never = chunks.map { _ in false }
    var tail = try Tail(reopening: self, dictionaries: dictionaries, plain: never)
    for (column, rows) in rows.replaced {
      tail.replace(rows, ofColumn: column, by: Erasure.replacement)
    }
    tail.deleted = gone
    let kept = tail.compacted()
    let sealed = kept.sealed(plain: never)
    return Segment(rowCount: kept.rowCount, chunks: sealed.chunks, isSealed: isSealed)
  }
}

extension Tail {
  /// Gives rows of a column of text another one. For a tail of one owner.
  fileprivate mutating func replace(_ rows: RowMask, ofColumn column: Int, by text: String) {
    let count = rowCount
    changeColumn(column) { $0.replace(rows, count: count, by: text) }
  }
}

extension TailColumn {
  fileprivate mutating func replace(_ rows: RowMask, count: Int, by text: String) {
    switch values {
    case .codes(let codes):
      guard let dictionary else { preconditionFailure("codes without a dictionary") }
      let code = dictionary.insert(text)
      for row in rows.rows { codes.base[row] = code }
    case .plain(let old):
      var text = text
      var new = PlainText(capacity: capacity)
      text.withUTF8 { text in
        for row in 0..<count { new.append(rows.contains(row) ? text : old[row], row: row) }
      }
      values = .plain(new)
    case .booleans, .integers, .doubles: preconditionFailure("only text is replaced")
    }
  }
}
