/// The bytes of a file after decompression, by a decoder of its own: LZ4 frames, one after the other,
/// and payloads of the journal. Other files as they are.
struct PlainContents {
  private(set) var parts: [[UInt8]] = []

  init(_ bytes: [UInt8], path: String) {
    if path.hasSuffix(".lz4") {
      var offset = 0
      while offset + 7 <= bytes.count {
        guard let content = Self.frame(bytes, &offset) else {
          parts.append(Array(bytes[offset...]))
          return
        }
        parts.append(content)
      }
    } else if path.hasSuffix(".journal") {
      var offset = 56
      while offset + 56 <= bytes.count, Array(bytes[offset..<offset + 4]) == Array("DBJF".utf8) {
        let isCompressed = bytes.number(offset + 4, 4) == 1
        let count = bytes.number(offset + 12, 4)
        let start = offset + 56
        guard start + count <= bytes.count else { break }
        let stored = bytes[start..<start + count]
        parts.append(isCompressed ? Self.block(stored) : Array(stored))
        offset = start + count
      }
      parts.append(Array(bytes[min(offset, bytes.count)...]))
    } else {
      parts = [bytes]
    }
  }

  /// One LZ4 frame with independent blocks.
  private static func frame(_ bytes: [UInt8], _ offset: inout Int) -> [UInt8]? {
    guard bytes.number(offset, 4) == 0x184D_2204 else { return nil }
    let flags = bytes[offset + 4]
    var next = offset + 6 + (flags & 0x08 != 0 ? 8 : 0) + (flags & 0x01 != 0 ? 4 : 0) + 1
    var content: [UInt8] = []
    while next + 4 <= bytes.count {
      let size = bytes.number(next, 4)
      next += 4
      if size == 0 {
        offset = next + (flags & 0x04 != 0 ? 4 : 0)
        return content
      }
      let count = size & 0x7FFF_FFFF
      guard next + count <= bytes.count else { return nil }
      let block = bytes[next..<next + count]
      content += size & 0x8000_0000 != 0 ? Array(block) : Self.block(block)
      next += count + (flags & 0x10 != 0 ? 4 : 0)
    }
    return nil
  }

  private static func block(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var place = bytes.startIndex
    func length(_ nibble: UInt8) -> Int {
      var length = Int(nibble)
      guard nibble == 15 else { return length }
      while place < bytes.endIndex {
        let more = bytes[place]
        place += 1
        length += Int(more)
        if more < 255 { break }
      }
      return length
    }
    while place < bytes.endIndex {
      let token = bytes[place]
      place += 1
      let literals = length(token >> 4)
      result += bytes[place..<min(place + literals, bytes.endIndex)]
      place += literals
      guard place + 2 <= bytes.endIndex else { break }
      let distance = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      place += 2
      for _ in 0..<(length(token & 15) + 4) where distance > 0 && distance <= result.count {
        result.append(result[result.count - distance])
      }
    }
    return result
  }
}

extension [UInt8] {
  fileprivate func number(_ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
  }

  func holds(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first, count >= needle.count else { return false }
    return (0...(count - needle.count)).contains { start in
      self[start] == first && self[start..<start + needle.count].elementsEqual(needle)
    }
  }
}
