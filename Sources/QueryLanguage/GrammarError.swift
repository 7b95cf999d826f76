/// Makes a query error of what the grammar reported.
///
/// `cursor` counts characters of what was `sent` to it from 1; 0 means that no place is known.
func grammarError(
  message: String, cursor: Int, of sent: [UInt8], in text: TokenizedText
) -> QueryError {
  let message = shortened(message)
  if message.hasPrefix("memory exhausted") || message.hasPrefix("stack depth") {
    return QueryError(
      .tooComplex, "query is nested too deeply", hint: "split it with WITH")
  }
  if message.hasPrefix("out of memory") {
    return QueryError(.outOfMemory, "no memory left to read the query")
  }
  guard cursor > 0 else { return QueryError(.syntaxError, message) }
  let offset = byteOffset(ofCharacter: cursor - 1, in: sent)
  let isAtEnd = offset >= text.end
  let range = isAtEnd ? text.end..<text.end : text.tokenRange(at: offset)
  var error = QueryError(.syntaxError, message, at: range)
  let index = isAtEnd ? text.tokens.count : text.index(at: offset)
  let advice = SyntaxAdvice(
    text: text, sent: sent, message: message, index: index, cursor: cursor
  ).find()
  error.hint = advice?.hint
  if let place = advice?.place, place != index, text.tokens.indices.contains(place) {
    error.location = text.tokens[place].range
    // The message names the token that the caret is below.
    error.message = "syntax error at or near \"\(text.written(place))\""
  }
  return error
}

/// The grammar quotes a text that does not end, however long.
private func shortened(_ message: String) -> String {
  let limit = 160
  guard message.utf8.count > limit else { return message }
  return message.prefix(limit) + "..."
}

/// The first byte of the `count`th Unicode scalar.
func byteOffset(ofCharacter count: Int, in bytes: [UInt8]) -> Int {
  var seen = 0
  for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
    if seen == count { return offset }
    seen += 1
  }
  return bytes.count
}
