/// Names one request in its answer, the log and the audit log: 128 random bits in hexadecimal digits.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public init(using random: inout some RandomNumberGenerator) {
    let digits = Array("0123456789abcdef".utf8)
    text = String(
      decoding: (0..<32).map { _ in digits[Int.random(in: 0..<16, using: &random)] }, as: UTF8.self)
  }

  public var description: String { text }
}
