internal import Sketches

/// States of sketches as text: `\x`, then their bytes in hexadecimal. So they are shown, and so
/// tables hold them.
public enum SketchText {
  /// What a text stands for; `nil` if it is no whole state of the type.
  public static func state(
    _ text: UnsafeBufferPointer<UInt8>, type: DataType
  ) -> Value? {
    guard let bytes = bytes(text) else { return nil }
    do throws(SketchDecodingError) {
      switch type {
      case .hyperLogLog: return .hyperLogLog(try HyperLogLog(decoding: bytes))
      case .digest: return .digest(try TDigest(decoding: bytes))
      default: return nil
      }
    } catch {
      return nil
    }
  }

  private static func bytes(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
      text[1] == UInt8(ascii: "x")
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for place in stride(from: 2, to: text.count, by: 2) {
      guard let high = digit(text[place]), let low = digit(text[place + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
