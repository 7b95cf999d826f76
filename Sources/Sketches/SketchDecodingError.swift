/// Why bytes are not a sketch, and where.
public struct SketchDecodingError: Error, Equatable, CustomStringConvertible {
  public enum Problem: Equatable, Sendable {
    /// The bytes do not begin with the mark of the sketch asked for.
    case notThisSketch
    /// A version that this build cannot read: written by a newer one, or damaged.
    case unsupportedVersion(UInt8)
    /// The bytes end before the sketch does.
    case truncated
    /// More bytes follow the end of the sketch.
    case trailingBytes
    /// The bytes were changed after they were written.
    case checksumMismatch
    /// A field holds what no sketch holds; the text names the field and the rule.
    case invalid(String)
  }

  public let sketch: String
  public let problem: Problem
  /// Where in the bytes the problem was seen.
  public let byteOffset: Int

  public var description: String {
    let reason =
      switch problem {
      case .notThisSketch: "it does not begin like a \(sketch)"
      case .unsupportedVersion(let version):
        "version \(version) is not known; a newer release may have written it"
      case .truncated: "it ends too early; was it cut in transport?"
      case .trailingBytes: "bytes follow its end"
      case .checksumMismatch: "the checksum does not match; the bytes were damaged"
      case .invalid(let rule): rule
      }
    return "not a valid \(sketch) at byte \(byteOffset): \(reason)"
  }
}
