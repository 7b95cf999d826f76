public import Sketches

/// One value of any type: literals, results and everything that is looked at one at a time.
///
/// Columns never hold `Value`s; see `Chunk`.
///
/// Equal as SQL has it: texts by their bytes, however their accents are composed, and NaN to itself.
public enum Value: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case text(String)
  /// Milliseconds since 1970-01-01 00:00, wall clock.
  case timestamp(Int64)
  /// Milliseconds since 1970-01-01 00:00 UTC.
  case timestampWithTimeZone(Int64)
  /// Days since 1970-01-01.
  case date(Int64)
  case interval(Interval)
  case json(String)
  case hyperLogLog(HyperLogLog)
  case digest(TDigest)
  case array([Value])

  public var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

extension Value: Hashable {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)), (.timestamp(let left), .timestamp(let right)),
      (.timestampWithTimeZone(let left), .timestampWithTimeZone(let right)),
      (.date(let left), .date(let right)):
      left == right
    case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
    case (.text(let left), .text(let right)), (.json(let left), .json(let right)):
      left.utf8.elementsEqual(right.utf8)
    case (.interval(let left), .interval(let right)): left == right
    case (.hyperLogLog(let left), .hyperLogLog(let right)): left == right
    case (.digest(let left), .digest(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: break
    case .boolean(let value): hasher.combine(value)
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      hasher.combine(value)
    case .double(let value): hasher.combine(value.isNaN ? .nan : value)
    case .text(var text), .json(var text):
      // By the bytes: Swift's hash of all spellings of a text is one, which whoever sends texts could use.
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      hasher.combine(UInt8.max)
    case .interval(let interval): hasher.combine(interval)
    case .hyperLogLog(let state): hasher.combine(state)
    case .digest(let state): hasher.combine(state)
    case .array(let values): hasher.combine(values)
    }
  }
}

/// A span of time as PostgreSQL has it: months and days are kept apart, since their length varies.
public struct Interval: Hashable, Sendable {
  public var months: Int32
  public var days: Int32
  public var milliseconds: Int64

  public init(months: Int32 = 0, days: Int32 = 0, milliseconds: Int64 = 0) {
    self.months = months
    self.days = days
    self.milliseconds = milliseconds
  }
}
