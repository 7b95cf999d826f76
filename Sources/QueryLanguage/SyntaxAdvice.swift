/// Looks for the frequent mistake behind a syntax error: habits from other databases, words in the
/// wrong order, words misspelt.
struct SyntaxAdvice {
  struct Advice {
    var hint: String
    /// The token to point at instead of the one that the grammar stumbled over.
    var place: Int?
  }

  let text: TokenizedText
  /// What the grammar read.
  let sent: [UInt8]
  /// What the grammar said.
  let message: String
  /// The token that the grammar stumbled over; behind the last token at the end of the text.
  let index: Int
  /// Where the grammar stumbled: characters from 1.
  let cursor: Int

  func find() -> Advice? {
    messageAdvice() ?? dialectAdvice() ?? separatorAdvice() ?? orderAdvice() ?? misspelling()
      ?? bracketAdvice() ?? caseAdvice() ?? joinAdvice() ?? reservedWordAdvice() ?? startAdvice()
  }

  private func isWord(_ offset: Int, _ word: StaticString) -> Bool {
    text.matches(index + offset, word)
  }

  private func number(_ offset: Int) -> Bool { text.kind(index + offset) == .number }

  // MARK: What the message tells

  private func messageAdvice() -> Advice? {
    if message.hasPrefix("LIMIT #,#") {
      let hint =
        number(1) && isWord(2, ",") && number(3)
        ? "write LIMIT \(text.written(index + 3)) OFFSET \(text.written(index + 1))"
        : "write LIMIT count OFFSET start"
      return Advice(hint: hint)
    }
    if message.hasSuffix("in FROM must have an alias") {
      return Advice(hint: "name it behind the bracket: FROM (...) AS t")
    }
    if message.hasPrefix("unterminated quoted string") {
      return Advice(hint: "a quote inside of a text is doubled: 'it''s'")
    }
    if message.hasPrefix("unterminated quoted identifier") {
      return Advice(hint: "close the name with a double quote; texts stand in single quotes")
    }
    if message.hasPrefix("unterminated /* comment") {
      return Advice(hint: "close the comment with */")
    }
    return nil
  }

  // MARK: Habits from other databases

  private func dialectAdvice() -> Advice? {
    for place in max(0, index - 4)...index
    where text.kind(place) == .sign && text.written(place).contains("`") {
      return Advice(hint: "names are quoted with double quotes: \"name\"", place: place)
    }
    for place in [index, index - 1]
    where text.matches(place, "all") && text.matches(place - 1, "by") {
      return text.matches(place - 2, "group")
        ? Advice(hint: "name the columns, or their positions: GROUP BY 1, 2", place: place)
        : Advice(hint: "name the columns, or their positions: ORDER BY 1, 2", place: place)
    }
    for place in [index, index - 1, index - 2]
    where text.matches(place, "except") || text.matches(place, "exclude")
      || text.matches(place, "replace")
    {
      if text.matches(place - 1, "*") {
        return Advice(hint: "name the columns that are wanted instead of *", place: place)
      }
    }
    if isWord(-1, "interval"), number(0) {
      let unit = text.name(index + 1) ?? "day"
      return Advice(hint: "write INTERVAL '\(text.written(index)) \(unit)'")
    }
    if isWord(0, "["), !isWord(-1, "array") {
      return Advice(hint: "arrays are written ARRAY[1, 2], lists in brackets: x IN (1, 2)")
    }
    if isWord(0, "("), isWord(-1, ")") {
      return Advice(hint: "a call has one pair of brackets: approx_quantile(x, 0.9)")
    }
    if isWord(0, ":"), (0..<index).contains(where: { text.matches($0, "?") }) {
      return Advice(hint: "write CASE WHEN condition THEN a ELSE b END")
    }
    return clauseOfOtherDialects()
  }

  private func clauseOfOtherDialects() -> Advice? {
    if isWord(-1, "top"), number(0) {
      return Advice(hint: "write LIMIT \(text.written(index)) at the end of the query")
    }
    if isWord(0, "by"), number(-1), isWord(-2, "limit") {
      return Advice(hint: "number the rows with row_number() OVER (PARTITION BY ...) and filter")
    }
    if isWord(0, "prewhere") || isWord(-1, "prewhere") { return Advice(hint: "write WHERE") }
    if isWord(0, "qualify") || isWord(-1, "qualify") {
      return Advice(hint: "filter in an outer query: SELECT * FROM (SELECT ...) AS t WHERE ...")
    }
    if isWord(0, "engine") { return Advice(hint: "leave ENGINE out: there is one kind of table") }
    if isWord(0, "use") { return Advice(hint: "there is one database: leave USE out") }
    if isWord(-1, "tables"), isWord(-2, "show") {
      return Advice(hint: "SHOW TABLES stands alone; to choose, query system.tables")
    }
    if isWord(0, "from"), isStart(index) {
      return Advice(hint: "SELECT comes first: SELECT * FROM ...")
    }
    if isWord(0, "not"), isWord(1, "null") {
      return Advice(hint: "write IS NOT NULL")
    }
    for join in ["anti", "semi", "asof"] where text.name(index) == join {
      return Advice(hint: Conversion.joinHint(join))
    }
    if isWord(0, "="), isWord(-1, "=") { return Advice(hint: "equality is written with one =") }
    return nil
  }

