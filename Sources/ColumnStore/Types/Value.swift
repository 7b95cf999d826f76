public import Sketches

/// One value of any type: literals, results and everything that is looked at one at a time.
///
/// Columns never hold `Value`s; see `Chunk`.
public enum Value: Hashable, Sendable {
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
