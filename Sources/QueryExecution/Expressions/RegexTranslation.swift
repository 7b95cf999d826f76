/// Rewrites a regular expression as users write it into the POSIX extended form.
struct RegexTranslation {
  private let source: [UInt8]
  private var position = 0

  private(set) var output: [UInt8] = []
  /// For each group that captures its number among all groups.
  private(set) var capturing: [Int] = []
  private(set) var groupCount = 0
  private(set) var ignoresCase = false

  private static let lengthLimit = 2_000
  /// Repetitions multiply where they are nested: this bounds the states of the automaton.
  private static let repetitionLimit = 1_000

  init(_ source: String) {
    self.source = Array(source.utf8)
  }

  mutating func translate() throws(RegularExpressionFailure) {
    guard source.count <= Self.lengthLimit else {
      throw RegularExpressionFailure(message: "it is longer than \(Self.lengthLimit) bytes")
    }
    guard !source.contains(0) else {
      throw RegularExpressionFailure(message: "it contains a null character")
    }
    if starts(with: "(?i)") {
      ignoresCase = true
      position = 4
    }
    var repetitions = 1
    while position < source.count {
      let byte = source[position]
      switch byte {
      case UInt8(ascii: "\\"): try translateEscape()
      case UInt8(ascii: "["): try translateBracket()
      case UInt8(ascii: "("): try translateGroup()
      case UInt8(ascii: "{"):
        repetitions = try translateRepetition(repetitions)
      case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
        output.append(byte)
        position += 1
        try refuseNonGreedy()
      default:
        output.append(byte)
        position += 1
      }
    }
  }

