internal import Crypto

/// A UUID that follows from names: version 8 (RFC 9562) of SHA-256 over them, each after its length, so
/// that nobody finds other names that give the same.
public enum NameUUID {
  public static func text(of names: [String]) -> String {
    var bytes = hash(of: names)
    bytes[6] = bytes[6] & 0x0f | 0x80
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text = ""
    for (place, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(place) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }

  /// A number that follows from names in the same way, and is never 0.
  public static func number(of names: [String]) -> Int64 {
    let word = hash(of: names).prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return Int64(bitPattern: max(word, 1))
  }

  /// 16 bytes.
  private static func hash(of names: [String]) -> [UInt8] {
    var hash = SHA256()
    for name in names {
      hash.update(data: Array("\(name.utf8.count):".utf8))
      hash.update(data: Array(name.utf8))
    }
    return Array(hash.finalize().prefix(16))
  }
}
