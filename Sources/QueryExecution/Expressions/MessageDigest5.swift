import Glibc

/// MD5 of RFC 1321: a fingerprint for SQL's md5(), of no use for security.
enum MessageDigest5 {
  private static let shifts: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]
  private static let constants: [UInt32] = (0..<64).map {
    UInt32(truncatingIfNeeded: Int64(abs(sin(Double($0 + 1))) * 4_294_967_296))
  }

  static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>) -> String {
    var message = Array(text)
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    let bitCount = UInt64(text.count) &* 8
    for shift in 0..<8 { message.append(UInt8(truncatingIfNeeded: bitCount &>> UInt64(shift * 8))) }
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
      if start & 0xFFFF == 0, QueryScope.mustStop { break }
      add(block: message[start..<start + 64], to: &state)
    }
    let digits = Array("0123456789abcdef".utf8)
    var result: [UInt8] = []
    for word in state {
      for shift in 0..<4 {
        let byte = Int(word &>> UInt32(shift * 8)) & 0xFF
        result += [digits[byte &>> 4], digits[byte & 15]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func add(block: ArraySlice<UInt8>, to state: inout [UInt32]) {
    let words = (0..<16).map { index in
      (0..<4).reduce(UInt32(0)) {
        $0 | UInt32(block[block.startIndex + index * 4 + $1]) &<< UInt32($1 * 8)
      }
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for round in 0..<64 {
      let mixed: UInt32
      let word: Int
      switch round / 16 {
      case 0: (mixed, word) = ((b & c) | (~b & d), round)
      case 1: (mixed, word) = ((d & b) | (~d & c), (5 * round + 1) % 16)
      case 2: (mixed, word) = (b ^ c ^ d, (3 * round + 5) % 16)
      default: (mixed, word) = (c ^ (b | ~d), 7 * round % 16)
      }
      let sum = mixed &+ a &+ constants[round] &+ words[word]
      let shift = shifts[round / 16 * 4 + round % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum &<< shift | sum &>> (32 - shift)))
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
  }
}
