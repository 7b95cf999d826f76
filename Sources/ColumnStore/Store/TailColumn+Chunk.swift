extension TailColumn {
  /// The first `count` rows as a chunk that readers may look at while more rows are added.
  func view(count: Int) -> Chunk {
    guard nullCount < count else { return ChunkEncoder.nulls(count, type: type) }
    return Chunk(
      type: type, rowCount: count, encoding: viewEncoding(count),
      validity: validityBitmap(count), zone: zone)
  }

  /// The first `count` rows in the encoding that suits them best. Wants a tail that nobody adds to.
  func sealed(count: Int) -> Chunk {
    guard nullCount < count else { return ChunkEncoder.nulls(count, type: type) }
    let validity = validityBitmap(count)
    if let validity, nullCount * SparseValues.rowsPerNull >= count,
      let values = sealedValues(count: count, validity: validity)
    {
      return Chunk(sparse: values, rowCount: count, validity: validity)
    }
    switch values {
    case .booleans(let words):
      return ChunkEncoder.booleans(
        words.base, count: count, validity: validity, nullCount: nullCount)
    case .integers(let buffer):
      return ChunkEncoder.integers(
        buffer.signed, count: count, type: type, validity: validity, nullCount: nullCount)
    case .doubles(let buffer):
      return ChunkEncoder.doubles(
        buffer.base, count: count, validity: validity, nullCount: nullCount)
    case .codes(let buffer):
      guard let dictionary else { preconditionFailure("codes without a dictionary") }
      return ChunkEncoder.codes(
        buffer.base, count: count, type: type, domain: dictionary.view, validity: validity,
        nullCount: nullCount)
    case .plain(let text):
      return ChunkEncoder.plainText(
        text.bytes.base, offsets: text.offsets.base, count: count, type: type, validity: validity,
        nullCount: nullCount)
    }
  }

  /// The rows that are not null as a chunk; `nil` for types that gain nothing.
  private func sealedValues(count: Int, validity: Bitmap) -> Chunk? {
    let valueCount = count - nullCount
    switch values {
    case .booleans, .plain: return nil
    case .integers(let buffer):
      let kept = buffer.compacted(count, validity, valueCount)
      return ChunkEncoder.integers(
        kept.signed, count: valueCount, type: type, validity: nil, nullCount: 0)
    case .doubles(let buffer):
      let kept = buffer.compacted(count, validity, valueCount)
      return ChunkEncoder.doubles(kept.base, count: valueCount, validity: nil, nullCount: 0)
    case .codes(let buffer):
      guard let dictionary else { preconditionFailure("codes without a dictionary") }
      let kept = buffer.compacted(count, validity, valueCount)
      return ChunkEncoder.codes(
        kept.base, count: valueCount, type: type, domain: dictionary.view, validity: nil,
        nullCount: 0)
    }
  }

  /// Takes text out of the dictionary; the first `count` rows stay what they are. False if that
  /// would take too much memory: then nothing changes.
  mutating func makePlain(count: Int) -> Bool {
    guard case .codes(let codes) = values, let dictionary else { return true }
    let view = dictionary.view
    let validity = validityBitmap(count)
    var byteCount = 0
    for row in 0..<count where validity?[row] ?? true {
      byteCount += view.bytes(codes.base[row]).count
    }
    guard byteCount <= PlainText.maximumByteCount else { return false }
    var text = PlainText(capacity: capacity)
    for row in 0..<count {
      let isNull = validity.map { !$0[row] } ?? false
      text.append(
        isNull ? UnsafeBufferPointer(start: nil, count: 0) : view.bytes(codes.base[row]), row: row)
    }
    values = .plain(text)
    return true
  }

  private func viewEncoding(_ count: Int) -> Encoding {
    switch values {
    case .booleans(let words): .bits(copyBits(words, count))
    case .integers(let buffer): .frameOfReference(base: 0, .bytes8(buffer))
    case .doubles(let buffer): .doubles(buffer)
    case .codes(let buffer): .dictionary(domainDictionary, .bytes4(buffer))
    case .plain(let text): .pool(text.pool(count))
    }
  }

  private var domainDictionary: ChunkDictionary {
    guard let dictionary else { preconditionFailure("codes without a dictionary") }
    let view = dictionary.view
    return ChunkDictionary(domain: view, domainCodes: nil, count: view.count)
  }

  private var zone: ZoneMap {
    var zone = ZoneMap(bounds: nil, isUnbounded: false, nullCount: nullCount)
    switch values {
    // A tail's booleans are not looked at: both may be there.
    case .booleans: zone.bounds = .integers(0...1)
    case .integers: zone.bounds = .integers(leastInteger...greatestInteger)
    case .doubles where !hasNaN: zone.bounds = .doubles(leastDouble...greatestDouble)
    case .doubles, .codes, .plain: zone.isUnbounded = true
    }
    return zone
  }

  private func validityBitmap(_ count: Int) -> Bitmap? {
    guard nullCount > 0, let validity else { return nil }
    return copyBits(validity, count)
  }

  private func copyBits(_ words: Buffer<UInt64>, _ count: Int) -> Bitmap {
    let wordCount = (count + 63) / 64
    let copy = Buffer<UInt64>(capacity: wordCount)
    copy.base.update(from: words.base, count: wordCount)
    if count % 64 != 0 { copy.base[wordCount - 1] &= (1 &<< UInt64(count % 64)) &- 1 }
    return Bitmap(words: copy, count: count)
  }
}

extension Buffer {
  /// The elements of the first `count` rows that are not null.
  fileprivate func compacted(_ count: Int, _ validity: Bitmap, _ valueCount: Int) -> Buffer {
    // Each row is written, a null one to be written over: no branch per row.
    let kept = Buffer(capacity: valueCount + 1)
    var next = 0
    for row in 0..<count {
      kept.base[next] = base[row]
      next &+= validity[row] ? 1 : 0
    }
    return kept
  }
}

extension Buffer<UInt64> {
  /// The same memory as signed integers.
  var signed: UnsafeMutablePointer<Int64> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Int64.self)
  }
}
