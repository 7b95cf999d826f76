/// Finds e-mail addresses, IP addresses, keys, and numbers of phones and cards within a text.
///
/// A text is taken apart at blanks and punctuation that none of the first three has; numbers, which may have
/// blanks, are looked for before (`PersonalNumber`). What is found is meant
/// to be too much rather than too little: what looks like a key is treated as one.
package enum SensitiveText {
  package enum Finding: Equatable {
    case mail
    case address
    case secret
    case phone
    case card
  }

  /// Whether the text has none of the bytes that every finding needs: most texts are done with here.
  @inline(__always)
  static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var run = 0
    var longest = 0
    var marks = 0
    var digits = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits &+= 1
      case UInt8(ascii: "@"), UInt8(ascii: "%"): return false
      case UInt8(ascii: "."), UInt8(ascii: ":"): marks &+= 1
      default: break
      }
      run = isWordByte(byte) ? run &+ 1 : 0
      longest = longest > run ? longest : run
    }
    // `::1` and `1.2.3.4` have at least two marks, a key at least 12 letters and digits in a row, a number of
    // a phone 8 digits.
    return marks < 2 && longest < 12 && digits < PersonalNumber.leastDigitCount
  }

  /// What a word is, if it is anything that must not be stored.
  package static func finding(in word: UnsafeBufferPointer<UInt8>) -> Finding? {
    if isMail(word) { return .mail }
    if NetworkAddress(word) != nil { return .address }
    return isSecret(word) ? .secret : nil
  }

  /// The text with every finding replaced; `nil` where there is none.
  static func replacing(
    in text: UnsafeBufferPointer<UInt8>, _ replace: (Finding, String) -> String
  ) -> String? {
    guard !isPlain(text) else { return nil }
    let numbers = PersonalNumber.find(in: text)
    guard numbers.isEmpty else {
      var rest: [UInt8] = []
      var end = 0
      for (place, finding) in numbers {
        rest.append(contentsOf: text[end..<place.lowerBound])
        rest.append(contentsOf: replace(finding, String(decoding: text[place], as: UTF8.self)).utf8)
        end = place.upperBound
      }
      rest.append(contentsOf: text[end...])
      return rest.withUnsafeBufferPointer { replacingWords(in: $0, replace) }
        ?? String(decoding: rest, as: UTF8.self)
    }
    return replacingWords(in: text, replace)
  }

  private static func replacingWords(
    in text: UnsafeBufferPointer<UInt8>, _ replace: (Finding, String) -> String
  ) -> String? {
    var result: [UInt8] = []
    var hasFound = false
    var start = 0
    func take(_ end: Int) {
      guard end > start else { return }
      var first = start
      var last = end
      // What ends or opens a sentence is no part of the word.
      while last > first, isTrimmed(text[last - 1]) { last -= 1 }
      while first < last, isTrimmed(text[first]) { first += 1 }
      let word = UnsafeBufferPointer(rebasing: text[first..<last])
      if let finding = finding(in: word) {
        hasFound = true
        result.append(contentsOf: text[start..<first])
        result.append(contentsOf: replace(finding, String(decoding: word, as: UTF8.self)).utf8)
        result.append(contentsOf: text[last..<end])
      } else {
        result.append(contentsOf: text[start..<end])
      }
    }
    for place in text.indices where isSeparator(text[place]) {
      take(place)
      result.append(text[place])
      start = place + 1
    }
    take(text.count)
    return hasFound ? String(decoding: result, as: UTF8.self) : nil
  }

  static func isMail(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard word.count >= 3 else { return false }
    // `%40` is how addresses stand in URLs.
    for place in word.indices {
      let isSign =
        word[place] == UInt8(ascii: "@")
        || (word[place] == UInt8(ascii: "%") && place + 2 < word.count
          && word[place + 1] == UInt8(ascii: "4") && word[place + 2] == UInt8(ascii: "0"))
      if isSign, place > 0, place + 1 < word.count { return true }
    }
    return false
  }

  private static let prefixes: [[UInt8]] = [
    "sk-", "sk_", "pk_live", "rk_live", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-",
    "xoxb-", "xoxp-", "xoxa-", "xoxs-", "AKIA", "ASIA", "AIza", "ya29.", "eyJ", "dbk_", "npm_",
    "hf_", "-----BEGIN", "whsec_", "SG.",
  ].map { Array($0.utf8) }

  /// Whether it begins as the keys of well-known services and tokens do.
  static func hasSecretPrefix(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard word.count >= 12 else { return false }
    for prefix in prefixes where word.count >= prefix.count + 8 && word[0] == prefix[0] {
      if word.prefix(prefix.count).elementsEqual(prefix) { return true }
    }
    return false
  }

  static func isSecret(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    if hasSecretPrefix(word) { return true }
    // Random keys mix small letters, capitals and digits without a break. Names of things, such as
    // `Llama-3.1-70B-Instruct`, have breaks.
    var run = Run()
    for byte in word {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): run.smallCount += 1
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): run.capitalCount += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"): run.digitCount += 1
      default: run = Run()
      }
      if run.isRandom { return true }
    }
    return false
  }

  private struct Run {
    var smallCount = 0
    var capitalCount = 0
    var digitCount = 0

    var isRandom: Bool {
      smallCount + capitalCount + digitCount >= 20 && smallCount > 0 && capitalCount > 0
        && digitCount > 0
    }
  }

  @inline(__always)
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
      UInt8(ascii: "/"), UInt8(ascii: "|"), UInt8(ascii: "?"), UInt8(ascii: "&"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }

  private static func isTrimmed(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: ":")
  }
}
