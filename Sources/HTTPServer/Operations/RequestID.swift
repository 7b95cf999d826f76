/// Names one request in its answer, the log and the audit log: 128 random bits in hexadecimal digits, or
/// what the caller sent as `X-Request-Id`.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public init(using random: inout some RandomNumberGenerator) {
    func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    text = digits(random.next()) + digits(random.next())
  }

  /// A caller's own: 8 to 64 letters, digits, dots, dashes and underscores. `nil` for anything else.
  public init?(sent text: String) {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    guard isPlain, (8...64).contains(text.utf8.count) else { return nil }
    self.text = text
  }

  public var description: String { text }
}
