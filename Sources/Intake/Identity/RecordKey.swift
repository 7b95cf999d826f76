internal import CXXHash
internal import Glibc

/// 128 bits that stand for an organisation and the id of a record.
///
/// XXH3 with a seed that nobody outside knows and that is another one in each process: keys are never
/// stored. Among 10^9 ids two have the same key with a probability below 2^-68.
package struct RecordKey: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  package init(_ bytes: [UInt8], seed: UInt64) {
    let hash = bytes.withUnsafeBytes { XXH3_128bits_withSeed($0.baseAddress, $0.count, seed) }
    high = hash.high64
    low = hash.low64
  }

  /// As a UUID of version 8 (RFC 9562).
  package var uuid: String {
    var words = [high, low]
    words[0] = words[0] & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
    words[1] = words[1] & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for place in 0..<32 {
      if [8, 12, 16, 20].contains(place) { text.append(UInt8(ascii: "-")) }
      let word = words[place / 16]
      text.append(digits[Int((word >> UInt64(60 - 4 * (place % 16))) & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
