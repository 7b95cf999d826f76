import Glibc
import QueryLanguage
import Synchronization

/// Why a regular expression cannot be used.
struct RegularExpressionFailure: Error {
  var message: String
}

/// A POSIX extended regular expression, compiled by the C library.
///
/// Beyond POSIX: `\d \w \s` and their opposites, `\b` and `\y` for the edge of a word, `\n \t \r`,
/// `(?:...)`, and `(?i)` at the start. Refused: back references (they take exponential time),
/// non-greedy quantifiers, look-around, and patterns that would need too much memory.
final class RegularExpression: Sendable {
  /// Where a pattern repeats something, the C library tries anew from each character, in time of text x
  /// text, and cannot be interrupted meanwhile. So text x pattern is bounded, in bytes: a text of 32 KB
  /// takes seconds at worst.
  private static let mostWork = 1 << 19

  /// The pattern in POSIX form.
  private let pattern: String
  private let ignoresCase: Bool
  /// Number of each capturing group among all groups of the POSIX form.
  let groups: [Int]
  private let groupCount: Int
  /// Compiled forms that nobody uses right now: the C library locks one while it matches, so each
  /// thread takes its own.
  private let idle = Mutex<[Compiled]>([])

  init(_ source: String, ignoresCase: Bool) throws(RegularExpressionFailure) {
    var translation = RegexTranslation(source)
    try translation.translate()
    pattern = String(decoding: translation.output, as: UTF8.self)
    groups = translation.capturing
    groupCount = translation.groupCount
    self.ignoresCase = ignoresCase || translation.ignoresCase
    let compiled = try Compiled(pattern, ignoresCase: self.ignoresCase)
    idle.withLock { $0.append(compiled) }
  }

  /// Lends a matcher that no other thread uses. `location` is for errors.
  func withMatcher<Result>(
    at location: Range<Int>, _ body: (borrowing Matcher) throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    var lent = idle.withLock { $0.popLast() }
    if lent == nil { lent = try? Compiled(pattern, ignoresCase: ignoresCase) }
    guard let lent else { throw Matcher.noMemory(at: location) }
    // Characters are UTF-8's whatever the process has set.
    let previous = uselocale(Compiled.utf8)
    defer {
      uselocale(previous)
      idle.withLock { $0.append(lent) }
    }
    return try body(
      Matcher(
        compiled: lent, groupCount: groupCount,
        longestText: longestText, location: location))
  }

  private var longestText: Int {
    guard pattern.utf8.contains(where: { "*+{".utf8.contains($0) }) else { return .max }
    return max(Self.mostWork / max(pattern.utf8.count, 16), 4_096)
  }

  /// Finds matches in bytes.
  struct Matcher: ~Copyable {
    fileprivate let compiled: Compiled
    fileprivate let groupCount: Int
    fileprivate let longestText: Int
    fileprivate let location: Range<Int>

    func matches(_ text: UnsafeBufferPointer<UInt8>) throws(QueryError) -> Bool {
      try ranges(text, from: 0, limit: 1) != nil
    }

    /// The whole match and each group of the POSIX form, in bytes; `nil` for a group that took no
    /// part, and for no match.
    func firstMatch(
      _ text: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(QueryError) -> [Range<Int>?]? {
      try ranges(text, from: start, limit: groupCount + 1)
    }

    private func ranges(
      _ text: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int
    ) throws(QueryError) -> [Range<Int>?]? {
      guard text.count - start <= longestText, let end = regoff_t(exactly: text.count),
        let from = regoff_t(exactly: start)
      else {
        throw QueryError(
          .tooComplex,
          "a text of \(text.count) bytes is too long for this regular expression", at: location,
          hint:
            "texts may have \(longestText) bytes here: search a part of it, such as left(x, 1000)")
      }
      var matches = [regmatch_t](repeating: regmatch_t(), count: limit)
      // The bounds go in where the match comes out, so that no terminating zero is needed.
      matches[0] = regmatch_t(rm_so: from, rm_eo: end)
      let flags = REG_STARTEND | (start > 0 ? REG_NOTBOL : 0)
      var empty: UInt8 = 0
      let status = withUnsafePointer(to: &empty) { empty in
        let base = text.baseAddress ?? empty
        return base.withMemoryRebound(to: CChar.self, capacity: max(text.count, 1)) {
          regexec(&compiled.regex, $0, matches.count, &matches, flags)
        }
      }
      if status == _REG_NOMATCH.rawValue { return nil }
      guard status == 0 else { throw Self.noMemory(at: location) }
      return matches.map { match in
        match.rm_so < 0 || match.rm_eo < match.rm_so ? nil : Int(match.rm_so)..<Int(match.rm_eo)
      }
    }

    fileprivate static func noMemory(at location: Range<Int>) -> QueryError {
      QueryError(
        .outOfMemory, "the regular expression needs more memory than there is", at: location)
    }
  }
}

/// Owns what `regcomp` made. One thread at a time uses it: `RegularExpression` lends it out.
private final class Compiled: @unchecked Sendable {
  fileprivate var regex = regex_t()

  /// Created once, never freed; `nil` when the system has no such locale.
  nonisolated(unsafe) static let utf8: locale_t? = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

  init(_ pattern: String, ignoresCase: Bool) throws(RegularExpressionFailure) {
    let previous = uselocale(Self.utf8)
    defer { uselocale(previous) }
    let status = regcomp(&regex, pattern, REG_EXTENDED | (ignoresCase ? REG_ICASE : 0))
    guard status != 0 else { return }
    var message = [CChar](repeating: 0, count: 200)
    regerror(status, &regex, &message, message.count)
    let length = message.firstIndex(of: 0) ?? 0
    let text = String(decoding: message[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    throw RegularExpressionFailure(message: text.lowercased())
  }

  deinit {
    regfree(&regex)
  }
}
