public import ColumnStore

extension Value {
  /// Below, at or above zero as PostgreSQL orders two values of one type, neither of them null: text
  /// by bytes, NaN above every number, intervals with months of 30 days.
  public func order(_ other: Value) -> Int {
    func compare<Operand: Comparable>(_ a: Operand, _ b: Operand) -> Int {
      a < b ? -1 : a == b ? 0 : 1
    }
    switch (self, other) {
    case (.boolean(let a), .boolean(let b)): return compare(a ? 1 : 0, b ? 1 : 0)
    case (.integer(let a), .integer(let b)), (.timestamp(let a), .timestamp(let b)),
      (.timestampWithTimeZone(let a), .timestampWithTimeZone(let b)), (.date(let a), .date(let b)):
      return compare(a, b)
    case (.double(let a), .double(let b)):
      if a.isNaN || b.isNaN { return compare(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) }
      return compare(a, b)
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)):
      if a.utf8.elementsEqual(b.utf8) { return 0 }
      return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    case (.interval(let a), .interval(let b)):
      return compare(a.comparableMilliseconds, b.comparableMilliseconds)
    case (.array(let a), .array(let b)):
      for (x, y) in zip(a, b) {
        // A null element is greater than any other.
        let order = x.isNull || y.isNull ? compare(x.isNull ? 1 : 0, y.isNull ? 1 : 0) : x.order(y)
        if order != 0 { return order }
      }
      return compare(a.count, b.count)
    default: preconditionFailure("\(self) and \(other) are not compared")
    }
  }
}

/// A row to look up by: equal for values that GROUP BY takes for one. Swift's strings are equal
/// however their accents are composed, its NaN equals nothing; SQL's are the other way round.
public struct RowKey: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case null
    case word(UInt64)
    case wide(Int128)
    case bytes([UInt8])
    case parts([Part])
  }

  private let parts: [Part]

  public init(_ values: [Value]) {
    parts = values.map(Self.part)
  }

  private static func part(_ value: Value) -> Part {
    switch value {
    case .null: .null
    case .boolean(let value): .word(value ? 1 : 0)
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      .word(UInt64(bitPattern: value))
    case .double(let value):
      .word(value == 0 ? 0 : value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    case .text(let text), .json(let text): .bytes(Array(text.utf8))
    case .interval(let interval): .wide(interval.comparableMilliseconds)
    case .array(let values): .parts(values.map(part))
    case .hyperLogLog, .digest: preconditionFailure("sketch states are not grouped by")
    }
  }
}
