import ColumnStore

/// What `SET as_of` takes: the number of a snapshot, which is digits only, or a time. A date in eight
/// digits without dashes is therefore none.
package enum AsOfSetting {
  package static let name = Setting.asOf.rawValue

  package enum Reference: Sendable, Equatable {
    case number(UInt64)
    /// Milliseconds since 1970-01-01 UTC.
    case time(Int64)
  }

  /// The setting as it is kept, which `reference` reads; `nil` for a text that is neither. Times
  /// without a zone are in `zone`.
  static func value(_ text: String, zone: TimeZoneRules) -> String? {
    if text.utf8.allSatisfy({ (0x30...0x39) ~= $0 }) {
      return UInt64(text).flatMap { (1...(1 << 62)).contains($0) ? String($0) : nil }
    }
    var text = text
    let time = text.withUTF8 { try? DateTimeText.timestampWithTimeZone($0, zone: zone) }
    return time.map { "@\($0)" }
  }

  package static func reference(_ value: String) -> Reference? {
    if value.hasPrefix("@") { return Int64(value.dropFirst()).map { .time($0) } }
    return UInt64(value).map { .number($0) }
  }
}
