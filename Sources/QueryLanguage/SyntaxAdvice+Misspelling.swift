import CPgQuery

extension SyntaxAdvice {
  /// Longer texts are not read again just for a hint.
  private static let maximumLength = 16 << 10

  /// Looks for a word whose correction lets the grammar read on.
  ///
  /// The grammar often takes a misspelt keyword for a name and stumbles over what follows, so the
  /// words before the place of the error are tried too, the nearest first.
  func misspelling() -> Advice? {
    guard text.bytes.count <= SyntaxAdvice.maximumLength else { return nil }
    for place in stride(from: index, through: max(0, index - 5), by: -1) {
      guard text.kind(place) == .word, let written = text.name(place), written.utf8.count >= 2,
        !text.matches(place - 1, "."), !allKeywords.contains(written)
      else { continue }
      for keyword in candidates(for: written, at: place) where readsOn(with: keyword, at: place) {
        return Advice(hint: "did you mean \(keyword.uppercased())?", place: place)
      }
    }
    return nil
  }

  /// Keywords one slip away, and for longer words two.
  private func candidates(for written: String, at place: Int) -> [String] {
    let keywords = isStart(place) ? statementKeywords : clauseKeywords
    let letters = Array(written.utf8)
    let distances = keywords.map { editDistance(letters, Array($0.utf8)) }
    return [1, 2].flatMap { distance in
      zip(keywords, distances).compactMap { keyword, found in
        found == distance && distance * 3 <= max(keyword.utf8.count, 3) ? keyword : nil
      }
    }
  }

  /// Whether the grammar gets further when the word at `place` is `keyword`.
  private func readsOn(with keyword: String, at place: Int) -> Bool {
    let range = text.tokens[place].range
    var bytes = sent
    bytes.replaceSubrange(range, with: keyword.utf8)
    let result = pg_query_parse(String(decoding: bytes, as: UTF8.self))
    defer { pg_query_free_parse_result(result) }
    guard let error = result.error?.pointee else { return true }
    let before = String(decoding: sent[range], as: UTF8.self).unicodeScalars.count
    let moved = Int(error.cursorpos) - keyword.unicodeScalars.count + before
    return moved > cursor
  }
}
