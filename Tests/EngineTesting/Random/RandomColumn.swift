public import ColumnStore

/// A column of a random table: its type, and what kind of values it has.
public struct RandomColumn: Sendable {
  public enum Content: Sendable, CaseIterable {
    /// 0, 1, 2 ... in the order of the rows.
    case serial
    case smallInteger, integer, extremeInteger
    /// Multiples of 0.25: their sums are exact.
    case double
    case hundredths
    /// NaN, infinities, both zeroes, the smallest and greatest numbers.
    case specialDouble
    case boolean
    /// A few words; tables share them.
    case key
    /// Empty, with spaces, beyond ASCII, of equal looks but other bytes.
    case unicodeText
    /// Another text for nearly every row.
    case longText
    case date, timestamp, timestampWithTimeZone
  }

  public var name: String
  public var content: Content
  public var nullShare: Double

  public init(_ name: String, _ content: Content, nullShare: Double = 0) {
    self.name = name
    self.content = content
    self.nullShare = nullShare
  }

  public var type: DataType {
    switch content {
    case .serial, .smallInteger, .integer, .extremeInteger: .integer
    case .double, .hundredths, .specialDouble: .double
    case .boolean: .boolean
    case .key, .unicodeText, .longText: .text
    case .date: .date
    case .timestamp: .timestamp
    case .timestampWithTimeZone: .timestampWithTimeZone
    }
  }

  /// Whether arithmetic over it stays in range.
  public var isTame: Bool { content != .extremeInteger && content != .specialDouble }

  public static let keys = (0..<12).map { "k\($0)" }
  static let texts = [
    "", " ", "a", "A", "ab", "aB%", "under_score", "tab\there", "quote\"d", "it's", "comma, too",
    "ünïcödé", "UNICODE", "日本語", "🦊", "e\u{301}", "é", "z", "zz", "a\u{0}b",
  ].filter { !$0.contains("\0") }
  static let doubles: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 2.2250738585072014e-308, 1.7976931348623157e308,
    0.1, 1e15 + 0.5,
  ]
  static let integers: [Int64] = [
    .min, .min + 1, -1, 0, 1, .max - 1, .max, 1 << 31, 1 << 32, -(1 << 31), 1 << 53,
  ]

  /// `day` is the first day of the table's rows; `days` how many there are.
  func value(row: Int, day: Int64, days: Int, _ random: inout SplitMix64) -> Value {
    if nullShare > 0, random.chance(nullShare) { return .null }
    let perDay = Int(Calendar.millisecondsPerDay)
    /// Small numbers are more frequent.
    func skewed(_ bound: Int) -> Int { min(random.below(bound), random.below(bound)) }
    switch content {
    case .serial: return .integer(Int64(row))
    case .smallInteger: return .integer(Int64(skewed(10)))
    case .integer: return .integer(Int64(random.below(2_001) - 1_000))
    case .extremeInteger: return .integer(random.pick(Self.integers))
    case .double: return .double(Double(random.below(2_001) - 1_000) / 4)
    case .hundredths: return .double(Double(skewed(10_000)) / 100)
    case .specialDouble: return .double(random.pick(Self.doubles))
    case .boolean: return .boolean(random.chance(0.7))
    case .key: return .text(Self.keys[skewed(Self.keys.count)])
    case .unicodeText: return .text(random.pick(Self.texts))
    case .longText: return .text("row \(row) of \(random.below(1_000_000))")
    case .date: return .date(day + Int64(random.below(days)))
    case .timestamp:
      return .timestamp(day * Int64(perDay) + Int64(random.below(days * perDay)))
    case .timestampWithTimeZone:
      // Few distinct instants, some to the millisecond.
      let hour = Int64(random.below(days * 24)) * 3_600_000
      return .timestampWithTimeZone(
        day * Int64(perDay) + hour + Int64(random.chance(0.2) ? random.below(1_000) : 0))
    }
  }
}
