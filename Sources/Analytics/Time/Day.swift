import ColumnStore

/// A calendar day, as `2026-01-31`.
public struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Since 1970-01-01.
  public let number: Int64

  public init(_ number: Int64) {
    self.number = number
  }

  /// Reads `2026-01-31`; `nil` for anything else and for days that do not exist.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      parts.joined().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]),
      let days = Calendar.checkedDays(year: year, month: month, day: day)
    else { return nil }
    number = days
  }

  public var description: String {
    let date = Calendar.date(days: number)
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// `Mon` to `Sun`.
  public var weekday: String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    return names[Int(Calendar.isoWeekday(days: number) - 1)]
  }

  /// In a sentence: `Wed 18 Nov`.
  var words: String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let date = Calendar.date(days: number)
    return "\(weekday) \(date.day) \(months[Int(date.month - 1)])"
  }

  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  public func advanced(by days: Int) -> Day { Day(number + Int64(days)) }
}
