/// A parameter of the path or the query: its name, what it may be, and what it is when it is not sent.
package struct EndpointParameter: Sendable {
  package enum Place: String, Sendable { case path, query }

  package enum Kind: Sendable, Equatable {
    /// Of so many bytes of UTF-8, without control characters.
    case text(ClosedRange<Int>)
    case integer(ClosedRange<Int>)
    case choice([String])
    /// `true` or `false`.
    case flag
    /// The one that may be repeated.
    case list(largestCount: Int)
  }

  package var name: String
  package var place: Place
  package var kind: Kind
  package var isRequired: Bool
  package var fallback: String?
  package var about: String

  package static func path(
    _ name: String, _ kind: Kind, _ about: String
  ) -> EndpointParameter {
    EndpointParameter(
      name: name, place: .path, kind: kind, isRequired: true, fallback: nil, about: about)
  }

  package static func query(
    _ name: String, _ kind: Kind, isRequired: Bool = false, fallback: String? = nil,
    _ about: String
  ) -> EndpointParameter {
    EndpointParameter(
      name: name, place: .query, kind: kind, isRequired: isRequired, fallback: fallback,
      about: about)
  }

  package var allowed: String {
    switch kind {
    case .text(let count):
      "must be text of \(count.lowerBound) to \(count.upperBound) bytes, without control characters"
    case .integer(let range):
      "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names): "must be one of \(names.joined(separator: ", "))"
    case .flag: "must be true or false"
    case .list(let count): "may be given \(count) times, each time with 1 to 128 bytes of text"
    }
  }

  /// The name of the rule that a wrong value breaks.
  var rule: String {
    switch kind {
    case .text: "length"
    case .integer: "range"
    case .choice: "choice"
    case .flag: "type"
    case .list: "count"
    }
  }

  var schema: Schema {
    switch kind {
    case .text(let count): .text(count)
    case .integer(let range): .integer(range)
    case .choice(let names): .choice(names)
    case .flag: .boolean
    case .list(let count): .array(.text(1...128), 0...count)
    }
  }

  /// The values sent under this name, at least one, as what they mean. `nil` where they are not as
  /// `allowed` says.
  func argument(_ texts: [String]) -> RequestArguments.Value? {
    func isPlain(_ text: String, _ count: ClosedRange<Int>) -> Bool {
      count.contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }
    if case .list(let count) = kind {
      return texts.count <= count && texts.allSatisfy { isPlain($0, 1...128) } ? .list(texts) : nil
    }
    guard texts.count == 1, let text = texts.first else { return nil }
    switch kind {
    case .text(let count): return isPlain(text, count) ? .text(text) : nil
    case .integer(let range):
      // `Int` would take `+1` as well.
      guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), range.contains(number)
      else { return nil }
      return .integer(number)
    case .choice(let names): return names.contains(text) ? .text(text) : nil
    case .flag: return text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
    case .list: return nil
    }
  }
}
