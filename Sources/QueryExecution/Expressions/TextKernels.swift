import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions that map or measure one string.
enum TextKernels {
  /// Writes one string per row; rows that are null get an empty one.
  @inline(__always)
  static func build(
    _ rows: KernelRows,
    _ write: (_ row: Int, _ builder: inout TextBuilder) throws(QueryError) -> Void
  ) throws(QueryError) -> Vector {
    var builder = TextBuilder(entries: rows.count, bytes: rows.count * 8)
    var reserved = builder.bytes.count
    for row in 0..<rows.count {
      if rows.isValid(row) { try write(row, &builder) }
      try builder.requireBoundedText()
      builder.finish()
      // Short texts never come here; a single one is bounded by itself.
      if builder.bytes.count > reserved + 1 << 20 {
        try QueryScope.reserve(2 * (builder.bytes.count - reserved), for: "texts")
        reserved = builder.bytes.count
        try QueryScope.check()
      } else if row & 0x3FF == 0x3FF {
        try QueryScope.check()
      }
    }
    return builder.vector()
  }

  static func mapping(_ site: CallSite) -> Kernel {
    let location = site.location
    switch site.function {
    case .lower: return mapped { cased($0, &$1, isUpper: false) }
    case .upper: return mapped { cased($0, &$1, isUpper: true) }
    case .capitalize: return mapped { $1.write(capitalized(String(decoding: $0, as: UTF8.self))) }
    case .reverse: return mapped { reverse($0, &$1) }
    case .md5: return mapped { $1.write(MessageDigest5.hexadecimal($0)) }
    case .toHexadecimal:
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        let values = arguments[0].integerRows
        return try build(rows) { (row, builder) throws(QueryError) in
          builder.write(String(UInt64(bitPattern: values[row]), radix: 16))
        }
      }
    default:
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        let values = arguments[0].integerRows
        return try build(rows) { (row, builder) throws(QueryError) in
          if values[row] == 0 {
            throw QueryError(.invalidArgument, "null character not permitted", at: location)
          }
          guard let code = UInt32(exactly: values[row]), let scalar = Unicode.Scalar(code) else {
            throw QueryError(
              .invalidArgument,
              "requested character not valid for encoding: \(values[row])", at: location)
          }
          builder.write(String(scalar))
        }
      }
    }
  }

  private static func mapped(
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>, inout TextBuilder) -> Void
  ) -> Kernel {
    Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        try build(rows) { (row, builder) throws(QueryError) in body(text[row], &builder) }
      }
    }
  }

  private static func cased(
    _ text: UnsafeBufferPointer<UInt8>, _ builder: inout TextBuilder, isUpper: Bool
  ) {
    if CaseMapping.isASCII(text) {
      if isUpper {
        builder.write(text) { CaseMapping.upper($0) }
      } else {
        builder.write(text) { CaseMapping.lower($0) }
      }
      return
    }
    // Each character is mapped by itself, so a long text may be mapped in parts.
    var start = 0
    while start < text.count, !QueryScope.mustStop {
      var end = min(start + 0x10000, text.count)
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      let part = UnsafeBufferPointer(rebasing: text[start..<end])
      let string = String(decoding: part, as: UTF8.self)
      builder.write(isUpper ? string.uppercased() : string.lowercased())
      start = end
    }
  }

  /// Upper case at the start of each run of letters and digits, lower case within.
  private static func capitalized(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index & 0xFFF == 0xFFF, QueryScope.mustStop { break }
      let properties = scalar.properties
      result += isInWord ? properties.lowercaseMapping : properties.uppercaseMapping
      isInWord = properties.isAlphabetic || properties.numericType != nil
    }
    return result
  }

  private static func reverse(
    _ text: UnsafeBufferPointer<UInt8>, _ builder: inout TextBuilder
  ) {
    var end = text.count
    while end > 0 {
      var start = end - 1
      while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
      if start & 0xFFFF == 0xFFFF, QueryScope.mustStop { return }
      builder.write(UnsafeBufferPointer(rebasing: text[start..<end]))
      end = start
    }
  }

  static func measuring(_ site: CallSite) -> Kernel {
    switch site.function {
    case .byteLength: measured { Int64($0.count) }
    case .characterLength: measured { Int64(Characters.count($0)) }
    case .ascii: measured { Characters.first($0) }
    case .position:
      Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = pairs(arguments, rows) { text, part in
          firstIndex(of: part, in: text, from: 0).map { index in
            Int64(Characters.count(UnsafeBufferPointer(rebasing: text[..<index])) + 1)
          } ?? 0
        }
        return Vector(type: .integer, count: rows.count, storage: .integers(values))
      }
    default:
      Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = pairs(arguments, rows) { text, prefix -> UInt8 in
          guard text.count >= prefix.count else { return 0 }
          return equalBytes(UnsafeBufferPointer(rebasing: text[..<prefix.count]), prefix) ? 1 : 0
        }
        return Vector(type: .boolean, count: rows.count, storage: .booleans(values))
      }
    }
  }

  private static func measured(
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Int64
  ) -> Kernel {
    Kernels.perEntry { (arguments, rows) throws(QueryError) in
      TextRows.withRows(of: arguments[0]) { text in
        var values = [Int64](repeating: 0, count: rows.count)
        var work = WorkCounter()
        for row in 0..<rows.count where rows.isValid(row) {
          let bytes = text[row]
          if work.mustStop(after: bytes.count + 1) { break }
          values[row] = body(bytes)
        }
        return Vector(type: .integer, count: rows.count, storage: .integers(values))
      }
    }
  }

  private static func pairs<Result: FixedWidthInteger>(
    _ arguments: [Vector], _ rows: KernelRows,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
  ) -> [Result] {
    var values = [Result](repeating: 0, count: rows.count)
    TextRows.withRows(of: arguments[0]) { left in
      TextRows.withRows(of: arguments[1]) { right in
        var work = WorkCounter()
        for row in 0..<rows.count where rows.isValid(row) {
          let (bytes, part) = (left[row], right[row])
          if work.mustStop(after: bytes.count + 1) { break }
          values[row] = body(bytes, part)
        }
      }
    }
    return values
  }
}

