internal import AccessControl
internal import Authentication
internal import ColumnStore

/// Values of rows as members of answers.
enum RowJSON {
  /// Times in ISO 8601 and UTC, documents of JSON as they are, a mask as text.
  static func value(_ value: Value) -> JSONValue {
    switch value {
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .double(let number): .number(number)
    case .text(let text): .text(text)
    case .json(let text): (try? StrictJSON(Array(text.utf8))).map { JSONValue($0) } ?? .text(text)
    case .timestamp(let time), .timestampWithTimeZone(let time):
      .text(ISOTime.text(UnixTime(milliseconds: time)))
    default: .null
    }
  }

  /// Columns under the names that answers have for them.
  static func object(_ names: [String], _ row: [Value]) -> [JSONValue.Member] {
    zip(names, row).map { JSONValue.Member($0, value($1)) }
  }
}
