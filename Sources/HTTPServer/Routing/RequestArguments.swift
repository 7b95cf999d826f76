/// The values of an endpoint's parameters in one request: all that were sent are declared and right,
/// all that are required are there, and defaults are filled in.
package struct RequestArguments: Sendable {
  enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case flag(Bool)
    case list([String])
  }

  private let values: [String: Value]

  static let none = RequestArguments(values: [:])

  private init(values: [String: Value]) { self.values = values }

  /// `path` are the parts of the path that vary, `query` what stands after the question mark, both as
  /// they were sent.
  init(
    _ parameters: [EndpointParameter], path: [String: Substring], query: Substring?
  ) throws(Problem) {
    var errors: [Problem.FieldError] = []
    var sent: [String: [String]] = [:]
    for (name, text) in path {
      guard let text = PercentEncoding.decode(text, plusIsBlank: false) else {
        throw .invalid(name, "encoding", "must be UTF-8, percent-encoded")
      }
      sent[name] = [text]
    }
    let declared = Set(parameters.lazy.filter { $0.place == .query }.map(\.name))
    for pair in (query ?? "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(halves[0], plusIsBlank: true),
        let value = PercentEncoding.decode(halves.count > 1 ? halves[1] : "", plusIsBlank: true)
      else {
        throw .invalid("query", "encoding", "must be UTF-8, percent-encoded")
      }
      guard declared.contains(name) else {
        let shown = String(name.unicodeScalars.prefix(64).map(Character.init))
        errors.append(.init(shown, "unknown", Self.unknown(declared)))
        if errors.count >= 16 { break }
        continue
      }
      sent[name, default: []].append(value)
    }
    var values: [String: Value] = [:]
    for parameter in parameters {
      guard let texts = sent[parameter.name] else {
        if let fallback = parameter.fallback {
          values[parameter.name] = parameter.argument([fallback])
        } else if parameter.isRequired {
          errors.append(.init(parameter.name, "missing", "is required: \(parameter.about)"))
        }
        continue
      }
      if texts.count > 1 {
        guard case .list = parameter.kind else {
          errors.append(.init(parameter.name, "repeated", "may be given once"))
          continue
        }
      }
      if let value = parameter.argument(texts) {
        values[parameter.name] = value
      } else {
        errors.append(.init(parameter.name, parameter.rule, parameter.allowed))
      }
    }
    guard errors.isEmpty else { throw .parameters(errors) }
    self.values = values
  }

  private static func unknown(_ declared: Set<String>) -> String {
    declared.isEmpty
      ? "there is no such parameter; this endpoint takes none"
      : "there is no such parameter; there are \(declared.sorted().joined(separator: ", "))"
  }

  /// Whether it was sent, or has a default.
  package func has(_ name: String) -> Bool { values[name] != nil }

  /// `nil` where it was not sent and has no default. Also of a choice.
  package func text(_ name: String) -> String? {
    if case .text(let text) = values[name] { text } else { nil }
  }

  package func integer(_ name: String) -> Int? {
    if case .integer(let number) = values[name] { number } else { nil }
  }

  /// False where it was not sent.
  package func flag(_ name: String) -> Bool {
    if case .flag(let flag) = values[name] { flag } else { false }
  }

  package func list(_ name: String) -> [String] {
    if case .list(let list) = values[name] { list } else { [] }
  }
}

enum PercentEncoding {
  /// `nil` for half an escape, and for bytes that are no UTF-8.
  static func decode(_ text: Substring, plusIsBlank: Bool) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
          return nil
        }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: bytes.append(32)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
