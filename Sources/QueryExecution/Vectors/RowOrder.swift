import ColumnStore

extension Vector {
  /// One number per row that orders rows of this vector as their values: equal numbers for equal
  /// values. What null rows get is arbitrary.
  ///
  /// Text is ordered by bytes (collation "C"), NaN is above all numbers, intervals count months as
  /// 30 days. Sketch states have no order: they are all equal.
  public func orderKeys() -> [Int64] {
    switch storage {
    case .constant: return [Int64](repeating: 0, count: count)
    case .booleans(let values): return values.map { Int64($0) }
    case .integers(let values): return values
    case .doubles(let values): return values.map { orderKey($0) }
    case .text(let codes, let source):
      let distinct = DistinctCodes(codes, validity: validity, entryCount: source.entryCount)
      let ranks = TextEntries.withEntries(of: source) { entries in
        Self.ranks(count: distinct.codes.count) {
          compareBytes(entries[distinct.codes[$0]], entries[distinct.codes[$1]])
        }
      }
      if ranks.isEmpty { return [Int64](repeating: 0, count: count) }
      return distinct.slots.map { ranks[Int($0)] }
    case .objects(let values):
      return Self.ranks(count: values.count) { compareValues(values[$0], values[$1]) }
    }
  }

  private static func ranks(count: Int, _ compare: (Int, Int) -> Int) -> [Int64] {
    let sorted = (0..<count).sorted { compare($0, $1) < 0 }
    var ranks = [Int64](repeating: 0, count: count)
    var rank: Int64 = 0
    for index in sorted.indices {
      if index > 0, compare(sorted[index - 1], sorted[index]) != 0 { rank += 1 }
      ranks[sorted[index]] = rank
    }
    return ranks
  }
}

/// Integers order as the doubles do: -0 equals 0, NaN is above all.
@inline(__always)
func orderKey(_ value: Double) -> Int64 {
  if value.isNaN { return .max }
  let bits = Int64(bitPattern: (value + 0).bitPattern)
  // Below zero larger magnitudes are smaller numbers.
  return bits < 0 ? Int64.min &- bits : bits
}

/// Orders two values of one type that are not null; elements of arrays that are null come last.
func compareValues(_ left: Value, _ right: Value) -> Int {
  func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }
  switch (left, right) {
  case (.null, .null): return 0
  case (.null, _): return 1
  case (_, .null): return -1
  case (.boolean(let left), .boolean(let right)): return order(left ? 1 : 0, right ? 1 : 0)
  case (.double(let left), .double(let right)): return order(orderKey(left), orderKey(right))
  case (.text(var left), .text(var right)), (.json(var left), .json(var right)):
    return left.withUTF8 { left in right.withUTF8 { compareBytes(left, $0) } }
  case (.interval(let left), .interval(let right)):
    return order(left.comparableMilliseconds, right.comparableMilliseconds)
  case (.array(let left), .array(let right)):
    for (left, right) in zip(left, right) {
      let result = compareValues(left, right)
      if result != 0 { return result }
    }
    return order(left.count, right.count)
  default:
    guard let left = left.integerBits, let right = right.integerBits else { return 0 }
    return order(left, right)
  }
}

/// Compares rows by several columns, each ascending or descending, nulls first or last.
public struct RowOrder: Sendable {
  private struct Column: Sendable {
    var keys: [Int64]
    var validity: [UInt8]?
    var isDescending: Bool
    var nullsFirst: Bool
  }

  private var columns: [Column] = []
  private var rowCount = 0

  public init() {}

  /// Adds a column that decides where those before are equal.
  public mutating func append(
    _ vector: Vector, isDescending: Bool = false, nullsFirst: Bool = false
  ) {
    rowCount = vector.count
    // A constant orders nothing.
    if vector.isConstant { return }
    columns.append(
      Column(
        keys: vector.orderKeys(), validity: vector.validity, isDescending: isDescending,
        nullsFirst: nullsFirst))
  }

  /// -1, 0 or 1.
  public func compare(_ left: Int, _ right: Int) -> Int {
    for column in columns {
      if let validity = column.validity, validity[left] & validity[right] == 0 {
        if validity[left] == validity[right] { continue }
        return (validity[left] == 0) == column.nullsFirst ? -1 : 1
      }
      let leftKey = column.keys[left]
      let rightKey = column.keys[right]
      if leftKey != rightKey { return (leftKey < rightKey) != column.isDescending ? -1 : 1 }
    }
    return 0
  }

  /// All rows in order; equal rows keep theirs.
  public func sortedRows() -> [UInt32] {
    [UInt32].ascending(rowCount).sorted { left, right in
      let order = compare(Int(left), Int(right))
      return order < 0 || (order == 0 && left < right)
    }
  }
}
