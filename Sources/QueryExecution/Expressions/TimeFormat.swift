import ColumnStore

/// A pattern of `to_char` for times, taken apart once.
///
/// What is no pattern stands for itself, as does what is in double quotes or follows a backslash.
struct TimeFormat: Sendable {
  private enum Piece: Sendable {
    case literal([UInt8])
    case field(Field, isFilled: Bool, ordinal: Letters?)
  }

  /// The spelling is the pattern; of several that begin alike the longest counts.
  private enum Field: String, CaseIterable {
    case hour24 = "HH24"
    case hour12 = "HH12"
    case hour = "HH"
    case minute = "MI"
    case secondOfDay = "SSSSS"
    case secondOfDayShort = "SSSS"
    case second = "SS"
    case millisecond = "MS"
    case microsecond = "US"
    case yearWithComma = "Y,YYY"
    case year = "YYYY"
    case year3 = "YYY"
    case year2 = "YY"
    case year1 = "Y"
    case isoYear = "IYYY"
    case isoYear3 = "IYY"
    case isoYear2 = "IY"
    case isoYear1 = "I"
    case monthName = "MONTH"
    case monthShort = "MON"
    case month = "MM"
    case dayName = "DAY"
    case dayShort = "DY"
    case dayOfYear = "DDD"
    case day = "DD"
    case weekday = "D"
    case isoDayOfYear = "IDDD"
    case isoWeekday = "ID"
    case weekOfMonth = "W"
    case weekOfYear = "WW"
    case isoWeek = "IW"
    case quarter = "Q"
    case century = "CC"
    case julianDay = "J"
    case zoneHour = "TZH"
    case zoneMinute = "TZM"
    case zone = "TZ"
    case offset = "OF"
    case meridiem = "AM"
    case meridiemPM = "PM"
    case meridiemDots = "A.M."
    case meridiemDotsPM = "P.M."
    case era = "BC"
    case eraAD = "AD"
    case eraDots = "B.C."
    case eraDotsAD = "A.D."
  }

  /// How the letters of a name are written: as those of the pattern.
  private enum Letters { case upper, lower, capitalized }

  private var pieces: [(piece: Piece, letters: Letters)] = []
  /// By their first byte, the longest first: most bytes of a long text begin none.
  private static let fields: [[(field: Field, pattern: [UInt8])]] = {
    var fields: [[(field: Field, pattern: [UInt8])]] = Array(repeating: [], count: 256)
    for field in Field.allCases {
      let pattern = Array(field.rawValue.utf8)
      fields[Int(pattern[0])].append((field, pattern))
    }
    return fields.map { $0.sorted { $0.pattern.count > $1.pattern.count } }
  }()
  private static let unfilled = Array("FM".utf8)

