/// A JSON value, for the manifest: a few kilobytes that people can read.
enum JSONText: Equatable {
  case null
  case boolean(Bool)
  case integer(Int)
  case string(String)
  case array([JSONText])
  /// In the order written.
  case object([(name: String, value: JSONText)])

  static func == (left: JSONText, right: JSONText) -> Bool {
    left.text(indent: 0) == right.text(indent: 0)
  }

  subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var integer: Int? {
    if case .integer(let number) = self { number } else { nil }
  }

  var boolean: Bool? {
    if case .boolean(let flag) = self { flag } else { nil }
  }

  var array: [JSONText]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// Indented by two spaces per level.
  func text(indent: Int = 0) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    func lines(_ lines: [String], _ open: String, _ close: String) -> String {
      lines.isEmpty
        ? open + close
        : open + "\n" + lines.map { inner + $0 }.joined(separator: ",\n") + "\n" + outer + close
    }
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .string(let text): return Self.quoted(text)
    case .array(let elements):
      return lines(elements.map { $0.text(indent: indent + 2) }, "[", "]")
    case .object(let members):
      return lines(
        members.map { Self.quoted($0.name) + ": " + $0.value.text(indent: indent + 2) }, "{", "}")
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
