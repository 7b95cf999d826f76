/// An upper bound of how deep the grammar's tree of a text can get, taken before it is built.
///
/// The grammar, its serialisation and its reader recurse per level, and the serialisation takes
/// time quadratic in the depth, so a text has to be refused before it reaches them. Depth comes
/// from brackets, CASE, and operators in a row; commas, AND and OR start afresh, since the
/// grammar keeps their operands in flat lists.
struct NestingLimit {
  /// Deeper than any tree that the conversion accepts, shallow enough for the parser's stack.
  static let maximum = 4096

  private struct Level {
    var isCase: Bool
    /// Tokens since the last separator.
    var run = 0
    /// Joins and set operations, each of which holds those before it.
    var links = 0
    /// BETWEENs whose AND is still to come.
    var betweens = 0
  }

  private var levels = [Level(isCase: false)]
  private var depth = 0

  /// Index of the first token at which the bound passes the limit.
  static func firstExcess(in text: TokenizedText) -> Int? {
    var limit = NestingLimit()
    for index in text.tokens.indices {
      limit.step(text, index)
      if limit.depth > maximum { return index }
    }
    return nil
  }

  private mutating func step(_ text: TokenizedText, _ index: Int) {
    add(run: 1)
    switch text.tokens[index].kind {
    case .punctuation:
      if text.matches(index, "(") || text.matches(index, "[") {
        levels.append(Level(isCase: false))
      } else if text.matches(index, ")") || text.matches(index, "]") {
        closeBracket()
      } else if text.matches(index, ",") {
        endRun()
      } else if text.matches(index, ";") {
        levels = [Level(isCase: false)]
        depth = 0
      }
    case .word where !text.matches(index - 1, "."):
      stepWord(text, index)
    case .word, .quotedName, .string, .number, .parameter, .sign:
      break
    }
  }

  private mutating func stepWord(_ text: TokenizedText, _ index: Int) {
    if text.matches(index, "between") {
      levels[levels.count - 1].betweens += 1
    } else if text.matches(index, "and") {
      if levels[levels.count - 1].betweens > 0 {
        levels[levels.count - 1].betweens -= 1
      } else {
        endRun()
      }
    } else if text.matches(index, "or") {
      endRun()
    } else if text.matches(index, "select") || text.matches(index, "when")
      || text.matches(index, "then") || text.matches(index, "else")
    {
      endRun()
    } else if text.matches(index, "case") {
      levels.append(Level(isCase: true))
    } else if text.matches(index, "end") {
      if levels.count > 1, levels[levels.count - 1].isCase { popLevel() }
    } else if text.matches(index, "join") || text.matches(index, "union")
      || text.matches(index, "except") || text.matches(index, "intersect")
    {
      levels[levels.count - 1].links += 1
      depth += 1
    }
  }

  private mutating func add(run: Int) {
    levels[levels.count - 1].run += run
    depth += run
  }

  private mutating func endRun() {
    depth -= levels[levels.count - 1].run
    levels[levels.count - 1].run = 0
    levels[levels.count - 1].betweens = 0
  }

  /// A CASE that is still open inside the brackets was a name.
  private mutating func closeBracket() {
    while levels.count > 1 {
      let wasCase = levels[levels.count - 1].isCase
      popLevel()
      if !wasCase { return }
    }
  }

  private mutating func popLevel() {
    let level = levels.removeLast()
    depth -= level.run + level.links
  }
}
