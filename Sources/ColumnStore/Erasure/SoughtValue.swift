/// One value that is looked for in chunks, in all forms that they may hold it in.
package struct SoughtValue: Sendable {
  package let text: [UInt8]
  /// Where the text is a whole number: for columns of those.
  let integer: Int64?
  /// Where the text is the canonical one of a UUID.
  package let uuid: (high: UInt64, low: UInt64)?

  package init(_ text: String) {
    self.text = Array(text.utf8)
    let number = Int64(text)
    integer = number.map { String($0) } == text ? number : nil
    uuid =
      self.text.count == UUIDText.byteCount
      ? self.text.withUnsafeBufferPointer { $0.baseAddress.flatMap { UUIDText.parse($0) } } : nil
  }

  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool { text.elementsEqual(other) }

  func code(in view: DictionaryView) -> UInt32? {
    text.withUnsafeBufferPointer { view.code(of: $0) }
  }
}

extension Chunk {
  /// The rows that have the value, deleted ones too.
  package func rows(with value: SoughtValue) throws(DamagedChunk) -> RowMask {
    var found = RowMask()
    try forEachRow(with: value) { found.insert($0) }
    return found
  }

  private func forEachRow(
    with value: SoughtValue, _ body: (Int) -> Void
  ) throws(DamagedChunk) {
    func note(_ row: Int) {
      if validity.map({ $0[row] }) ?? true { body(row) }
    }
    let chunk = aligned()
    switch chunk.encoding {
    case .constant(.text(let text)), .constant(.json(let text)):
      if text.utf8.elementsEqual(value.text) { for row in 0..<rowCount { note(row) } }
    case .constant(.integer(let number)):
      if number == value.integer { for row in 0..<rowCount { note(row) } }
    case .frameOfReference(let base, let deltas):
      guard type == .integer, let integer = value.integer else { return }
      for row in 0..<rowCount where base &+ Int64(bitPattern: deltas[row]) == integer { note(row) }
    case .dictionary(let dictionary, let codes):
      guard let domainCode = value.code(in: dictionary.domain),
        let code = dictionary.code(ofDomainCode: domainCode)
      else { return }
      for row in 0..<rowCount where codes[row] == UInt64(code) { note(row) }
    case .uuids(let words):
      guard let uuid = value.uuid else { return }
      for row in 0..<rowCount
      where words.base[2 * row] == uuid.high && words.base[2 * row + 1] == uuid.low { note(row) }
    case .compressedText(let text):
      let pool = try text.decompress()
      for row in 0..<rowCount where pool.withBytes(row, value.equals) { note(row) }
    case .pool(let pool):
      for row in 0..<rowCount where pool.withBytes(row, value.equals) { note(row) }
    case .sparse(let sparse):
      var rank = 0
      let inner = try sparse.values.rows(with: value)
      guard !inner.isEmpty else { return }
      for row in 0..<rowCount where sparse.validity[row] {
        if inner.contains(rank) { body(row) }
        rank += 1
      }
    case .constant, .bits, .decimal, .doubles, .bitPacked: break
    }
  }
}

extension ChunkDictionary {
  /// The chunk's code of a domain's code; `nil` where the chunk has none.
  func code(ofDomainCode domainCode: UInt32) -> UInt32? {
    guard let own = domainCodes else { return Int(domainCode) < count ? domainCode : nil }
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if own.base[middle] < domainCode { low = middle + 1 } else { high = middle }
    }
    return low < count && own.base[low] == domainCode ? UInt32(low) : nil
  }
}
