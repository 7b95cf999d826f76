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
    var word = ""
    var isQuoted = false
    for character in replacing({ _ in " " }) + " " {
      if character == "'" { isQuoted.toggle() }
      if !isQuoted, character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        if !word.isEmpty { words.insert(word) }
        word = ""
      }
    }
    return words
  }

  private func replacing(_ replacement: (String) -> String) -> String {
    var result = ""
    var rest = Substring(sql)
    var isQuoted = false
    while let character = rest.popFirst() {
      if character == "'" { isQuoted.toggle() }
      guard character == ":", !isQuoted else {
        result.append(character)
        continue
      }
      if rest.first == ":" {
        rest.removeFirst()
        result += "::"
        continue
      }
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest.removeFirst(name.count)
      result += name.isEmpty ? ":" : replacement(String(name))
    }
    return result
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
