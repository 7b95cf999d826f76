internal import CPCRE2

/// A compiled pattern of PCRE2, with a bound on the work of one match: what it is matched with comes
/// from strangers.
///
/// Sound to share because a compiled pattern is never changed; each match has data of its own.
final class RegularExpression: @unchecked Sendable {
  private let code: OpaquePointer
  private let context: OpaquePointer
  private static let matchLimit: UInt32 = 100_000

  /// `nil` where it is no pattern.
  init?(_ pattern: String, ignoresCase: Bool) {
    var problem: Int32 = 0
    var offset = 0
    let bytes = Array(pattern.utf8)
    // Bytes rather than letters: texts need not be UTF-8, and the patterns are ASCII.
    guard
      let code = pcre2_compile_8(
        bytes, bytes.count, ignoresCase ? PCRE2_CASELESS : 0, &problem, &offset, nil),
      let context = pcre2_match_context_create_8(nil)
    else { return nil }
    pcre2_set_match_limit_8(context, Self.matchLimit)
    pcre2_set_depth_limit_8(context, 1_000)
    pcre2_set_heap_limit_8(context, 1_024)
    pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
    self.code = code
    self.context = context
  }

  deinit {
    pcre2_match_context_free_8(context)
    pcre2_code_free_8(code)
  }

  /// The first two groups of the first match; `nil` where there is none, or where the work was too
  /// much.
  func match(_ text: [UInt8]) -> (first: String?, second: String?)? {
    guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
    defer { pcre2_match_data_free_8(data) }
    let count = pcre2_match_8(code, text, text.count, 0, 0, data, context)
    guard count > 0, let offsets = pcre2_get_ovector_pointer_8(data) else { return nil }
    func group(_ number: Int) -> String? {
      guard number < Int(count) else { return nil }
      let (start, end) = (offsets[2 * number], offsets[2 * number + 1])
      guard start < end, end <= text.count else { return nil }
      return String(decoding: text[start..<end], as: UTF8.self)
    }
    return (group(1), group(2))
  }
}
