package import ColumnStore

/// JSON: an array with an object per row, or the objects alone, one per line (NDJSON).
///
/// Integers are written exactly, to the last of 64 bits. `NaN`, `Infinity` and `-Infinity`, which
/// JSON has no numbers for, are text. Times are ISO 8601: a `timestamptz` in UTC with a `Z`, a
/// `timestamp` without zone. Json values stand as they are. Of several columns with one name, the
/// second is called `name_2`, so that no reader loses one.
package struct JSONFormat: RowFormat {
  package let encoding: JSONEncoding
  /// Whether the objects are elements of one array, rather than lines.
  private let isArray: Bool
  /// What stands before each value: `{"a":`, then `,"b":`.
  private let heads: [[UInt8]]

  package init(columns: [String], isArray: Bool, encoding: JSONEncoding = JSONEncoding()) {
    self.isArray = isArray
    self.encoding = encoding
    heads = Self.keys(columns).enumerated().map { index, key in
      [UInt8(ascii: index == 0 ? "{" : ",")]
        + CellColumn.spell(.text(key), JSONEncoding(), .utc) + [UInt8(ascii: ":")]
    }
  }

  /// For other programs: times have milliseconds always, as in CSV that is exchanged.
  package init(exchanging columns: [String], isArray: Bool) {
    self.init(
      columns: columns, isArray: isArray, encoding: JSONEncoding(writesMilliseconds: true))
  }

  package func appendHead(to bytes: inout [UInt8]) {}

  package func appendRows(
    _ cells: [CellColumn], count: Int, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    for row in 0..<count {
      if isArray { bytes.append(contentsOf: isFirst && row == 0 ? "[\n".utf8 : ",\n".utf8) }
      for column in cells.indices {
        bytes.append(contentsOf: heads[column])
        cells[column].appendCell(row, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
      if !isArray { bytes.append(UInt8(ascii: "\n")) }
    }
  }

  package func appendEnd(isEmpty: Bool, to bytes: inout [UInt8]) {
    if isArray { bytes.append(contentsOf: isEmpty ? "[]\n".utf8 : "\n]\n".utf8) }
  }

  static func keys(_ names: [String]) -> [String] {
    var taken = Set<String>()
    return names.map { name in
      var key = name
      var number = 2
      while taken.contains(key) || (key != name && names.contains(key)) {
        key = "\(name)_\(number)"
        number += 1
      }
      taken.insert(key)
      return key
    }
  }
}

package struct JSONEncoding: CellEncoding {
  /// Integers that a double does not hold exactly, those beyond 2^53 - 1, are text: many readers of
  /// JSON know no other numbers (RFC 8259 section 6), and would show another one without a word.
  private let quotesLargeIntegers: Bool
  /// Of times, also where they are zero.
  private let writesMilliseconds: Bool
  private static let exactIntegers: ClosedRange<Int64> = -(1 << 53 - 1)...(1 << 53 - 1)

  package init(quotesLargeIntegers: Bool = false, writesMilliseconds: Bool = false) {
    self.quotesLargeIntegers = quotesLargeIntegers
    self.writesMilliseconds = writesMilliseconds
  }

  package func append(_ integer: Int64, to bytes: inout [UInt8]) {
    guard quotesLargeIntegers, !Self.exactIntegers.contains(integer) else {
      CellColumn.append(integer, to: &bytes)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    CellColumn.append(integer, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  package func appendNull(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "null".utf8)
  }

  package func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  package func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: [HexDigits.lower(byte >> 4), HexDigits.lower(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// As it is, but on one line: a line break in JSON can only stand between its tokens.
  package func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
      let isBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      bytes.append(isBreak ? UInt8(ascii: " ") : byte)
    }
  }

  package func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8]) {
    switch value {
    case .double(let double) where double.isFinite:
      bytes.append(contentsOf: value.formatted(timeZone: timeZone).utf8)
    case .timestamp(let milliseconds):
      bytes.append(UInt8(ascii: "\""))
      ISO8601.append(
        milliseconds: milliseconds, alwaysWithFraction: writesMilliseconds, to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    case .timestampWithTimeZone(let milliseconds):
      bytes.append(UInt8(ascii: "\""))
      ISO8601.append(
        milliseconds: milliseconds, alwaysWithFraction: writesMilliseconds, to: &bytes)
      bytes.append(contentsOf: "Z\"".utf8)
    case .date(let days):
      bytes.append(UInt8(ascii: "\""))
      ISO8601.append(day: days, to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: CellColumn.spell(value, self, timeZone))
      }
      bytes.append(UInt8(ascii: "]"))
    case .null, .boolean, .integer, .double, .text, .interval, .json, .hyperLogLog, .digest:
      quote(value.formatted(timeZone: timeZone), to: &bytes)
    }
  }

  private func quote(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { append(text: $0, to: &bytes) }
  }
}

enum HexDigits {
  static func lower(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}
