/// JSON (RFC 8259) as security asks for it: an object that names a member twice is refused, since
/// two readers would not agree on which of them holds; and so is what is nested deep.
package enum StrictJSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// As it is spelt.
  case number(String)
  case string(String)
  case array([StrictJSON])
  case object([String: StrictJSON])

  package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
      case malformed, notUTF8, duplicateMember, tooDeep
    }
    package var reason: Reason
    /// In bytes from the start.
    package var offset: Int

    package var description: String {
      let text =
        switch reason {
        case .malformed: "this is no JSON"
        case .notUTF8: "this is no UTF-8"
        case .duplicateMember: "a member is named twice"
        case .tooDeep: "nested deeper than \(StrictJSON.largestDepth)"
        }
      return "\(text), at byte \(offset)"
    }
  }

  package static let largestDepth = 16

  package init(_ bytes: [UInt8]) throws(Failure) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Failure(reason: .notUTF8, offset: 0)
    }
    var reader = StrictJSONReader(bytes)
    self = try reader.document()
  }

  package var members: [String: StrictJSON]? {
    if case .object(let members) = self { members } else { nil }
  }
  package var elements: [StrictJSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }
  package var text: String? { if case .string(let text) = self { text } else { nil } }
  package var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

  /// The text of a string, in quotes.
  package static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        quoted += "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

private struct StrictJSONReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func failure(_ reason: StrictJSON.Failure.Reason = .malformed) -> StrictJSON.Failure {
    StrictJSON.Failure(reason: reason, offset: place)
  }

  mutating func document() throws(StrictJSON.Failure) -> StrictJSON {
    let value = try value(depth: 0)
    guard place == bytes.count else { throw failure() }
    return value
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { place += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func word(
    _ text: String, _ value: StrictJSON
  ) throws(StrictJSON.Failure) -> StrictJSON {
    guard bytes[place...].starts(with: text.utf8) else { throw failure() }
    place += text.utf8.count
    return value
  }

  private mutating func value(depth: Int) throws(StrictJSON.Failure) -> StrictJSON {
    guard depth <= StrictJSON.largestDepth else { throw failure(.tooDeep) }
    skipBlanks()
    defer { skipBlanks() }
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func members(depth: Int) throws(StrictJSON.Failure) -> [String: StrictJSON] {
    // Told apart by their bytes: `String` would take two spellings of a letter for one.
    var seen: Set<[UInt8]> = []
    var members: [String: StrictJSON] = [:]
    place += 1
    skipBlanks()
    if take("}") { return members }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure() }
      let name = try string()
      guard seen.insert(Array(name.utf8)).inserted, members[name] == nil else {
        throw failure(.duplicateMember)
      }
      skipBlanks()
      guard take(":") else { throw failure() }
      members[name] = try value(depth: depth)
    } while take(",")
    guard take("}") else { throw failure() }
    return members
  }

  private mutating func elements(depth: Int) throws(StrictJSON.Failure) -> [StrictJSON] {
    var elements: [StrictJSON] = []
    place += 1
    skipBlanks()
    if take("]") { return elements }
    repeat { elements.append(try value(depth: depth)) } while take(",")
    guard take("]") else { throw failure() }
    return elements
  }

  private mutating func digits() -> Int {
    let start = place
    while let byte = next, (48...57).contains(byte) { place += 1 }
    return place - start
  }

  private mutating func number() throws(StrictJSON.Failure) -> String {
    let start = place
    _ = take("-")
    let isZero = next == 48
    let count = digits()
    guard count > 0, !isZero || count == 1 else { throw failure() }
    if take("."), digits() == 0 { throw failure() }
    if take("e") || take("E") {
      if !take("-") { _ = take("+") }
      guard digits() > 0 else { throw failure() }
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func string() throws(StrictJSON.Failure) -> String {
    var text: [UInt8] = []
    place += 1
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<32: throw failure()
      default: text.append(byte)
      }
    }
    throw failure()
  }

  private mutating func escape() throws(StrictJSON.Failure) -> [UInt8] {
    guard let byte = next else { throw failure() }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      let first = try unit()
      guard UTF16.isLeadSurrogate(first) || UTF16.isTrailSurrogate(first) else {
        return Array(String(decoding: [first], as: UTF16.self).utf8)
      }
      guard UTF16.isLeadSurrogate(first), take("\\"), take("u") else { throw failure() }
      let second = try unit()
      guard UTF16.isTrailSurrogate(second) else { throw failure() }
      return Array(String(decoding: [first, second], as: UTF16.self).utf8)
    default: throw failure()
    }
  }

  private mutating func unit() throws(StrictJSON.Failure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128
      else { throw failure() }
      unit = unit << 4 | UInt16(digit)
      place += 1
    }
    return unit
  }
}