  private func starts(with text: StaticString) -> Bool {
    guard source.count - position >= text.utf8CodeUnitCount else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      source[position + $0] == text.utf8Start[$0]
    }
  }

  private mutating func refuseNonGreedy() throws(RegularExpressionFailure) {
    guard position < source.count else { return }
    if source[position] == UInt8(ascii: "?") || source[position] == UInt8(ascii: "+") {
      throw RegularExpressionFailure(
        message: "non-greedy and possessive quantifiers are not supported")
    }
  }

  private mutating func translateGroup() throws(RegularExpressionFailure) {
    groupCount += 1
    guard groupCount <= 100 else {
      throw RegularExpressionFailure(message: "it has more than 100 groups")
    }
    if starts(with: "(?:") {
      position += 3
    } else if starts(with: "(?") {
      throw RegularExpressionFailure(message: "groups of the form (?...) are not supported")
    } else {
      capturing.append(groupCount)
      position += 1
    }
    output.append(UInt8(ascii: "("))
  }

  private mutating func translateRepetition(
    _ repetitions: Int
  ) throws(RegularExpressionFailure) -> Int {
    var largest = 0
    var number = 0
    while position < source.count {
      let byte = source[position]
      output.append(byte)
      position += 1
      if byte &- 0x30 < 10 {
        number = min(number * 10 + Int(byte - 0x30), 1_000_000)
        largest = max(largest, number)
      } else {
        number = 0
      }
      if byte == UInt8(ascii: "}") { break }
    }
    let product = repetitions * max(largest, 1)
    guard product <= Self.repetitionLimit else {
      throw RegularExpressionFailure(
        message: "its repetitions multiply to more than \(Self.repetitionLimit)")
    }
    try refuseNonGreedy()
    return product
  }

  private static let word = "[:alnum:]_"

  private mutating func translateEscape() throws(RegularExpressionFailure) {
    position += 1
    guard position < source.count else {
      throw RegularExpressionFailure(message: "trailing backslash")
    }
    let byte = source[position]
    position += 1
    func put(_ text: String, _ output: inout [UInt8]) { output.append(contentsOf: text.utf8) }
    switch byte {
    case UInt8(ascii: "d"): put("[0-9]", &output)
    case UInt8(ascii: "D"): put("[^0-9]", &output)
    case UInt8(ascii: "w"): put("[\(Self.word)]", &output)
    case UInt8(ascii: "W"): put("[^\(Self.word)]", &output)
    case UInt8(ascii: "s"): put("[[:space:]]", &output)
    case UInt8(ascii: "S"): put("[^[:space:]]", &output)
    case UInt8(ascii: "b"), UInt8(ascii: "y"): put("\\b", &output)
    case UInt8(ascii: "B"), UInt8(ascii: "Y"): put("\\B", &output)
    case UInt8(ascii: "m"): put("\\<", &output)
    case UInt8(ascii: "M"): put("\\>", &output)
    case UInt8(ascii: "A"): put("\\`", &output)
    case UInt8(ascii: "Z"): put("\\'", &output)
    case UInt8(ascii: "n"): put("\n", &output)
    case UInt8(ascii: "t"): put("\t", &output)
    case UInt8(ascii: "r"): put("\r", &output)
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      throw RegularExpressionFailure(message: "back references are not supported")
    default:
      if (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "0") {
        let escape = String(decoding: [byte], as: UTF8.self)
        throw RegularExpressionFailure(message: "invalid escape sequence \\\(escape)")
      }
      // What is neither letter nor digit stands for itself; beyond ASCII it needs no backslash.
      output.append(contentsOf: byte < 0x80 ? [UInt8(ascii: "\\"), byte] : [byte])
    }
  }

  /// `[...]`, where POSIX takes a backslash literally and users do not.
  private mutating func translateBracket() throws(RegularExpressionFailure) {
    output.append(UInt8(ascii: "["))
    position += 1
    // Set aside, since they have to stand last and first.
    var hasDash = false
    var hasBracket = false
    var members: [UInt8] = []
    var isFirst = true
    if position < source.count, source[position] == UInt8(ascii: "^") {
      output.append(UInt8(ascii: "^"))
      position += 1
    }
    while true {
      guard position < source.count else {
        throw RegularExpressionFailure(message: "brackets [] not balanced")
      }
      let byte = source[position]
      position += 1
      if byte == UInt8(ascii: "]") {
        if !isFirst { break }
        hasBracket = true
      } else if byte == UInt8(ascii: "["), position < source.count,
        source[position] == UInt8(ascii: ":")
      {
        members.append(byte)
        while position < source.count {
          members.append(source[position])
          position += 1
          if members.suffix(2) == [UInt8(ascii: ":"), UInt8(ascii: "]")] { break }
        }
      } else if byte == UInt8(ascii: "\\") {
        try translateEscapeInBracket(&members, &hasDash, &hasBracket)
      } else {
        members.append(byte)
      }
      isFirst = false
    }
    if hasBracket { output.append(UInt8(ascii: "]")) }
    // A member ^ must not come first.
    if !hasBracket, members.first == UInt8(ascii: "^"), members.count > 1,
      output.last == UInt8(ascii: "[")
    {
      members.append(members.removeFirst())
    }
    output.append(contentsOf: members)
    if hasDash { output.append(UInt8(ascii: "-")) }
    output.append(UInt8(ascii: "]"))
  }

  private mutating func translateEscapeInBracket(
    _ members: inout [UInt8], _ hasDash: inout Bool, _ hasBracket: inout Bool
  ) throws(RegularExpressionFailure) {
    guard position < source.count else {
      throw RegularExpressionFailure(message: "brackets [] not balanced")
    }
    let byte = source[position]
    position += 1
    switch byte {
    case UInt8(ascii: "d"): members.append(contentsOf: "0-9".utf8)
    case UInt8(ascii: "w"): members.append(contentsOf: Self.word.utf8)
    case UInt8(ascii: "s"): members.append(contentsOf: "[:space:]".utf8)
    case UInt8(ascii: "n"): members.append(0x0A)
    case UInt8(ascii: "t"): members.append(0x09)
    case UInt8(ascii: "r"): members.append(0x0D)
    case UInt8(ascii: "-"): hasDash = true
    case UInt8(ascii: "]"): hasBracket = true
    default:
      if (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 {
        let escape = String(decoding: [byte], as: UTF8.self)
        throw RegularExpressionFailure(message: "invalid escape sequence \\\(escape) in brackets")
      }
      members.append(byte)
    }
  }
}