  init(_ pattern: String) {
    let bytes = Array(pattern.utf8)
    var position = 0
    var literal: [UInt8] = []
    var isFilled = true
    while position < bytes.count {
      // Nobody will see what becomes of it then.
      if position & 0xFFF == 0, QueryScope.mustStop { break }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
          if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
          literal.append(bytes[position])
          position += 1
        }
        position += 1
        continue
      }
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
        literal.append(bytes[position + 1])
        position += 2
        continue
      }
      let rest = bytes[position...]
      if Self.begins(rest, Self.unfilled) {
        isFilled = false
        position += 2
        continue
      }
      let candidates = Self.fields[Int(Self.isLower(byte) ? byte & 0xDF : byte)]
      guard let match = candidates.first(where: { Self.begins(rest, $0.pattern) }) else {
        literal.append(byte)
        position += 1
        continue
      }
      if !literal.isEmpty { pieces.append((.literal(literal), .upper)) }
      literal = []
      position += match.pattern.count
      let isOrdinal =
        Self.begins(bytes[position...], "TH") && !Self.begins(bytes[position...], "THH")
      let ordinal: Letters? = !isOrdinal ? nil : Self.isLower(bytes[position]) ? .lower : .upper
      let letters: Letters =
        !Self.isLower(byte)
        ? rest.dropFirst().first.map(Self.isLower) == true ? .capitalized : .upper : .lower
      pieces.append((.field(match.field, isFilled: isFilled, ordinal: ordinal), letters))
      if isOrdinal { position += 2 }
      isFilled = true
    }
    if !literal.isEmpty { pieces.append((.literal(literal), .upper)) }
  }

  private static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

  private static func begins(_ bytes: ArraySlice<UInt8>, _ pattern: String) -> Bool {
    begins(bytes, Array(pattern.utf8))
  }

  private static func begins(_ bytes: ArraySlice<UInt8>, _ pattern: [UInt8]) -> Bool {
    bytes.count >= pattern.count
      && zip(bytes, pattern).allSatisfy { (isLower($0) ? $0 & 0xDF : $0) == $1 }
  }

  /// A wall clock, what it is ahead of UTC, and how its zone is called, all in milliseconds.
  struct Moment {
    var local: Int64
    var offset: Int64
    var zone: String

    var day: Int64 { Calendar.floorDivide(local, Calendar.millisecondsPerDay) }
    var time: Int64 { Calendar.floorModulo(local, Calendar.millisecondsPerDay) }
  }

  func write(_ moment: Moment, to builder: inout TextBuilder) {
    let date = Calendar.date(days: moment.day)
    for (piece, letters) in pieces {
      switch piece {
      case .literal(let bytes): bytes.withUnsafeBufferPointer { builder.write($0) }
      case .field(let field, let isFilled, let ordinal):
        if let (number, width) = Self.number(field, moment, date) {
          let magnitude = number < 0 ? -number : number
          var digits = String(magnitude)
          if isFilled, digits.utf8.count < width {
            digits = String(repeating: "0", count: width - digits.utf8.count) + digits
          }
          if number < 0 { digits = "-" + digits }
          builder.write(digits)
          if let ordinal {
            let suffix = Self.ordinal(magnitude)
            builder.write(ordinal == .upper ? suffix.uppercased() : suffix)
          }
        } else {
          builder.write(Self.name(field, moment, date, letters, isFilled: isFilled))
        }
      }
    }
  }

  private static func ordinal(_ number: Int64) -> String {
    if (11...13).contains(number % 100) { return "th" }
    return switch number % 10 {
    case 1: "st"
    case 2: "nd"
    case 3: "rd"
    default: "th"
    }
  }

  /// Fields that are numbers, with the digits that they fill.
  private static func number(
    _ field: Field, _ moment: Moment, _ date: CalendarDate
  ) -> (Int64, Int)? {
    let (day, time) = (moment.day, moment.time)
    let hour = time / 3_600_000
    let year = date.year > 0 ? date.year : 1 - date.year
    let week = Calendar.isoWeek(days: day)
    switch field {
    case .hour24: return (hour, 2)
    case .hour, .hour12: return ((hour + 11) % 12 + 1, 2)
    case .minute: return (time / 60_000 % 60, 2)
    case .second: return (time / 1_000 % 60, 2)
    case .secondOfDay, .secondOfDayShort: return (time / 1_000, 1)
    case .millisecond: return (time % 1_000, 3)
    case .microsecond: return (time % 1_000 * 1_000, 6)
    case .year: return (year, 4)
    case .year3: return (year % 1_000, 3)
    case .year2: return (year % 100, 2)
    case .year1: return (year % 10, 1)
    case .isoYear: return (week.year, 4)
    case .isoYear3: return (week.year % 1_000, 3)
    case .isoYear2: return (week.year % 100, 2)
    case .isoYear1: return (week.year % 10, 1)
    case .month: return (date.month, 2)
    case .dayOfYear: return (Calendar.dayOfYear(days: day), 3)
    case .day: return (date.day, 2)
    case .weekday: return (Calendar.isoWeekday(days: day) % 7 + 1, 1)
    case .isoWeekday: return (Calendar.isoWeekday(days: day), 1)
    case .isoDayOfYear: return ((week.week - 1) * 7 + Calendar.isoWeekday(days: day), 3)
    case .weekOfMonth: return ((date.day - 1) / 7 + 1, 1)
    case .weekOfYear: return ((Calendar.dayOfYear(days: day) - 1) / 7 + 1, 2)
    case .isoWeek: return (week.week, 2)
    case .quarter: return ((date.month - 1) / 3 + 1, 1)
    case .century: return ((year - 1) / 100 + 1, 2)
    case .julianDay: return (day + 2_440_588, 1)
    case .zoneMinute: return ((moment.offset < 0 ? -moment.offset : moment.offset) / 60_000 % 60, 2)
    default: return nil
    }
  }

  private static func name(
    _ field: Field, _ moment: Moment, _ date: CalendarDate, _ letters: Letters, isFilled: Bool
  ) -> String {
    func cased(_ name: String) -> String {
      switch letters {
      case .upper: name.uppercased()
      case .lower: name.lowercased()
      case .capitalized: name
      }
    }
    /// To the length of the longest name.
    func filled(_ name: String) -> String {
      let missing = isFilled ? max(9 - name.utf8.count, 0) : 0
      return cased(name) + String(repeating: " ", count: missing)
    }
    let month = months[Int(date.month - 1)]
    let weekday = weekdays[Int(Calendar.isoWeekday(days: moment.day) - 1)]
    switch field {
    case .monthName: return filled(month)
    case .monthShort: return cased(String(month.prefix(3)))
    case .dayName: return filled(weekday)
    case .dayShort: return cased(String(weekday.prefix(3)))
    case .meridiem, .meridiemPM: return cased(moment.time < 43_200_000 ? "AM" : "PM")
    case .meridiemDots, .meridiemDotsPM: return cased(moment.time < 43_200_000 ? "A.M." : "P.M.")
    case .era, .eraAD: return cased(date.year > 0 ? "AD" : "BC")
    case .eraDots, .eraDotsAD: return cased(date.year > 0 ? "A.D." : "B.C.")
    case .yearWithComma:
      let year = date.year > 0 ? date.year : 1 - date.year
      let rest = String(year % 1_000)
      return "\(year / 1_000)," + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    case .zone: return cased(moment.zone)
    case .zoneHour: return offset(moment.offset, withMinutes: false)
    default: return offset(moment.offset, withMinutes: true)
    }
  }

  /// `+02`, `+05:30`; without the minutes for TZH.
  static func offset(_ offset: Int64, withMinutes: Bool) -> String {
    let minutes = (offset < 0 ? -offset : offset) / 60_000
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let hours = (offset < 0 ? "-" : "+") + two(minutes / 60)
    return withMinutes && minutes % 60 != 0 ? hours + ":" + two(minutes % 60) : hours
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
}
