import ColumnStore

/// Dates and times as JSON has them: `2026-01-02T03:04:05.678`.
package enum ISO8601 {
  /// Milliseconds since 1970-01-01, written with three places unless they are zero.
  package static func text(milliseconds: Int64) -> String {
    var bytes: [UInt8] = []
    append(milliseconds: milliseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Without a `String` on the way. `alwaysWithFraction`: zeros too.
  static func append(
    milliseconds: Int64, alwaysWithFraction: Bool = false, to bytes: inout [UInt8]
  ) {
    let day = Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay)
    let time = Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
    append(day: day, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    append(time / 3_600_000, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time / 60_000 % 60, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time / 1_000 % 60, width: 2, to: &bytes)
    guard alwaysWithFraction || time % 1_000 != 0 else { return }
    bytes.append(UInt8(ascii: "."))
    append(time % 1_000, width: 3, to: &bytes)
  }

  /// Days since 1970-01-01. Years before 1 and after 9999 carry a sign, as the standard asks for.
  static func append(day: Int64, to bytes: inout [UInt8]) {
    let date = Calendar.date(days: day)
    let year = date.year
    if (0...9999).contains(year) {
      append(year, width: 4, to: &bytes)
    } else {
      bytes.append(UInt8(ascii: year < 0 ? "-" : "+"))
      append(Int64(clamping: year.magnitude), width: 6, to: &bytes)
    }
    bytes.append(UInt8(ascii: "-"))
    append(date.month, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(date.day, width: 2, to: &bytes)
  }

  /// Digits, with zeros before them where there are fewer than `width`.
  private static func append(_ number: Int64, width: Int, to bytes: inout [UInt8]) {
    var rest = number
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0 || bytes.count - start < width
    bytes[start...].reverse()
  }
}
