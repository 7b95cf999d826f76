/// Chooses how the rows of a chunk lie in memory, by what they hold.
///
/// All functions take `nullCount` and, if it is not 0, a validity bitmap; what null rows hold in the
/// input does not matter. A chunk in which all rows are null is made by `nulls`.
package enum ChunkEncoder {
  package static func nulls(_ rowCount: Int, type: DataType) -> Chunk {
    Chunk(
      type: type, rowCount: rowCount, encoding: .constant(.null), validity: nil,
      zone: ZoneMap(bounds: nil, isUnbounded: false, nullCount: rowCount))
  }

  /// `words` holds one bit per row.
  package static func booleans(
    _ words: UnsafePointer<UInt64>, count: Int, validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    guard nullCount < count else { return nulls(count, type: .boolean) }
    let wordCount = (count + 63) / 64
    let copy = Buffer<UInt64>(capacity: wordCount)
    var trueCount = 0
    for word in 0..<wordCount {
      let rowsLeft = count - word * 64
      let inRange = rowsLeft < 64 ? (1 &<< UInt64(rowsLeft)) &- 1 : UInt64.max
      let valid = validity?.words.base[word] ?? .max
      // Null rows hold false.
      copy.base[word] = words[word] & inRange & valid
      trueCount += copy.base[word].nonzeroBitCount
    }
    let falseCount = count - nullCount - trueCount
    let bounds: ClosedRange<Int64> = (falseCount > 0 ? 0 : 1)...(trueCount > 0 ? 1 : 0)
    let isConstant = nullCount == 0 && (trueCount == 0 || falseCount == 0)
    return Chunk(
      type: .boolean, rowCount: count,
      encoding: isConstant
        ? .constant(.boolean(trueCount > 0)) : .bits(Bitmap(words: copy, count: count)),
      validity: validity,
      zone: ZoneMap(bounds: .integers(bounds), isUnbounded: false, nullCount: nullCount))
  }

  /// Integers, timestamps and dates.
  package static func integers(
    _ values: UnsafePointer<Int64>, count: Int, type: DataType, validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    guard nullCount < count else { return nulls(count, type: type) }
    let range = bounds(values, count: count, validity: validity)
    let encoding: Encoding =
      range.lowerBound == range.upperBound && nullCount == 0
      ? .constant(type.value(integer: range.lowerBound))
      : .frameOfReference(
        base: range.lowerBound,
        packDeltas(values, count: count, range: range, validity: validity))
    return bitPacked(
      Chunk(
        type: type, rowCount: count, encoding: encoding, validity: validity,
        zone: ZoneMap(bounds: .integers(range), isUnbounded: false, nullCount: nullCount)))
  }

  /// The least and greatest value that is not null; there is one.
  static func bounds(
    _ values: UnsafePointer<Int64>, count: Int, validity: Bitmap?
  ) -> ClosedRange<Int64> {
    var least = Int64.max
    var greatest = Int64.min
    if let validity {
      let words = validity.words.base
      for row in 0..<count where (words[row &>> 6] &>> UInt64(row & 63)) & 1 != 0 {
        least = min(least, values[row])
        greatest = max(greatest, values[row])
      }
    } else {
      for row in 0..<count {
        least = min(least, values[row])
        greatest = max(greatest, values[row])
      }
    }
    return least...greatest
  }

  /// `value &- range.lowerBound` in the narrowest width; null rows hold 0.
  static func packDeltas(
    _ values: UnsafePointer<Int64>, count: Int, range: ClosedRange<Int64>, validity: Bitmap?
  ) -> PackedIntegers {
    // The difference of two Int64 always fits 64 bits without sign.
    let widest = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    let base = range.lowerBound
    return switch widest {
    case 0...0xFF: .bytes1(pack(values, count: count, base: base, validity: validity))
    case 0...0xFFFF: .bytes2(pack(values, count: count, base: base, validity: validity))
    case 0...0xFFFF_FFFF: .bytes4(pack(values, count: count, base: base, validity: validity))
    default: .bytes8(pack(values, count: count, base: base, validity: validity))
    }
  }

  private static func pack<Width: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ values: UnsafePointer<Int64>, count: Int, base: Int64, validity: Bitmap?
  ) -> Buffer<Width> {
    let packed = Buffer<Width>(capacity: count)
    let target = packed.base
    if let validity {
      let words = validity.words.base
      for row in 0..<count {
        let bit = (words[row &>> 6] &>> UInt64(row & 63)) & 1
        let delta = UInt64(bitPattern: values[row] &- base) & (0 &- bit)
        target[row] = Width(truncatingIfNeeded: delta)
      }
    } else {
      for row in 0..<count { target[row] = Width(truncatingIfNeeded: values[row] &- base) }
    }
    return packed
  }
}

extension DataType {
  /// The value that an integer stands for in a column of this type.
  package func value(integer: Int64) -> Value {
    switch self {
    case .timestamp: .timestamp(integer)
    case .timestampWithTimeZone: .timestampWithTimeZone(integer)
    case .date: .date(integer)
    default: .integer(integer)
    }
  }

  /// The value that a string stands for in a column of this type.
  /// A text that is no state of a sketch is null; none gets into a table of such.
  package func value(text: String) -> Value {
    switch self {
    case .json: .json(text)
    case .hyperLogLog, .digest:
      Array(text.utf8).withUnsafeBufferPointer {
        SketchText.state($0, type: self) ?? .null
      }
    default: .text(text)
    }
  }
}
