internal import CSimdJSON
internal import ColumnStore

/// What the fields of a column look like. A set, so that the type follows from which kinds occur and
/// not from the order in which they were seen.
struct ObservedKinds: OptionSet, Sendable {
  let rawValue: UInt16

  static let boolean = ObservedKinds(rawValue: 1)
  static let integer = ObservedKinds(rawValue: 2)
  /// A whole number that 64 bits do not hold.
  static let largeInteger = ObservedKinds(rawValue: 4)
  static let decimal = ObservedKinds(rawValue: 8)
  /// NaN, Infinity.
  static let notFinite = ObservedKinds(rawValue: 16)
  static let date = ObservedKinds(rawValue: 32)
  static let timestamp = ObservedKinds(rawValue: 64)
  static let zonedTimestamp = ObservedKinds(rawValue: 128)
  static let text = ObservedKinds(rawValue: 256)
  /// A JSON object or array.
  static let nested = ObservedKinds(rawValue: 512)

  /// The narrowest format that loses nothing. Whole numbers past 64 bits become text, because a
  /// double would change them, unless the column has decimals anyway.
  var format: ColumnFormat {
    if contains(.nested) { return .json }
    if isEmpty { return .text }
    if self == .boolean { return .boolean }
    if self == .integer { return .integer }
    if isSubset(of: [.integer, .largeInteger, .decimal, .notFinite]) {
      if contains(.decimal) { return .double }
      if contains(.notFinite) && contains(.integer) && !contains(.largeInteger) { return .double }
      return .text
    }
    if self == .date { return .time(.date) }
    if isSubset(of: [.date, .timestamp]) { return .time(.timestamp) }
    if self == .zonedTimestamp { return .time(.timestampWithTimeZone) }
    return .text
  }

  /// The kinds whose fields a column of this format takes; used where fields were not looked at.
  init(_ format: ColumnFormat) {
    switch format {
    case .boolean: self = .boolean
    case .integer: self = .integer
    case .double: self = .decimal
    case .text: self = .text
    case .json: self = .nested
    case .time(.date): self = .date
    case .time(.timestamp): self = .timestamp
    case .time, .epoch: self = .zonedTimestamp
    }
  }

  init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Of one field that is not null. A JSON string is a time or text, never a number.
  init(_ bytes: UnsafePointer<UInt8>, _ field: daybook_field, isJSON: Bool) {
    if field.isNested {
      self = .nested
      return
    }
    let (text, count) = trimmingSpaces(bytes + Int(field.start), field.byteCount)
    guard count > 0 else {
      self = field.byteCount > 0 || isJSON ? .text : []
      return
    }
    if let time = parseTime(text, count) {
      self =
        switch time.kind {
        case .date: .date
        case .local: .timestamp
        case .zoned: .zonedTimestamp
        }
    } else if isJSON && field.isQuoted {
      self = .text
    } else if parseInteger(text, count, isStrict: true) != nil {
      self = .integer
    } else if let value = parseDouble(text, count, isStrict: true) {
      let hasDigitsOnly = (0..<count).allSatisfy {
        text[$0] &- UInt8(ascii: "0") < 10 || ($0 == 0 && text[$0] == UInt8(ascii: "-"))
      }
      self = hasDigitsOnly ? .largeInteger : value.isFinite ? .decimal : .notFinite
    } else if parseBoolean(text, count, isStrict: true) != nil {
      self = .boolean
    } else {
      self = .text
    }
  }
}

extension daybook_field {
  var byteCount: Int { Int(length & 0x1FFF_FFFF) }
  var isNull: Bool { length & 0x8000_0000 != 0 }
  var isQuoted: Bool { length & 0x4000_0000 != 0 }
  var isNested: Bool { length & 0x2000_0000 != 0 }
}

/// Without spaces at either end.
func trimmingSpaces(
  _ text: UnsafePointer<UInt8>, _ count: Int
) -> (UnsafePointer<UInt8>, Int) {
  var start = 0
  var end = count
  while start < end && text[start] == UInt8(ascii: " ") { start += 1 }
  while end > start && text[end - 1] == UInt8(ascii: " ") { end -= 1 }
  return (text + start, end - start)
}
