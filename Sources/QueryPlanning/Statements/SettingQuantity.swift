/// Amounts with units, as in PostgreSQL's settings: `'2s'`, `'1.5min'`, `'512 MB'`.
package enum SettingQuantity {
  /// PostgreSQL's range of `statement_timeout`.
  package static let milliseconds: ClosedRange<Int64> = 0...2_147_483_647
  /// From a megabyte, below which nothing can run, to what no machine has.
  package static let bytes: ClosedRange<Int64> = (1 << 20)...(1 << 50)

  /// A number without a unit is milliseconds; `nil` for what is no time or out of range. Parts of a
  /// millisecond are rounded up: none at all would mean no limit.
  package static func milliseconds(
    _ text: String, upTo most: Int64 = milliseconds.upperBound
  ) -> Int64? {
    amount(
      text, in: 0...max(0, most), roundingRule: .up,
      units: [
        "": 1, "us": 0.001, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
      ])
  }

  /// A number without a unit is bytes; units are powers of 1,024 and may be written in any case.
  package static func bytes(_ text: String) -> Int64? {
    let units: [String: Double] = [
      "": 1, "b": 1, "kb": 0x1p10, "mb": 0x1p20, "gb": 0x1p30, "tb": 0x1p40,
    ]
    return amount(text.lowercased(), in: bytes, roundingRule: .toNearestOrEven, units: units)
  }

  /// In the largest unit that divides it, as PostgreSQL shows it: `90s`, `1500ms`.
  package static func text(milliseconds count: Int64) -> String {
    if count == 0 { return "0" }
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)]
    where count % Int64(size) == 0 {
      return "\(count / Int64(size))\(unit)"
    }
    return "\(count)ms"
  }

  private static func amount(
    _ text: String, in range: ClosedRange<Int64>, roundingRule: FloatingPointRoundingRule,
    units: [String: Double]
  ) -> Int64? {
    let digits = text.drop(while: \.isWhitespace).prefix { $0.isNumber || $0 == "." }
    let rest = text.drop(while: \.isWhitespace).dropFirst(digits.count)
    let unit = rest.drop(while: \.isWhitespace)
    let trimmed = unit.prefix { !$0.isWhitespace }
    guard unit.dropFirst(trimmed.count).allSatisfy(\.isWhitespace),
      let factor = units[String(trimmed)], let number = Double(digits), number.isFinite
    else { return nil }
    guard let amount = Int64(exactly: (number * factor).rounded(roundingRule)) else { return nil }
    return range.contains(amount) ? amount : nil
  }
}
