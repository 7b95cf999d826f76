extension QueryError {
  /// The error as it is shown to people: message, the line of the query with the place marked
  /// below it, and the hint.
  ///
  /// ```
  /// error: unknown column 'contry' in table 'events'
  ///   select contry, count() from events
  ///          ^^^^^^
  /// hint: did you mean 'country'?
  /// ```
  ///
  /// Of a query with several lines the one concerned is shown, with its number. A long line is cut
  /// around the place. No newline at the end.
  public func rendered(in text: String) -> String {
    var lines = ["error: \(message)"]
    if let excerpt = excerpt(in: text) { lines.append(excerpt) }
    if let hint { lines.append("hint: \(hint)") }
    return lines.joined(separator: "\n")
  }

  /// The line of the query with the place marked below it; `nil` where no place is known.
  public func excerpt(in text: String) -> String? {
    guard let location, let excerpt = Excerpt(of: location, in: text) else { return nil }
    return excerpt.source + "\n" + excerpt.marker
  }
}

/// One line of a query and the marker below it.
private struct Excerpt {
  /// Characters of a line that are shown.
  private static let width = 100

  let source: String
  let marker: String

  init?(of location: Range<Int>, in text: String) {
    let bytes = text.utf8
    let lower = min(max(location.lowerBound, 0), bytes.count)
    let upper = min(max(location.upperBound, lower), bytes.count)
    let start = bytes.index(bytes.startIndex, offsetBy: lower)
    let end = bytes.index(start, offsetBy: upper - lower)
    let isLineEnd = { (byte: UInt8) in byte == 0x0A || byte == 0x0D }
    let lineStart = bytes[..<start].lastIndex(where: isLineEnd).map(bytes.index(after:))
    let lineEnd = bytes[start...].firstIndex(where: isLineEnd) ?? bytes.endIndex
    let line = text[(lineStart ?? bytes.startIndex)..<lineEnd]
    guard !line.isEmpty else { return nil }

    // Columns are characters as they are seen. An error over several lines is marked to the end of
    // its first one.
    let characters = Array(line)
    let before = line[..<start].count
    let marked = max(1, min(line[start..<min(max(end, start), lineEnd)].count, characters.count))
    let first = max(0, min(before - Excerpt.width / 2, characters.count - Excerpt.width))
    let last = min(characters.count, first + Excerpt.width)

    let prefix = Excerpt.prefix(lineNumberAt: lower, in: text)
    let head = first > 0 ? "..." : ""
    let tail = last < characters.count ? "..." : ""
    source = prefix + head + String(characters[first..<last]) + tail
    // Tabs are kept, so that the marker stands right whatever their width.
    let gap = characters[first..<min(before, last)].map { $0 == "\t" ? "\t" : " " }
    let length = max(1, min(marked, last - before))
    marker =
      String(repeating: " ", count: prefix.count + head.count) + gap.joined()
      + String(repeating: "^", count: length)
  }

  /// Two spaces; the line's number where the query has several lines.
  private static func prefix(lineNumberAt offset: Int, in text: String) -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
    let last = text.utf8.lastIndex { !isBlank($0) } ?? text.endIndex
    guard text.utf8[..<last].contains(0x0A) else { return "  " }
    let number = text.utf8.prefix(offset).reduce(into: 1) { count, byte in
      if byte == 0x0A { count += 1 }
    }
    return "  line \(number): "
  }
}
