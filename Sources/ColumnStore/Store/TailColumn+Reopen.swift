extension TailColumn {
  /// The rows of a sealed chunk, so that more can be added.
  init(
    reopening chunk: Chunk, dictionary: TextDictionary?, isPlain: Bool, capacity: Int
  ) throws(DamagedChunk) {
    let chunk = chunk.aligned()
    let isPlain = isPlain || chunk.isPlainText
    self.init(type: chunk.type, dictionary: dictionary, isPlain: isPlain, capacity: capacity)
    let count = chunk.rowCount
    if case .constant(.null) = chunk.encoding {
      appendNulls(count, count: 0)
      return
    }
    if let bits = chunk.validity {
      let words = Buffer<UInt64>(repeating: .max, count: (capacity + 63) / 64)
      words.base.update(from: bits.words.base, count: bits.wordCount)
      validity = words
    }
    nullCount = chunk.zone.nullCount
    switch chunk.zone.bounds {
    case .integers(let range):
      leastInteger = range.lowerBound
      greatestInteger = range.upperBound
    case .doubles(let range):
      leastDouble = range.lowerBound
      greatestDouble = range.upperBound
    case nil: hasNaN = chunk.type == .double
    }
    switch values {
    case .booleans(let words):
      for row in 0..<count { setBit(words.base, row, chunk.boolean(row)) }
    case .integers(let buffer): chunk.decodeIntegers(into: buffer.signed)
    case .doubles(let buffer): chunk.decodeDoubles(into: buffer.base)
    case .codes(let buffer): decodeCodes(chunk, into: buffer.base)
    case .plain(var text):
      try chunk.forEachText { row, bytes in text.append(bytes, row: row) }
      values = .plain(text)
    }
  }

  private func decodeCodes(_ chunk: Chunk, into target: UnsafeMutablePointer<UInt32>) {
    switch chunk.encoding {
    case .constant(.text(let text)), .constant(.json(let text)):
      guard let dictionary else { preconditionFailure("codes without a dictionary") }
      target.update(repeating: dictionary.insert(text), count: chunk.rowCount)
    case .sparse(let sparse):
      decodeCodes(sparse.values, into: target)
      sparse.spread(target)
    case .dictionary(let own, let codes):
      for row in 0..<chunk.rowCount {
        target[row] = own.domainCode(UInt32(truncatingIfNeeded: codes[row]))
      }
    default: preconditionFailure("plain text makes a plain tail")
    }
  }
}

extension Chunk {
  var isPlainText: Bool {
    switch encoding {
    case .uuids, .compressedText, .pool: true
    case .sparse(let sparse): sparse.values.isPlainText
    default: false
    }
  }

  fileprivate func boolean(_ row: Int) -> Bool {
    switch encoding {
    case .constant(.boolean(let value)): value
    case .bits(let bits): bits[row]
    default: preconditionFailure("a boolean column in an encoding of another type")
    }
  }

  /// Writes all rows; what null rows get is arbitrary.
  func decodeIntegers(into target: UnsafeMutablePointer<Int64>) {
    switch encoding {
    case .constant(.integer(let value)), .constant(.timestamp(let value)),
      .constant(.timestampWithTimeZone(let value)), .constant(.date(let value)):
      target.update(repeating: value, count: rowCount)
    case .frameOfReference(let base, let deltas):
      for row in 0..<rowCount { target[row] = base &+ Int64(bitPattern: deltas[row]) }
    case .sparse(let sparse):
      sparse.values.decodeIntegers(into: target)
      sparse.spread(target)
    default: preconditionFailure("an integer column in an encoding of another type")
    }
  }

  /// Writes all rows; what null rows get is arbitrary.
  func decodeDoubles(into target: UnsafeMutablePointer<Double>) {
    switch encoding {
    case .constant(.double(let value)): target.update(repeating: value, count: rowCount)
    case .doubles(let values): target.update(from: values.base, count: rowCount)
    case .decimal(let exponent, let base, let deltas):
      let power = ChunkEncoder.powersOfTen[exponent]
      for row in 0..<rowCount {
        target[row] = Double(base &+ Int64(bitPattern: deltas[row])) / power
      }
    case .sparse(let sparse):
      sparse.values.decodeDoubles(into: target)
      sparse.spread(target)
    default: preconditionFailure("a double column in an encoding of another type")
    }
  }

  /// Calls `body` with each row's text, which is empty where the row is null.
  func forEachText(
    _ body: (_ row: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void
  ) throws(DamagedChunk) {
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    func isNull(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }
    switch encoding {
    case .constant(.text(var text)), .constant(.json(var text)):
      text.withUTF8 { for row in 0..<rowCount { body(row, isNull(row) ? nothing : $0) } }
    case .dictionary(let own, let codes):
      for row in 0..<rowCount {
        let code = UInt32(truncatingIfNeeded: codes[row])
        body(row, isNull(row) ? nothing : own.domain.bytes(own.domainCode(code)))
      }
    case .uuids(let words):
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDText.byteCount) { text in
        guard let start = text.baseAddress else { return }
        for row in 0..<rowCount {
          UUIDText.write(
            high: words.base[2 * row], low: words.base[2 * row + 1], to: start)
          body(row, isNull(row) ? nothing : UnsafeBufferPointer(text))
        }
      }
    case .sparse(let sparse):
      let rows = (0..<rowCount).filter { sparse.validity[$0] }
      var next = 0
      try sparse.values.forEachText { value, text in
        while next < rows[value] {
          body(next, nothing)
          next += 1
        }
        body(next, text)
        next += 1
      }
      for row in next..<rowCount { body(row, nothing) }
    case .compressedText(let text): try text.decompress().forEachText(rowCount, body)
    case .pool(let pool): pool.forEachText(rowCount, body)
    default: preconditionFailure("a text column in an encoding of another type")
    }
  }
}

extension SparseValues {
  /// Moves values from their ranks to their rows; what null rows get is arbitrary.
  fileprivate func spread<Element>(_ values: UnsafeMutablePointer<Element>) {
    var rank = self.values.rowCount
    for row in stride(from: validity.count - 1, through: 0, by: -1) {
      if validity[row] {
        rank -= 1
        values[row] = values[rank]
      } else {
        // One of the values, so that a code exists; past them there is nothing yet.
        values[row] = values[max(rank - 1, 0)]
      }
    }
  }
}

extension TextPool {
  fileprivate func forEachText(
    _ rowCount: Int, _ body: (_ row: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    for row in 0..<rowCount { withBytes(row) { body(row, $0) } }
  }
}
