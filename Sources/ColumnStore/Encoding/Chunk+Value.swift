extension Chunk {
  /// One row as a value: for results, tools and tests. `row` is below `rowCount`.
  ///
  /// Compressed text is decompressed by every call; `values()` does it once.
  public func value(at row: Int) throws(DamagedChunk) -> Value {
    if let validity, !validity[row] { return .null }
    if case .compressedText(let text) = encoding {
      return type.value(text: try text.decompress().string(row))
    }
    if case .sparse(let sparse) = encoding {
      return try sparse.values.value(at: sparse.rank(of: row))
    }
    return plainValue(at: row)
  }

  /// All rows as values.
  public func values() throws(DamagedChunk) -> [Value] {
    if case .compressedText(let text) = encoding {
      let pool = try text.decompress()
      return (0..<rowCount).map { row in
        if let validity, !validity[row] { return .null }
        return type.value(text: pool.string(row))
      }
    }
    if case .sparse(let sparse) = encoding {
      let values = try sparse.values.values()
      return (0..<rowCount).map { sparse.validity[$0] ? values[sparse.rank(of: $0)] : .null }
    }
    return (0..<rowCount).map { row in
      if let validity, !validity[row] { return .null }
      return plainValue(at: row)
    }
  }

  private func plainValue(at row: Int) -> Value {
    switch encoding {
    case .constant(let value): value
    case .bits(let bits): .boolean(bits[row])
    case .frameOfReference(let base, let deltas):
      value(.frameOfReference(base: base), deltas[row])
    case .decimal(let exponent, let base, let deltas):
      value(.decimal(exponent: exponent, base: base), deltas[row])
    case .doubles(let values): .double(values.base[row])
    case .dictionary(let dictionary, let codes): value(.dictionary(dictionary), codes[row])
    case .bitPacked(let packed): value(packed.shape, packed.bits[row])
    case .uuids(let words):
      type.value(
        text: UUIDText.string(high: words.base[2 * row], low: words.base[2 * row + 1]))
    case .pool(let pool): type.value(text: pool.string(row))
    case .compressedText, .sparse: preconditionFailure("taken apart by the caller")
    }
  }

  private func value(_ shape: BitPackedValues.Shape, _ integer: UInt64) -> Value {
    switch shape {
    case .frameOfReference(let base): type.value(integer: base &+ Int64(bitPattern: integer))
    case .decimal(let exponent, let base):
      .double(Double(base &+ Int64(bitPattern: integer)) / ChunkEncoder.powersOfTen[exponent])
    case .dictionary(let dictionary):
      type.value(text: dictionary.string(UInt32(truncatingIfNeeded: integer)))
    }
  }
}

extension ChunkDictionary {
  /// The domain's code for a code of the chunk.
  public func domainCode(_ code: UInt32) -> UInt32 {
    domainCodes.map { $0.base[Int(code)] } ?? code
  }

  public func string(_ code: UInt32) -> String {
    domain.string(domainCode(code))
  }
}
