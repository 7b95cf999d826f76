internal import Glibc

/// An IP address.
public struct NetworkAddress: Hashable, Sendable {
  /// 4 or 16, in network order.
  public let bytes: [UInt8]

  public init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ NetworkAddress($0) }) else { return nil }
    self = address
  }

  /// As `1.2.3.4`, `2001:db8::1`, and with brackets, port or zone around it as proxies write them.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard text.count >= 2, text.count <= 64 else { return nil }
    var part = text[...]
    if part.first == UInt8(ascii: "[") {
      guard let close = part.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      part = part[(part.startIndex + 1)..<close]
    } else if part.count(where: { $0 == UInt8(ascii: ":") }) == 1,
      let colon = part.firstIndex(of: UInt8(ascii: ":"))
    {
      part = part[..<colon]
    }
    if let zone = part.firstIndex(of: UInt8(ascii: "%")) { part = part[..<zone] }
    guard part.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) else {
      return nil
    }
    // C wants a zero at the end.
    var word = [CChar](repeating: 0, count: part.count + 1)
    for (place, byte) in part.enumerated() {
      guard byte > 0x20, byte < 0x7F else { return nil }
      word[place] = CChar(bitPattern: byte)
    }
    var all = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, word, &all) == 1 {
      bytes = Array(all.prefix(4))
      return
    }
    guard inet_pton(AF_INET6, word, &all) == 1 else { return nil }
    // An IPv4 address that came over IPv6 is the same one.
    let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
    bytes = isMapped ? Array(all.suffix(4)) : all
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// As RFC 5952 writes it.
  public var text: String {
    var buffer = [CChar](repeating: 0, count: 64)
    _ = bytes.withUnsafeBytes {
      inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, $0.baseAddress, &buffer, 64)
    }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The network that the address is in: the first 24 bits of IPv4, 48 of IPv6.
  public var network: NetworkAddress {
    let kept = bytes.count == 4 ? 3 : 6
    return NetworkAddress(
      bytes: bytes.enumerated().map { $0.offset < kept ? $0.element : 0 })
  }

  /// Of a private network, of this machine, or for documents: no country has it.
  public var isPrivate: Bool {
    if bytes.count == 4 {
      switch (bytes[0], bytes[1], bytes[2]) {
      case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (224..., _, _),
        (172, 16...31, _), (100, 64...127, _), (192, 0, 2), (198, 51, 100), (203, 0, 113),
        (198, 18...19, _), (192, 0, 0):
        return true
      default: return false
      }
    }
    if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] <= 1 }
    return bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0x80 == 0x80)
      || bytes[0] == 0xFF || bytes.prefix(4).elementsEqual([0x20, 0x01, 0x0D, 0xB8])
  }
}
