extension JSONText {
  /// Where and why a text is not JSON.
  struct Mistake: Error {
    let offset: Int
    let reason: String
  }

  /// Integers only, at most 32 levels: what a manifest needs.
  init(parsing bytes: [UInt8]) throws(Mistake) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.value(depth: 0)
    try parser.expectEnd()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var offset = 0

  func mistake(_ reason: String) -> JSONText.Mistake {
    JSONText.Mistake(offset: offset, reason: reason)
  }

  mutating func next() -> UInt8? {
    while offset < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) { offset += 1 }
    return offset < bytes.count ? bytes[offset] : nil
  }

  mutating func expectEnd() throws(JSONText.Mistake) {
    if next() != nil { throw mistake("text after the end") }
  }

  mutating func take(_ text: StaticString) throws(JSONText.Mistake) {
    for index in 0..<text.utf8CodeUnitCount {
      guard offset < bytes.count, bytes[offset] == text.utf8Start[index] else {
        throw mistake("'\(text)' expected")
      }
      offset += 1
    }
  }

  mutating func value(depth: Int) throws(JSONText.Mistake) -> JSONText {
    guard depth < 32 else { throw mistake("nested too deeply") }
    switch next() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try take("true")
      return .boolean(true)
    case UInt8(ascii: "f"):
      try take("false")
      return .boolean(false)
    case UInt8(ascii: "n"):
      try take("null")
      return .null
    case nil: throw mistake("the text ends too early")
    default: return .integer(try integer())
    }
  }

  mutating func object(depth: Int) throws(JSONText.Mistake) -> JSONText {
    var members: [(name: String, value: JSONText)] = []
    offset += 1
    if next() == UInt8(ascii: "}") {
      offset += 1
      return .object(members)
    }
    while true {
      guard next() == UInt8(ascii: "\"") else { throw mistake("a name expected") }
      let name = try string()
      _ = next()
      try take(":")
      members.append((name, try value(depth: depth + 1)))
      if next() == UInt8(ascii: "}") { break }
      try take(",")
    }
    offset += 1
    return .object(members)
  }

  mutating func array(depth: Int) throws(JSONText.Mistake) -> JSONText {
    var elements: [JSONText] = []
    offset += 1
    if next() == UInt8(ascii: "]") {
      offset += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if next() == UInt8(ascii: "]") { break }
      try take(",")
    }
    offset += 1
    return .array(elements)
  }

  mutating func integer() throws(JSONText.Mistake) -> Int {
    let start = offset
    while offset < bytes.count, bytes[offset] == UInt8(ascii: "-") || digits.contains(bytes[offset])
    {
      offset += 1
    }
    guard let number = Int(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
      throw mistake("an integer expected")
    }
    return number
  }

  private var digits: ClosedRange<UInt8> { UInt8(ascii: "0")...UInt8(ascii: "9") }

  mutating func string() throws(JSONText.Mistake) -> String {
    offset += 1
    var text: [UInt8] = []
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      if bytes[offset] == UInt8(ascii: "\\") {
        offset += 1
        try escape(into: &text)
      } else {
        text.append(bytes[offset])
        offset += 1
      }
    }
    try take("\"")
    guard let string = String(validating: text, as: UTF8.self) else {
      throw mistake("text that is not UTF-8")
    }
    return string
  }

  /// The escapes that the writer uses.
  mutating func escape(into text: inout [UInt8]) throws(JSONText.Mistake) {
    guard offset < bytes.count else { throw mistake("the text ends too early") }
    switch bytes[offset] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      text.append(bytes[offset])
      offset += 1
    case UInt8(ascii: "u"):
      let end = min(offset + 5, bytes.count)
      let digits = String(decoding: bytes[offset + 1..<end], as: UTF8.self)
      guard digits.utf8.count == 4, let number = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(number)
      else { throw mistake("an escape that is no character") }
      text.append(contentsOf: Array(String(Character(scalar)).utf8))
      offset = end
    default: throw mistake("an escape that is not known")
    }
  }
}