  func isStart(_ place: Int) -> Bool {
    place == 0 || text.matches(place - 1, ";")
  }

  // MARK: Words and commas out of place

  private func separatorAdvice() -> Advice? {
    if isWord(-1, ","), index >= text.tokens.count || isClauseStart(index) || isWord(0, ")") {
      let next = index < text.tokens.count ? " before \(text.written(index))" : ""
      return Advice(hint: "remove the comma\(next)", place: index - 1)
    }
    if isWord(-1, "in"), text.kind(index) != .punctuation, index < text.tokens.count {
      return Advice(hint: "write the list in brackets: IN (1, 2)")
    }
    if isWord(-1, "as"), text.kind(index) == .string {
      return Advice(hint: "names stand in double quotes, texts in single quotes")
    }
    if isWord(-1, "group") || isWord(-1, "order"), !isWord(0, "by"), index < text.tokens.count {
      return Advice(hint: "write \(text.written(index - 1).uppercased()) BY")
    }
    return nil
  }

  private func isClauseStart(_ place: Int) -> Bool { clauseRank(place) != nil }

  /// The clauses of SELECT in their order.
  private func clauseRank(_ place: Int) -> Int? {
    let clauses: [StaticString] = [
      "select", "from", "where", "group", "having", "window", "order", "limit",
    ]
    return clauses.firstIndex { text.matches(place, $0) }
  }

  private func orderAdvice() -> Advice? {
    guard let rank = clauseRank(index), rank > 0 else { return nil }
    var depth = 0
    var place = index - 1
    while place >= 0, !text.matches(place, ";") {
      if text.matches(place, ")") { depth += 1 }
      if text.matches(place, "(") { depth -= 1 }
      if depth < 0 { return nil }
      if depth == 0, let earlier = clauseRank(place) {
        guard earlier > rank else { return nil }
        let by = text.matches(index, "group") || text.matches(index, "order") ? " BY" : ""
        let earlierBy = text.matches(place, "group") || text.matches(place, "order") ? " BY" : ""
        return Advice(
          hint: "\(text.written(index).uppercased())\(by) comes before "
            + "\(text.written(place).uppercased())\(earlierBy)")
      }
      place -= 1
    }
    return nil
  }

  // MARK: What is missing

  private func bracketAdvice() -> Advice? {
    var open: [Int] = []
    for place in 0..<min(index, text.tokens.count) {
      if text.matches(place, "(") || text.matches(place, "[") { open.append(place) }
      if text.matches(place, ")") || text.matches(place, "]") { _ = open.popLast() }
      if text.matches(place, ";") { open = [] }
    }
    if isWord(0, ")"), open.isEmpty {
      return Advice(hint: "this bracket closes nothing")
    }
    let isCut = index >= text.tokens.count || isWord(0, ";") || isClauseStart(index)
    if isCut, let place = open.last, !text.matches(place + 1, "select") {
      let sign = text.written(place)
      return Advice(hint: "'\(sign)' is never closed", place: place)
    }
    return nil
  }

  private func caseAdvice() -> Advice? {
    guard index >= text.tokens.count || isClauseStart(index) || isWord(0, ",") || isWord(0, ")")
    else { return nil }
    var open: [Int] = []
    for place in 0..<min(index, text.tokens.count) {
      if text.matches(place, "case") { open.append(place) }
      if text.matches(place, "end") { _ = open.popLast() }
    }
    return open.last.map { Advice(hint: "this CASE has no END", place: $0) }
  }

  private func startAdvice() -> Advice? {
    guard index < text.tokens.count, isStart(index) else { return nil }
    let words = statementKeywords.map { $0.uppercased() }.joined(separator: ", ")
    return Advice(hint: "a statement begins with one of \(words)")
  }

  private func joinAdvice() -> Advice? {
    guard index >= text.tokens.count || isClauseStart(index) || isWord(0, ")") else { return nil }
    var place = index - 1
    while place >= 0, !isClauseStart(place) {
      if text.matches(place, "on") || text.matches(place, "using") { return nil }
      if text.matches(place, "join") {
        let needsNone = text.matches(place - 1, "cross") || text.matches(place - 1, "natural")
        return needsNone
          ? nil : Advice(hint: "JOIN needs a condition: ON a.x = b.x, or USING (x)")
      }
      place -= 1
    }
    return nil
  }

  private func reservedWordAdvice() -> Advice? {
    // `SELECT offset FROM t` fails at FROM, `SELECT a, desc FROM t` at the word itself.
    for place in [index, index - 1] where text.kind(place) == .word {
      guard let word = text.name(place), reservedWords.contains(word) else { continue }
      guard place == index || isClauseStart(index) || isWord(0, ",") || index >= text.tokens.count
      else { continue }
      let followsName = text.kind(place - 1) == .word || text.matches(place - 1, ",")
      guard followsName, !isClauseStart(place) else { continue }
      return Advice(
        hint: "\(word) is a reserved word: as a name it needs double quotes: \"\(word)\"",
        place: place)
    }
    return nil
  }
}
