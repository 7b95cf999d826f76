public import ColumnStore

/// SQL with named parameters (`:from`): to be run with values beside it, or to be read with the values in
/// it.
///
/// A parameter is a colon and a name, outside of quotes; `::` is a cast and left alone.
public struct SQLTemplate: Sendable, Equatable {
  public var sql: String

  public init(_ sql: String) { self.sql = sql }

  /// With `$1`, `$2`, ... and the values that stand there.
  func bound(_ arguments: [String: Value]) -> (sql: String, parameters: [Value]) {
    var places: [String: Int] = [:]
    var parameters: [Value] = []
    let sql = replacing { name in
      if let place = places[name] { return "$\(place)" }
      guard let value = arguments[name] else { Self.missing(name) }
      parameters.append(value)
      places[name] = parameters.count
      return "$\(parameters.count)"
    }
    return (sql, parameters)
  }

  /// With literals, to be pasted into a shell.
  public func filled(_ arguments: [String: Value]) -> String {
    replacing { name in
      guard let value = arguments[name] else { Self.missing(name) }
      return Self.literal(value)
    }
  }

  func renamed(_ name: (String) -> String) -> SQLTemplate {
    SQLTemplate(replacing { ":" + name($0) })
  }

  /// The names of its parameters.
  var parameters: Set<String> {
    var names: Set<String> = []
    _ = replacing { name in
      names.insert(name)
      return ""
    }
    return names
  }

  /// Words that are neither quoted nor parameters: columns, functions, keywords.
  var words: Set<String> {
    var words: Set<String> = []
    var bytes = replacing({ _ in " " })
    bytes.withUTF8 { bytes in
      var begin = 0
      var isQuoted = false
      for place in 0...bytes.count {
        if place < bytes.count, bytes[place].isOfName { continue }
        if place > begin, !isQuoted {
          words.insert(String(decoding: bytes[begin..<place], as: UTF8.self))
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "'") { isQuoted.toggle() }
        begin = place + 1
      }
    }
    return words
  }

  private func replacing(_ replacement: (String) -> String) -> String {
    var sql = sql
    return sql.withUTF8 { bytes in
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var isQuoted = false
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        if byte == UInt8(ascii: "'") { isQuoted.toggle() }
        guard byte == UInt8(ascii: ":"), !isQuoted else {
          result.append(byte)
          continue
        }
        if place < bytes.count, bytes[place] == byte {
          result += [byte, byte]
          place += 1
          continue
        }
        let begin = place
        while place < bytes.count, bytes[place].isOfName { place += 1 }
        result +=
          begin == place
          ? [byte] : Array(replacement(String(decoding: bytes[begin..<place], as: UTF8.self)).utf8)
      }
      return String(decoding: result, as: UTF8.self)
    }
  }

  private static func missing(_ name: String) -> Never {
    preconditionFailure("the query has a parameter ':\(name)' that nothing is given for")
  }

  /// As SQL reads it back, whatever the session's time zone.
  static func literal(_ value: Value) -> String {
    switch value {
    case .null: "NULL"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .double(let number): "\(number)"
    case .timestamp(let time): "TIMESTAMP '\(time.clock)'"
    case .timestampWithTimeZone(let time): "TIMESTAMPTZ '\(time.clock)+00'"
    case .text(let text): "'" + text.replacing("'", with: "''") + "'"
    case .date, .interval, .json, .hyperLogLog, .digest, .array:
      preconditionFailure("no parameter of a metric is of this type")
    }
  }
}

extension Int64 {
  /// Milliseconds since 1970 as `2026-01-31 12:34:56.789`.
  fileprivate var clock: String {
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
    let day = Day(Calendar.floorDivide(self, Calendar.millisecondsPerDay))
    let rest = Calendar.floorModulo(self, Calendar.millisecondsPerDay)
    let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { padded($0, 2) }
    let fraction = rest % 1_000
    return "\(day) " + time.joined(separator: ":")
      + (fraction == 0 ? "" : "." + padded(fraction, 3))
  }
}

extension UInt8 {
  /// Whether it may stand in a name; letters that are not ASCII may.
  fileprivate var isOfName: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}

extension String {
  /// With `text` wherever `mark` stands, which begins with a brace: by bytes, since statements of a question are
  /// put together again and again.
  func filling(_ mark: StaticString, with text: String) -> String {
    let mark = mark.withUTF8Buffer { Array($0) }
    var own = self
    return own.withUTF8 { bytes in
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var place = 0
      while place < bytes.count {
        if bytes[place] == mark[0], bytes[place...].starts(with: mark) {
          result += Array(text.utf8)
          place += mark.count
        } else {
          result.append(bytes[place])
          place += 1
        }
      }
      return String(decoding: result, as: UTF8.self)
    }
  }
}
