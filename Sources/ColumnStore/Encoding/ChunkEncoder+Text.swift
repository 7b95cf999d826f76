extension ChunkEncoder {
  /// Up to so many rows a table that is not split by day keeps all its text in dictionaries.
  package static let longestSharedList = 1 << 20

  /// Text in a dictionary. `codes` are the domain's; those of null rows do not matter.
  package static func codes(
    _ codes: UnsafePointer<UInt32>, count: Int, type: DataType, domain: DictionaryView,
    validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    guard nullCount < count else { return nulls(count, type: type) }
    let used = UsedCodes(codes, count: count, validity: validity)
    return self.codes(
      codes, count: count, type: type, domain: domain, used: used, validity: validity,
      nullCount: nullCount)
  }

  static func codes(
    _ codes: UnsafePointer<UInt32>, count: Int, type: DataType, domain: DictionaryView,
    used: UsedCodes, validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    let zone = ZoneMap(bounds: nil, isUnbounded: true, nullCount: nullCount)
    func chunk(_ encoding: Encoding) -> Chunk {
      bitPacked(
        Chunk(type: type, rowCount: count, encoding: encoding, validity: validity, zone: zone))
    }
    if used.count == 1, nullCount == 0 {
      return chunk(.constant(type.value(text: domain.string(used.least))))
    }
    let ownWidth = width(used.count)
    guard ownWidth < width(domain.count) else {
      let direct = ChunkDictionary(domain: domain, domainCodes: nil, count: domain.count)
      return switch width(domain.count) {
      case 1: chunk(.dictionary(direct, .bytes1(narrow(codes, count, validity, used.least))))
      case 2: chunk(.dictionary(direct, .bytes2(narrow(codes, count, validity, used.least))))
      default: chunk(.dictionary(direct, .bytes4(narrow(codes, count, validity, used.least))))
      }
    }
    let ranks = used.ranks()
    let own = ChunkDictionary(
      domain: domain, domainCodes: used.ascending(), count: used.count)
    return ownWidth == 1
      ? chunk(.dictionary(own, .bytes1(rank(codes, count, validity, used, ranks))))
      : chunk(.dictionary(own, .bytes2(rank(codes, count, validity, used, ranks))))
  }

  /// Bytes per code where there are `count` of them.
  private static func width(_ count: Int) -> Int {
    count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4
  }

  private static func narrow<Width: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ codes: UnsafePointer<UInt32>, _ count: Int, _ validity: Bitmap?, _ substitute: UInt32
  ) -> Buffer<Width> {
    let packed = Buffer<Width>(capacity: count)
    let target = packed.base
    for row in 0..<count { target[row] = Width(truncatingIfNeeded: codes[row]) }
    if let validity {
      for row in 0..<count where !validity[row] {
        target[row] = Width(truncatingIfNeeded: substitute)
      }
    }
    return packed
  }

  private static func rank<Width: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ codes: UnsafePointer<UInt32>, _ count: Int, _ validity: Bitmap?, _ used: UsedCodes,
    _ ranks: Buffer<UInt32>
  ) -> Buffer<Width> {
    let packed = Buffer<Width>(capacity: count)
    let target = packed.base
    let words = used.words.base
    let before = ranks.base
    let least = used.least
    if let validity {
      for row in 0..<count {
        guard validity[row] else {
          target[row] = 0
          continue
        }
        let position = codes[row] &- least
        let word = Int(position &>> 6)
        let below = words[word] & ((1 &<< UInt64(position & 63)) &- 1)
        target[row] = Width(truncatingIfNeeded: before[word] &+ UInt32(below.nonzeroBitCount))
      }
    } else {
      for row in 0..<count {
        let position = codes[row] &- least
        let word = Int(position &>> 6)
        let below = words[word] & ((1 &<< UInt64(position & 63)) &- 1)
        target[row] = Width(truncatingIfNeeded: before[word] &+ UInt32(below.nonzeroBitCount))
      }
    }
    return packed
  }
}

/// The set of codes that occur in a chunk, as bits from the least to the greatest: a code's rank in
/// it is its code in a dictionary of the chunk's own, without sorting.
struct UsedCodes {
  /// The code of bit 0.
  let least: UInt32
  let words: Buffer<UInt64>
  let count: Int

  /// At least one row is not null.
  init(_ codes: UnsafePointer<UInt32>, count: Int, validity: Bitmap?) {
    var least = UInt32.max
    var greatest: UInt32 = 0
    if let validity {
      for row in 0..<count where validity[row] {
        least = min(least, codes[row])
        greatest = max(greatest, codes[row])
      }
    } else {
      for row in 0..<count {
        least = min(least, codes[row])
        greatest = max(greatest, codes[row])
      }
    }
    let words = Buffer<UInt64>(repeating: 0, count: Int(greatest - least) / 64 + 1)
    let bits = words.base
    if let validity {
      for row in 0..<count where validity[row] {
        let position = codes[row] &- least
        bits[Int(position &>> 6)] |= 1 &<< UInt64(position & 63)
      }
    } else {
      for row in 0..<count {
        let position = codes[row] &- least
        bits[Int(position &>> 6)] |= 1 &<< UInt64(position & 63)
      }
    }
    var used = 0
    for word in 0..<words.capacity { used += bits[word].nonzeroBitCount }
    self.least = least
    self.words = words
    self.count = used
  }

  /// For each word, how many codes come before it.
  func ranks() -> Buffer<UInt32> {
    let ranks = Buffer<UInt32>(capacity: words.capacity)
    var before: UInt32 = 0
    for word in 0..<words.capacity {
      ranks.base[word] = before
      before += UInt32(words.base[word].nonzeroBitCount)
    }
    return ranks
  }

  func ascending() -> Buffer<UInt32> {
    let codes = Buffer<UInt32>(capacity: count)
    var next = 0
    for word in 0..<words.capacity {
      var bits = words.base[word]
      while bits != 0 {
        codes.base[next] = least + UInt32(word * 64 + bits.trailingZeroBitCount)
        next += 1
        bits &= bits - 1
      }
    }
    return codes
  }
}
