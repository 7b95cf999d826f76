/// Finds members of a JSON document (RFC 8259) in its bytes, without building it.
///
/// The document is valid: columns hold nothing else, and casts from text check. Of other bytes the
/// result is arbitrary, but none is read past the end.
struct JSONCursor {
  /// What to go into: a key of an object, or a place in an array. Each may be both.
  struct Step: Sendable {
    var key: [UInt8]?
    /// From 0; below 0 from the end.
    var place: Int64?
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position: Int
  private let end: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
    skipSpaces()
  }

  /// The first byte of the value, by which its kind is known; 0 of nothing.
  var first: UInt8 { position < end ? bytes[position] : 0 }

  /// The bytes of the value at the end of the path.
  static func find(_ path: [Step], in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    var cursor = JSONCursor(bytes)
    var range = cursor.valueRange()
    for step in path {
      cursor = JSONCursor(bytes, in: range)
      var found: Range<Int>?
      switch cursor.first {
      case UInt8(ascii: "{"):
        guard let key = step.key else { return nil }
        // Of equal keys the last one counts, as in PostgreSQL.
        cursor.forEachMember { name, value in
          if isEqual(bytes, name, key) { found = value }
        }
      case UInt8(ascii: "["):
        guard let place = step.place else { return nil }
        found = cursor.element(at: place)
      default: return nil
      }
      guard let found else { return nil }
      range = found
    }
    return range
  }

  /// The bytes from here to the end of the value.
  private mutating func valueRange() -> Range<Int> {
    let start = position
    skipValue()
    return start..<position
  }

  private func element(at place: Int64) -> Range<Int>? {
    var elements = self
    if place >= 0 {
      var index: Int64 = 0
      var found: Range<Int>?
      elements.forEachElement { range in
        if index == place { found = range }
        index += 1
        return found == nil
      }
      return found
    }
    var all: [Range<Int>] = []
    elements.forEachElement { range in
      all.append(range)
      return true
    }
    let (index, overflow) = Int64(all.count).addingReportingOverflow(place)
    return overflow || index < 0 ? nil : all[Int(index)]
  }

  /// Calls `body` with each element of the array that begins here, until it is false.
  mutating func forEachElement(_ body: (Range<Int>) -> Bool) {
    position += 1
    skipSpaces()
    while position < end, bytes[position] != UInt8(ascii: "]") {
      let start = position
      guard body(valueRange()), position > start else { return }
      skipSpaces()
      if first == UInt8(ascii: ",") { position += 1 }
      skipSpaces()
    }
  }

  /// Calls `body` with the key, without its quotes, and the value of each member of the object that
  /// begins here.
  mutating func forEachMember(_ body: (_ key: Range<Int>, _ value: Range<Int>) -> Void) {
    position += 1
    skipSpaces()
    while position < end, bytes[position] == UInt8(ascii: "\"") {
      let key = valueRange()
      skipSpaces()
      if first == UInt8(ascii: ":") { position += 1 }
      skipSpaces()
      let value = valueRange()
      body(key.lowerBound + 1..<max(key.lowerBound + 1, key.upperBound - 1), value)
      skipSpaces()
      if first == UInt8(ascii: ",") { position += 1 }
      skipSpaces()
    }
  }

  private mutating func skipSpaces() {
    while position < end, bytes[position] <= 0x20 { position += 1 }
  }

  private mutating func skipValue() {
    switch first {
    case UInt8(ascii: "\""): skipString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
    default:
      while position < end {
        switch bytes[position] {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): return
        case let byte where byte <= 0x20: return
        default: position += 1
        }
      }
    }
  }

  private mutating func skipString() {
    position += 1
    while position < end {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\"), position < end { position += 1 }
    }
  }

  private mutating func skipNested() {
    var depth = 0
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
      if depth == 0 { return }
    }
  }

  private static func isEqual(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ key: [UInt8]
  ) -> Bool {
    let name = bytes[range]
    guard name.contains(UInt8(ascii: "\\")) else { return name.elementsEqual(key) }
    var text = TextBuilder()
    text.writeUnescaped(UnsafeBufferPointer(rebasing: name))
    return text.bytes == key
  }
}

extension TextBuilder {
  /// The inside of a JSON string as the text it stands for. U+0000, which no text can hold, and
  /// halves of surrogate pairs become U+FFFD.
  mutating func writeUnescaped(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < text.count else {
        write(byte)
        continue
      }
      let escaped = text[index]
      index += 1
      switch escaped {
      case UInt8(ascii: "b"): write(UInt8(0x08))
      case UInt8(ascii: "f"): write(UInt8(0x0C))
      case UInt8(ascii: "n"): write(UInt8(0x0A))
      case UInt8(ascii: "r"): write(UInt8(0x0D))
      case UInt8(ascii: "t"): write(UInt8(0x09))
      case UInt8(ascii: "u"): write(String(Self.scalar(text, &index)))
      default: write(escaped)
      }
    }
  }

  private static func scalar(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> Unicode.Scalar {
    let high = unit(text, &index)
    if (0xD800..<0xDC00).contains(high), index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
      text[index + 1] == UInt8(ascii: "u")
    {
      var next = index + 2
      let low = unit(text, &next)
      if (0xDC00..<0xE000).contains(low) {
        index = next
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
      }
    }
    return high == 0 ? "\u{FFFD}" : Unicode.Scalar(high) ?? "\u{FFFD}"
  }

  private static func unit(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
    var unit: UInt32 = 0
    let end = min(index + 4, text.count)
    while index < end {
      let byte = text[index]
      let digit = byte < 0x40 ? byte &- 0x30 : (byte | 0x20) &- 0x57
      unit = unit << 4 | UInt32(digit & 15)
      index += 1
    }
    return unit
  }
}
