extension TailColumn {
  /// The given rows only, in new memory.
  func keeping(_ rows: [Int], capacity: Int) -> TailColumn {
    var isPlain = false
    if case .plain = values { isPlain = true }
    var kept = TailColumn(
      type: type, dictionary: dictionary, isPlain: isPlain, capacity: capacity)
    // Bounds may be wider than what is left.
    kept.leastInteger = leastInteger
    kept.greatestInteger = greatestInteger
    kept.leastDouble = leastDouble
    kept.greatestDouble = greatestDouble
    kept.hasNaN = hasNaN
    keepValidity(rows, in: &kept)
    switch (values, kept.values) {
    case (.booleans(let source), .booleans(let target)):
      let bits = Bitmap(words: source, count: source.capacity * 64)
      for (place, row) in rows.enumerated() { setBit(target.base, place, bits[row]) }
    case (.integers(let source), .integers(let target)):
      for (place, row) in rows.enumerated() { target.base[place] = source.base[row] }
    case (.doubles(let source), .doubles(let target)):
      for (place, row) in rows.enumerated() { target.base[place] = source.base[row] }
    case (.codes(let source), .codes(let target)):
      for (place, row) in rows.enumerated() { target.base[place] = source.base[row] }
    case (.plain(let source), .plain(var target)):
      for (place, row) in rows.enumerated() { target.append(source[row], row: place) }
      kept.values = .plain(target)
    default: preconditionFailure("a column keeps its kind")
    }
    return kept
  }

  private func keepValidity(_ rows: [Int], in kept: inout TailColumn) {
    guard let validity, nullCount > 0 else { return }
    let words = Buffer<UInt64>(repeating: .max, count: (kept.capacity + 63) / 64)
    for (place, row) in rows.enumerated() {
      let isValid = (validity.base[row &>> 6] &>> UInt64(row & 63)) & 1 != 0
      setBit(words.base, place, isValid)
      kept.nullCount += isValid ? 0 : 1
    }
    kept.validity = words
  }
}
