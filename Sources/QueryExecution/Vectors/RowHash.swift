import ColumnStore

/// Hashes of rows over several columns, for grouping and joining.
///
/// Rows that `RowEquality` calls equal have equal hashes in any two vectors of one type, whatever
/// their storage and source. The hash is not for storing: it may change from version to version.
public enum RowHash {
  /// One hash per row; of no vectors: all equal.
  public static func hashes(of vectors: [Vector], count: Int) -> [UInt64] {
    var hashes = [UInt64](repeating: seed, count: count)
    for vector in vectors { combine(vector, into: &hashes) }
    return hashes
  }

  private static let seed: UInt64 = 0x243F_6A88_85A3_08D3
  private static let nullHash: UInt64 = 0xA409_3822_299F_31D0

  @inline(__always)
  private static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let product = (hash ^ value).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low ^ value &* 0xD6E8_FEB8_6659_FD93
  }

  private static func combine(_ vector: Vector, into hashes: inout [UInt64]) {
    switch vector.storage {
    case .constant(let value):
      let own = value.isNull ? nullHash : hash(value)
      for row in hashes.indices { hashes[row] = mix(hashes[row], own) }
    case .booleans(let values):
      combine(values, vector.validity, &hashes) { UInt64($0) }
    case .integers(let values):
      combine(values, vector.validity, &hashes) { UInt64(bitPattern: $0) }
    case .doubles(let values):
      combine(values, vector.validity, &hashes) { UInt64(bitPattern: orderKey($0)) }
    case .text(let codes, let source):
      let distinct = DistinctCodes(codes, validity: vector.validity, entryCount: source.entryCount)
      var own = TextEntries.withEntries(of: source) { entries in
        distinct.codes.map { hash(entries[$0]) }
      }
      if own.isEmpty { own = [nullHash] }
      combine(distinct.slots, vector.validity, &hashes) { own[Int($0)] }
    case .objects(let values):
      for row in hashes.indices {
        let isNull = vector.validity.map { $0[row] == 0 } ?? false || values[row].isNull
        hashes[row] = mix(hashes[row], isNull ? nullHash : hash(values[row]))
      }
    }
  }

  @inline(__always)
  private static func combine<Element: BitwiseCopyable>(
    _ values: [Element], _ validity: [UInt8]?, _ hashes: inout [UInt64],
    _ bits: (Element) -> UInt64
  ) {
    precondition(values.count == hashes.count, "vectors of different length")
    values.withUnsafeBufferPointer { values in
      hashes.withUnsafeMutableBufferPointer { hashes in
        guard let validity else {
          for row in 0..<hashes.count { hashes[row] = mix(hashes[row], bits(values[row])) }
          return
        }
        validity.withUnsafeBufferPointer { validity in
          for row in 0..<hashes.count {
            hashes[row] = mix(
              hashes[row], validity[row] == 0 ? nullHash : bits(values[row]))
          }
        }
      }
    }
  }

  static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var result = mix(seed, UInt64(text.count))
    let bytes = UnsafeRawBufferPointer(text)
    var index = 0
    while index + 8 <= bytes.count {
      result = mix(result, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var tail: UInt64 = 0
    while index < bytes.count {
      tail = tail &<< 8 | UInt64(bytes[index])
      index += 1
    }
    return mix(result, tail)
  }

  private static func hash(_ value: Value) -> UInt64 {
    switch value {
    case .null: return nullHash
    case .boolean(let value): return value ? 1 : 0
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      return UInt64(bitPattern: value)
    case .double(let value): return UInt64(bitPattern: orderKey(value))
    case .text(var text), .json(var text): return text.withUTF8 { hash($0) }
    case .interval(let interval):
      let length = interval.comparableMilliseconds
      return UInt64(truncatingIfNeeded: length)
    case .array(let elements): return elements.reduce(seed) { mix($0, hash($1)) }
    case .hyperLogLog, .digest: return UInt64(bitPattern: Int64(value.hashValue))
    }
  }
}

/// Whether rows of two sets of vectors are equal, for grouping and joining: nulls are equal to each
/// other, NaN to NaN, 0 to -0.
public struct RowEquality: Sendable {
  fileprivate enum Pair: Sendable {
    case integers([Int64], [Int64])
    case codes([UInt32], [UInt32])
    case text(Vector, Vector)
    case values(Vector, Vector)
  }

  private struct Column: Sendable {
    var pair: Pair
    var leftValidity: [UInt8]?
    var rightValidity: [UInt8]?
  }

  private var columns: [Column] = []

  /// Vector i of the one side is compared with vector i of the other, which has its type.
  public init(_ left: [Vector], _ right: [Vector]) {
    precondition(left.count == right.count, "sides of different width")
    for (left, right) in zip(left, right) {
      let left = left.expanded()
      let right = right.expanded()
      let pair: Pair
      switch (left.storage, right.storage) {
      case (.text(let leftCodes, let leftSource), .text(let rightCodes, let rightSource)):
        pair =
          leftSource.sharesCodes(with: rightSource)
          ? .codes(leftCodes, rightCodes) : .text(left, right)
      case (.objects, _), (_, .objects): pair = .values(left, right)
      default: pair = .integers(left.orderKeys(), right.orderKeys())
      }
      columns.append(
        Column(pair: pair, leftValidity: left.validity, rightValidity: right.validity))
    }
  }

  /// One row with one row: for few of them.
  public func equal(_ left: Int, _ right: Int) -> Bool {
    matches([UInt32(left)], [UInt32(right)])[0] != 0
  }

  /// 1 for each i where row `left[i]` equals row `right[i]`, else 0.
  public func matches(_ left: [UInt32], _ right: [UInt32]) -> [UInt8] {
    precondition(left.count == right.count, "pairs with one side missing")
    var result = [UInt8](repeating: 1, count: left.count)
    for column in columns {
      var own = column.pair.matches(left, right)
      if column.leftValidity != nil || column.rightValidity != nil {
        for i in left.indices {
          let isLeftValid = column.leftValidity.map { $0[Int(left[i])] } ?? 1
          let isRightValid = column.rightValidity.map { $0[Int(right[i])] } ?? 1
          if isLeftValid & isRightValid == 0 { own[i] = isLeftValid == isRightValid ? 1 : 0 }
        }
      }
      for i in result.indices { result[i] &= own[i] }
    }
    return result
  }
}

extension RowEquality.Pair {
  /// What null rows get is arbitrary.
  fileprivate func matches(_ left: [UInt32], _ right: [UInt32]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: left.count)
    switch self {
    case .integers(let lefts, let rights):
      for i in left.indices { result[i] = lefts[Int(left[i])] == rights[Int(right[i])] ? 1 : 0 }
    case .codes(let lefts, let rights):
      for i in left.indices { result[i] = lefts[Int(left[i])] == rights[Int(right[i])] ? 1 : 0 }
    case .text(let lefts, let rights):
      TextRows.withRows(of: lefts) { lefts in
        TextRows.withRows(of: rights) { rights in
          for i in left.indices {
            result[i] = equalBytes(lefts[Int(left[i])], rights[Int(right[i])]) ? 1 : 0
          }
        }
      }
    case .values(let lefts, let rights):
      for i in left.indices {
        let leftValue = lefts.value(at: Int(left[i]))
        let rightValue = rights.value(at: Int(right[i]))
        // Sketch states have no order, only identity.
        let isEqual =
          switch leftValue {
          case .hyperLogLog, .digest: leftValue == rightValue
          default: compareValues(leftValue, rightValue) == 0
          }
        result[i] = isEqual ? 1 : 0
      }
    }
    return result
  }
}
