import ColumnStore
import QueryLanguage
import QueryPlanning

/// LIKE and ILIKE. Case is ignored by comparing lower case.
enum LikeKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let ignoresCase = site.function == .likeIgnoringCase
    let location = site.location
    let isFixed =
      site.constants.count > 1 && site.constants[1...].allSatisfy { $0 != nil }
    if isFixed, let pattern = site.text(1) {
      let escape = site.constants.count > 2 ? site.text(2) : nil
      let prepared = try Self.pattern(pattern, escape, ignoresCase, location)
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        TextRows.withRows(of: arguments[0]) { text in
          var result = [UInt8](repeating: 0, count: rows.count)
          var work = WorkCounter()
          for row in 0..<rows.count where rows.isValid(row) {
            let bytes = text[row]
            if work.mustStop(after: bytes.count + 1) { break }
            let isMatch =
              ignoresCase
              ? CaseMapping.withLowercase(bytes) { prepared.matches($0) }
              : prepared.matches(bytes)
            result[row] = isMatch ? 1 : 0
          }
          return Vector(type: .boolean, count: rows.count, storage: .booleans(result))
        }
      }
    }
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      var result = [UInt8](repeating: 0, count: rows.count)
      var known: (pattern: Value, escape: Value?, prepared: LikePattern)?
      for row in 0..<rows.count where rows.isValid(row) {
        if row & 0xFF == 0xFF { try QueryScope.check() }
        let pattern = arguments[1].value(at: row)
        let escape = arguments.count > 2 ? arguments[2].value(at: row) : nil
        if known == nil || known?.pattern != pattern || known?.escape != escape {
          let prepared = try Self.pattern(
            pattern.textOrEmpty, escape?.textOrEmpty, ignoresCase, location)
          known = (pattern, escape, prepared)
        }
        guard let known else { continue }
        let isMatch = TextRows.withRows(of: arguments[0]) { text in
          ignoresCase
            ? CaseMapping.withLowercase(text[row]) { known.prepared.matches($0) }
            : known.prepared.matches(text[row])
        }
        result[row] = isMatch ? 1 : 0
      }
      return Vector(type: .boolean, count: rows.count, storage: .booleans(result))
    }
  }

  private static func pattern(
    _ pattern: String, _ escape: String?, _ ignoresCase: Bool, _ location: Range<Int>
  ) throws(QueryError) -> LikePattern {
    if let escape, escape.unicodeScalars.count > 1 {
      throw QueryError(
        .invalidParameter, "invalid escape string", at: location,
        hint: "the escape is one character, or empty for none")
    }
    let bytes = Array((ignoresCase ? pattern.lowercased() : pattern).utf8)
    let escapeBytes = escape.map { Array((ignoresCase ? $0.lowercased() : $0).utf8) } ?? [0x5C]
    let prepared = bytes.withUnsafeBufferPointer {
      LikePattern($0, escape: escapeBytes.isEmpty ? nil : escapeBytes)
    }
    guard let prepared else {
      throw QueryError(
        .invalidParameter, "LIKE pattern must not end with escape character", at: location)
    }
    return prepared
  }
}

/// Lower and upper case: ASCII by bytes, everything else by Unicode's mappings.
enum CaseMapping {
  @inline(__always)
  static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(text)
    var all: UInt64 = 0
    var index = 0
    while index &+ 8 <= bytes.count {
      all |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    while index < bytes.count {
      all |= UInt64(bytes[index])
      index &+= 1
    }
    return all & 0x8080_8080_8080_8080 == 0
  }

  @inline(__always)
  static func lower(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  @inline(__always)
  static func upper(_ byte: UInt8) -> UInt8 {
    byte &- 0x61 < 26 ? byte & 0xDF : byte
  }

  static func withLowercase<Result>(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if isASCII(text) {
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { buffer in
        for index in text.indices { buffer[index] = lower(text[index]) }
        return body(UnsafeBufferPointer(buffer))
      }
    }
    var lowered = String(decoding: text, as: UTF8.self).lowercased()
    return lowered.withUTF8(body)
  }
}