/// Characters (Unicode scalars) of UTF-8 bytes.
enum Characters {
  @inline(__always)
  static func count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    // Eight bytes at a time: those that continue a character have bit 7 set and bit 6 clear.
    let bytes = UnsafeRawBufferPointer(text)
    var continuations = 0
    var index = 0
    while index &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      continuations &+=
        ((word &>> 7) & ~(word &>> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
      index &+= 8
    }
    while index < bytes.count {
      continuations &+= bytes[index] & 0xC0 == 0x80 ? 1 : 0
      index &+= 1
    }
    return bytes.count &- continuations
  }

  /// Where character `index` (from 0) starts, or the end.
  static func offset(_ text: UnsafeBufferPointer<UInt8>, character index: Int) -> Int {
    if index <= 0 { return 0 }
    if index >= text.count { return text.count }
    var seen = -1
    for offset in text.indices where text[offset] & 0xC0 != 0x80 {
      seen += 1
      if seen == index { return offset }
    }
    return text.count
  }

  /// How many bytes the character at the offset has.
  @inline(__always)
  static func length(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
    var end = offset + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end - offset
  }

  /// The code point of the first character; 0 for none.
  static func first(_ text: UnsafeBufferPointer<UInt8>) -> Int64 {
    guard let byte = text.first else { return 0 }
    if byte < 0x80 { return Int64(byte) }
    let start = UnsafeBufferPointer(rebasing: text.prefix(4))
    return String(decoding: start, as: UTF8.self).unicodeScalars.first.map { Int64($0.value) } ?? 0
  }
}
