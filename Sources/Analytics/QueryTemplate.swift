/// SQL with named parameters (`:from`), which are replaced by literals.
///
/// A parameter is a colon and a name, outside of quotes; `::` is a cast and left alone.
struct QueryTemplate {
  enum Argument {
    /// Midnight at the start of a day (since 1970-01-01), in the session's time zone.
    case startOfDay(Int64)
    case integer(Int64)
  }

  let sql: String

  func filled(_ arguments: [String: Argument]) -> String {
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
      let name = rest.prefix { $0.isLetter || $0 == "_" }
      guard let argument = arguments[String(name)] else {
        preconditionFailure("the query has a parameter ':\(name)' that nothing is given for")
      }
      rest.removeFirst(name.count)
      result += Self.literal(argument)
    }
    return result
  }

  private static func literal(_ argument: Argument) -> String {
    switch argument {
    case .startOfDay(let day): "TIMESTAMPTZ '\(Day(day)) 00:00:00'"
    case .integer(let number): String(number)
    }
  }
}
