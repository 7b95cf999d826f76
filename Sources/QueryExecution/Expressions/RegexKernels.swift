import ColumnStore
import QueryLanguage
import QueryPlanning

/// `~`, `~*`, regexp_replace and substring(text from pattern), once per distinct string.
enum RegexKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let location = site.location
    let function = site.function
    let source = try RegexSource(site)
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      var source = source
      switch function {
      case .regexReplace: return try replaced(arguments, rows, &source, location)
      case .regexSubstring: return try substrings(arguments, rows, &source, location)
      default: return try matches(arguments, rows, &source, location)
      }
    }
  }

  private static func matches(
    _ arguments: [Vector], _ rows: KernelRows, _ source: inout RegexSource, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let text = arguments[0]
    var result = [UInt8](repeating: 0, count: rows.count)
    var row = 0
    while row < rows.count {
      let regex = try source.expression(arguments, row)
      // As far as the pattern stays the same: to the end when it is a literal.
      let end = source.isFixed ? rows.count : row + 1
      try regex.withMatcher(at: location) { (matcher) throws(QueryError) in
        try TextRows.withRows(of: text) { (text) throws(QueryError) in
          for row in row..<end where rows.isValid(row) {
            try QueryScope.check()
            result[row] = try matcher.matches(text[row]) ? 1 : 0
          }
        }
      }
      row = end
    }
    return Vector(type: .boolean, count: rows.count, storage: .booleans(result))
  }

  private static func substrings(
    _ arguments: [Vector], _ rows: KernelRows, _ source: inout RegexSource, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    var validity = [UInt8](repeating: 0, count: rows.count)
    var builder = TextBuilder(entries: rows.count)
    for row in 0..<rows.count {
      try QueryScope.check()
      if rows.isValid(row) {
        let regex = try source.expression(arguments, row)
        try regex.withMatcher(at: location) { (matcher) throws(QueryError) in
          try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
            let bytes = text[row]
            guard let match = try matcher.firstMatch(bytes, from: 0) else { return }
            let group = regex.groups.first ?? 0
            guard group < match.count, let range = match[group] else { return }
            builder.write(UnsafeBufferPointer(rebasing: bytes[range]))
            validity[row] = 1
          }
        }
      }
      builder.finish()
    }
    return builder.vector(validity: Validity.compacted(validity))
  }

  private static func replaced(
    _ arguments: [Vector], _ rows: KernelRows, _ source: inout RegexSource, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    var builder = TextBuilder(entries: rows.count)
    var reserved = 0
    for row in 0..<rows.count {
      try QueryScope.check()
      if rows.isValid(row) {
        let regex = try source.expression(arguments, row)
        let template = Array(arguments[2].value(at: row).textOrEmpty.utf8)
        let isGlobal = source.flags(arguments, row).contains("g")
        try regex.withMatcher(at: location) { (matcher) throws(QueryError) in
          try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
            try replace(text[row], matcher, regex.groups, template, isGlobal, &builder)
          }
        }
        try builder.requireBoundedText(at: location)
        if builder.bytes.count > ReplacementKernels.batchByteLimit {
          throw TextBuilder.tooLong(at: location)
        }
      }
      builder.finish()
      if builder.bytes.count > reserved + 1 << 20 {
        try QueryScope.reserve(2 * (builder.bytes.count - reserved), for: "texts")
        reserved = builder.bytes.count
      }
    }
    return builder.vector()
  }

  private static func replace(
    _ bytes: UnsafeBufferPointer<UInt8>, _ matcher: borrowing RegularExpression.Matcher,
    _ groups: [Int], _ template: [UInt8], _ isGlobal: Bool, _ builder: inout TextBuilder
  ) throws(QueryError) {
    var copied = 0
    var start = 0
    while start <= bytes.count, let match = try matcher.firstMatch(bytes, from: start),
      let whole = match[0]
    {
      builder.write(UnsafeBufferPointer(rebasing: bytes[copied..<whole.lowerBound]))
      write(template, bytes, match, groups, &builder)
      copied = whole.upperBound
      if !isGlobal || builder.openByteCount > TextBuilder.longestText { break }
      try QueryScope.check()
      start = whole.upperBound
      // After an empty match the next is looked for one character on.
      if whole.isEmpty {
        if start >= bytes.count { break }
        start += Characters.length(bytes, at: start)
      }
    }
    builder.write(UnsafeBufferPointer(rebasing: bytes[copied...]))
  }

  /// `\1` is a group, `\&` the whole match, `\\` a backslash.
  private static func write(
    _ template: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ match: [Range<Int>?],
    _ groups: [Int], _ builder: inout TextBuilder
  ) {
    var index = 0
    while index < template.count {
      let byte = template[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < template.count else {
        builder.write(byte)
        continue
      }
      let selector = template[index]
      index += 1
      var group: Int?
      if selector == UInt8(ascii: "&") { group = 0 }
      if selector &- 0x31 < 9 {
        let number = Int(selector - 0x31)
        group = number < groups.count ? groups[number] : -1
      }
      guard let group else {
        if selector != UInt8(ascii: "\\") { builder.write(byte) }
        builder.write(selector)
        continue
      }
      if match.indices.contains(group), let range = match[group] {
        builder.write(UnsafeBufferPointer(rebasing: bytes[range]))
      }
    }
  }
}

/// Where the expression of a row comes from: a literal, compiled once, or a column.
private struct RegexSource {
  private let ignoresCase: Bool
  private let hasFlags: Bool
  private let location: Range<Int>
  private var known: (pattern: String, flags: String, regex: RegularExpression)?
  let isFixed: Bool

  init(_ site: CallSite) throws(QueryError) {
    ignoresCase = site.function == .matchesRegexIgnoringCase
    hasFlags = site.function == .regexReplace && site.constants.count > 3
    location = site.location
    let flags = hasFlags ? site.text(3) : ""
    isFixed = site.text(1) != nil && flags != nil
    if let pattern = site.text(1), let flags { try prepare(pattern, flags) }
  }

  func flags(_ arguments: [Vector], _ row: Int) -> String {
    if !hasFlags { return "" }
    return isFixed ? known?.flags ?? "" : arguments[3].value(at: row).textOrEmpty
  }

  mutating func expression(
    _ arguments: [Vector], _ row: Int
  ) throws(QueryError) -> RegularExpression {
    if isFixed, let known { return known.regex }
    let pattern = arguments[1].value(at: row).textOrEmpty
    let flags = flags(arguments, row)
    if let known, known.pattern == pattern, known.flags == flags { return known.regex }
    return try prepare(pattern, flags)
  }

  @discardableResult
  private mutating func prepare(
    _ pattern: String, _ flags: String
  ) throws(QueryError) -> RegularExpression {
    if let unknown = flags.first(where: { !"gi".contains($0) }) {
      throw QueryError(
        .invalidParameter, "invalid regular expression option: '\(unknown)'", at: location,
        hint: "options are g (all matches) and i (ignore case)")
    }
    do throws(RegularExpressionFailure) {
      let regex = try RegularExpression(
        pattern, ignoresCase: ignoresCase || flags.contains("i"))
      known = (pattern, flags, regex)
      return regex
    } catch {
      throw QueryError(
        .invalidRegularExpression, "invalid regular expression: \(error.message)", at: location)
    }
  }
}
