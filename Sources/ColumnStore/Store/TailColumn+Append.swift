/// Which rows of a batch go to a tail: a run of them, or those that an ascending list names.
enum BatchRows {
  case run(Range<Int>)
  case list(UnsafeBufferPointer<UInt32>)

  var count: Int {
    switch self {
    case .run(let range): range.count
    case .list(let rows): rows.count
    }
  }

  /// Rows `range` of these rows.
  subscript(range: Range<Int>) -> BatchRows {
    switch self {
    case .run(let all):
      .run(all.lowerBound + range.lowerBound..<all.lowerBound + range.upperBound)
    case .list(let rows): .list(UnsafeBufferPointer(rebasing: rows[range]))
    }
  }

  @inline(__always)
  func visit(_ body: (_ position: Int, _ row: Int) -> Void) {
    switch self {
    case .run(let range):
      let start = range.lowerBound
      for position in 0..<range.count { body(position, start + position) }
    case .list(let rows):
      for position in 0..<rows.count { body(position, Int(rows[position])) }
    }
  }
}

extension TailColumn {
  /// Adds rows of a batch after the first `count` rows; there is room for them. The batch was
  /// checked. `domainCodes` are the codes of the batch's text, unless this column is plain.
  mutating func append(
    _ column: ColumnValues, _ rows: BatchRows, count: Int, domainCodes: [UInt32]?
  ) {
    guard let validity = column.validity else {
      return append(column, rows, count: count, domainCodes: domainCodes, valid: nil)
    }
    validity.withUnsafeBufferPointer {
      append(column, rows, count: count, domainCodes: domainCodes, valid: $0)
    }
  }

  private mutating func append(
    _ column: ColumnValues, _ rows: BatchRows, count: Int, domainCodes: [UInt32]?,
    valid: UnsafeBufferPointer<UInt8>?
  ) {
    if case .nulls = column.storage { return appendNulls(rows.count, count: count) }
    appendValidity(valid, rows, count: count)
    switch (values, column.storage) {
    case (.booleans(let words), .booleans(let source)):
      source.withUnsafeBufferPointer { source in
        rows.visit { setBit(words.base, count + $0, source[$1] != 0) }
      }
    case (.integers(let buffer), .integers(let source)):
      source.withUnsafeBufferPointer { source in
        appendIntegers(source, rows, to: buffer.signed + count, valid: valid)
      }
    case (.doubles(let buffer), .doubles(let source)):
      source.withUnsafeBufferPointer { source in
        appendDoubles(source, rows, to: buffer.base + count, valid: valid)
      }
    case (.codes(let buffer), .text):
      guard let domainCodes else { preconditionFailure("text codes were not translated") }
      let target = buffer.base + count
      domainCodes.withUnsafeBufferPointer { source in
        rows.visit { target[$0] = source[$1] }
      }
    case (.plain(var text), .text(let codes, let pool)):
      codes.withUnsafeBufferPointer { codes in
        pool.bytes.withUnsafeBufferPointer { bytes in
          pool.offsets.withUnsafeBufferPointer { offsets in
            rows.visit { position, row in
              var range = 0..<0
              if valid?[row] != 0 {
                let entry = Int(codes[row])
                range = offsets[entry]..<offsets[entry + 1]
              }
              text.append(UnsafeBufferPointer(rebasing: bytes[range]), row: count + position)
            }
          }
        }
      }
      values = .plain(text)
    default: preconditionFailure("the batch was checked against the schema")
    }
  }

  mutating func appendNulls(_ added: Int, count: Int) {
    makeValidity()
    if let validity { for row in count..<count + added { setBit(validity.base, row, false) } }
    nullCount += added
    // The rows hold something harmless.
    switch values {
    case .booleans(let words): for row in count..<count + added { setBit(words.base, row, false) }
    case .integers(let buffer): (buffer.base + count).update(repeating: 0, count: added)
    case .doubles(let buffer): (buffer.base + count).update(repeating: 0, count: added)
    case .codes(let buffer): (buffer.base + count).update(repeating: 0, count: added)
    case .plain(var text):
      for row in count..<count + added {
        text.append(UnsafeBufferPointer(start: nil, count: 0), row: row)
      }
      values = .plain(text)
    }
  }

  /// Keeps which of the new rows are null.
  private mutating func appendValidity(
    _ valid: UnsafeBufferPointer<UInt8>?, _ rows: BatchRows, count: Int
  ) {
    if let valid {
      var nulls = 0
      rows.visit { nulls += valid[$1] == 0 ? 1 : 0 }
      if nulls > 0 { makeValidity() }
      nullCount += nulls
    }
    guard let words = validity?.base else { return }
    if let valid {
      rows.visit { setBit(words, count + $0, valid[$1] != 0) }
    } else {
      for row in count..<count + rows.count { setBit(words, row, true) }
    }
  }

  /// Makes the validity bitmap: all rows so far are valid.
  private mutating func makeValidity() {
    guard validity == nil else { return }
    validity = Buffer(repeating: .max, count: (capacity + 63) / 64)
  }

  private mutating func appendIntegers(
    _ source: UnsafeBufferPointer<Int64>, _ rows: BatchRows, to target: UnsafeMutablePointer<Int64>,
    valid: UnsafeBufferPointer<UInt8>?
  ) {
    var least = leastInteger
    var greatest = greatestInteger
    if let valid {
      rows.visit { position, row in
        let value = source[row]
        target[position] = value
        if valid[row] != 0 {
          least = min(least, value)
          greatest = max(greatest, value)
        }
      }
    } else {
      rows.visit { position, row in
        let value = source[row]
        target[position] = value
        least = min(least, value)
        greatest = max(greatest, value)
      }
    }
    leastInteger = least
    greatestInteger = greatest
  }

  private mutating func appendDoubles(
    _ source: UnsafeBufferPointer<Double>, _ rows: BatchRows,
    to target: UnsafeMutablePointer<Double>, valid: UnsafeBufferPointer<UInt8>?
  ) {
    var least = leastDouble
    var greatest = greatestDouble
    var nan = hasNaN
    rows.visit { position, row in
      let value = source[row]
      target[position] = value
      if valid?[row] != 0 {
        nan = nan || value.isNaN
        least = value < least ? value : least
        greatest = value > greatest ? value : greatest
      }
    }
    leastDouble = least
    greatestDouble = greatest
    hasNaN = nan
  }
}

/// Sets or clears one bit.
@inline(__always)
func setBit(_ words: UnsafeMutablePointer<UInt64>, _ row: Int, _ isSet: Bool) {
  let bit: UInt64 = 1 &<< UInt64(row & 63)
  words[row &>> 6] = isSet ? words[row &>> 6] | bit : words[row &>> 6] & ~bit
}
