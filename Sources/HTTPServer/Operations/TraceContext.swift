/// The trace that a request belongs to, as its caller says (W3C Trace Context, level 1): `traceparent`.
package struct TraceContext: Sendable, Equatable {
  /// 32 hexadecimal digits.
  package let trace: String
  /// The caller's part of it: 16 hexadecimal digits.
  package let parent: String
  package let isSampled: Bool

  /// `nil` for anything that is not as the standard says, which is to be passed over.
  package init?(_ header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff",
      parts[0] != "00" || parts.count == 4,
      Self.isHexadecimal(parts[0], 2), Self.isHexadecimal(parts[1], 32),
      Self.isHexadecimal(parts[2], 16), Self.isHexadecimal(parts[3], 2),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
      let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    trace = String(parts[1])
    parent = String(parts[2])
    isSampled = flags & 1 == 1
  }

  private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// For the answer and for those that Daybook asks in turn: the same trace, with `span` as its parent.
  package func header(span: UInt64) -> String {
    let digits = String(span == 0 ? 1 : span, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return "00-\(trace)-\(padded)-\(isSampled ? "01" : "00")"
  }
}
