/// Numbers of phones and of payment cards within a text.
///
/// A phone's has a plus and 8 to 15 digits (ITU-T E.164), in groups or not. A card's has 13 to 19 digits that
/// begin as issuers' do and whose check digit is right (ISO/IEC 7812, Luhn). Both stand by themselves: digits
/// of identifiers, times and plain numbers are none. What is not ASCII parts words, since many scripts put no
/// blank before a number.
enum PersonalNumber {
  typealias Text = UnsafeBufferPointer<UInt8>

  /// With fewer digits in all a text has none.
  static let leastDigitCount = 8

  /// In their order; they do not overlap.
  static func find(in text: Text) -> [(place: Range<Int>, finding: SensitiveText.Finding)] {
    var found: [(place: Range<Int>, finding: SensitiveText.Finding)] = []
    var place = 0
    while place < text.count {
      let byte = text[place]
      guard isDigit(byte) || byte == UInt8(ascii: "+") else {
        place += 1
        continue
      }
      let hit: (end: Int, finding: SensitiveText.Finding)? =
        if place > 0, isPartOfWord(text[place - 1]) { nil } else if byte == UInt8(ascii: "+") {
          phoneEnd(text, place + 1).map { ($0, .phone) }
        } else {
          cardEnd(text, place).map { ($0, .card) }
        }
      if let hit {
        found.append((place..<hit.end, hit.finding))
        place = hit.end
      } else {
        // On to what follows this run of digits.
        place += 1
        while place < text.count, isDigit(text[place]) { place += 1 }
      }
    }
    return found
  }

  /// Where a number that begins here ends; groups are parted by at most two of `-./()`, blanks and dashes.
  private static func phoneEnd(_ text: Text, _ start: Int) -> Int? {
    guard start < text.count, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(text[start]) else {
      return nil
    }
    var digits = 0
    var end: Int?
    var place = start
    while place < text.count {
      let group = place
      place = digitsEnd(text, group)
      guard place > group else { break }
      digits += place - group
      guard digits <= 15 else { break }
      if digits >= leastDigitCount, isEnd(text, place) { end = place }
      var gaps = 0
      while gaps < 2, let width = phoneGap(text, place) {
        place += width
        gaps += 1
      }
      guard gaps > 0 else { break }
    }
    return end
  }

  private static func digitsEnd(_ text: Text, _ start: Int) -> Int {
    var end = start
    while end < text.count, isDigit(text[end]) { end += 1 }
    return end
  }

  /// Groups of three digits or more are parted by one blank or dash, the last may be shorter.
  private static func cardEnd(_ text: Text, _ start: Int) -> Int? {
    var digits: [UInt8] = []
    var end: Int?
    var place = start
    while place < text.count {
      let group = place
      place = digitsEnd(text, group)
      guard place > group else { break }
      digits.append(contentsOf: text[group..<place])
      guard digits.count <= 19 else { break }
      if isCard(digits), isEnd(text, place) { end = place }
      guard place - group >= 3, let width = blankOrDash(text, place) else { break }
      place += width
    }
    return end
  }

  private static func isCard(_ digits: [UInt8]) -> Bool {
    guard (13...19).contains(digits.count) else { return false }
    let first = digits.prefix(4).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    // 3: travel; 4 to 6: banks; 2221 to 2720: banks too. Times in milliseconds begin with 1.
    guard (3000...6999).contains(first) || (2221...2720).contains(first) else { return false }
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let value = Int(digit - UInt8(ascii: "0"))
      let doubled = value * 2
      sum += index.isMultiple(of: 2) ? value : doubled > 9 ? doubled - 9 : doubled
    }
    return sum.isMultiple(of: 10)
  }

  private static func isEnd(_ text: Text, _ place: Int) -> Bool {
    guard place < text.count else { return true }
    if isWordByte(text[place]) { return false }
    // `4.5` goes on, `4.` ends a sentence.
    guard [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":")].contains(text[place]),
      place + 1 < text.count
    else { return true }
    return !isWordByte(text[place + 1])
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    isWordByte(byte) || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+")].contains(byte)
  }

  /// How many bytes of what parts groups of a phone's number are here; `nil`: none.
  private static func phoneGap(_ text: Text, _ place: Int) -> Int? {
    guard place < text.count else { return nil }
    switch text[place] {
    case UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"): return 1
    default: return blankOrDash(text, place)
    }
  }

  /// A blank or a dash, also those that keep a line together, in UTF-8.
  private static func blankOrDash(_ text: Text, _ place: Int) -> Int? {
    guard place < text.count else { return nil }
    switch text[place] {
    case UInt8(ascii: " "), UInt8(ascii: "-"): return 1
    // U+00A0
    case 0xC2: return place + 1 < text.count && text[place + 1] == 0xA0 ? 2 : nil
    // U+2009, U+2010, U+2011, U+2013, U+202F
    case 0xE2:
      guard place + 2 < text.count, text[place + 1] == 0x80 else { return nil }
      return [0x89, 0x90, 0x91, 0x93, 0xAF].contains(text[place + 2]) ? 3 : nil
    default: return nil
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
