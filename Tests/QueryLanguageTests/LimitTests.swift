import Foundation
import QueryLanguage
import Testing

@Suite struct LimitTests {
  private func code(_ text: String) -> QueryError.Code? {
    do throws(QueryError) {
      _ = try SQLParser.parse(text)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: [
    ("brackets", "SELECT ", "(", "1", ")"), ("negations", "SELECT ", "NOT ", "a", ""),
    ("signs", "SELECT ", "- ", "a", ""), ("subqueries", "SELECT ", "(SELECT ", "1", ")"),
    ("subqueries in FROM", "SELECT * FROM ", "(SELECT * FROM ", "t", ") AS q"),
    ("CASE", "SELECT ", "CASE WHEN a AND ", "b", " THEN 1 END"),
    ("calls", "SELECT ", "f(", "1", ")"), ("sums", "SELECT 1", "+a", "", ""),
    ("casts", "SELECT 1", "::int", "", ""), ("tests", "SELECT a", " IS NULL", "", ""),
    ("tests and ranges", "SELECT a", " IS NULL BETWEEN 1 AND 2", "", ""),
    ("unions", "SELECT 1", " UNION SELECT 1", "", ""),
    ("joins", "SELECT 1 FROM t", " CROSS JOIN t", "", ""),
    ("arrays", "SELECT ARRAY", "[", "1", "]"), ("EXISTS", "SELECT ", "EXISTS (SELECT ", "1", ")"),
    ("WITH", "", "WITH q AS (", "SELECT 1", ") SELECT 1"),
    ("zones", "SELECT a", " AT TIME ZONE 'UTC'", "", ""),
    ("mixed logic", "SELECT ", "(a AND (b OR ", "c", "))"),
  ])
  func `deep nesting is refused and never crashes`(
    name: String, head: String, opening: String, middle: String, closing: String
  ) {
    for depth in [60, 1_000, 10_000, 100_000] {
      let body = String(repeating: opening, count: depth) + middle
      let text = head + body + String(repeating: closing, count: depth)
      let outcome = code(text)
      // Brackets around one value leave no trace in the tree: the grammar itself allows more.
      let isFlat = name == "brackets" && depth <= 1_000
      #expect(outcome == (depth == 60 || isFlat ? nil : .tooComplex), "\(name) \(depth)")
    }
  }

  /// With time quadratic in them, each of these would take hours.
  @Test(arguments: [
    ("SELECT 1 ", "/*", "*/"), ("SELECT 1 ", "/**/", ""), ("SELECT 1 ", "/*/*", "*/*/"),
    ("", "/* - */", " SELECT 1 "),
  ])
  func `comments are read in time that grows with their length alone`(
    head: String, comment: String, end: String
  ) throws {
    let count = 1_000_000 / (comment.utf8.count + end.utf8.count)
    let comments = String(repeating: comment, count: count)
    if head.isEmpty {
      #expect(try SQLParser.parse(comments + end).count == 1)
    } else {
      let text = head + comments + String(repeating: end, count: count)
      #expect(try SQLParser.parse(text).count == 1)
    }
  }

  @Test func `a comment without an end is refused where it begins`() throws {
    let text = "SELECT 1 " + String(repeating: "/*", count: 300_000)
    let error = try #require(throws: QueryError.self) { try SQLParser.parse(text) }
    #expect(error.code == .syntaxError)
    #expect(error.message == "unterminated /* comment at or near \"/*\"")
    #expect(error.hint == "close the comment with */")
  }

  @Test func `a long text without an end is not repeated whole`() throws {
    let text = "SELECT '" + String(repeating: "x", count: 300_000)
    let error = try #require(throws: QueryError.self) { try SQLParser.parse(text) }
    #expect(error.message.hasPrefix("unterminated quoted string at or near \"'xxx"))
    #expect(error.message.utf8.count < 200)
  }

  @Test func `the limit of depth is exact and names the place`() throws {
    let allowed = SQLParser.maximumDepth - 2
    _ = try SQLParser.parse("SELECT 1" + String(repeating: " + 1", count: allowed))
    let text = "SELECT 1" + String(repeating: " + 1", count: allowed + 1)
    let error = try #require(throws: QueryError.self) { try SQLParser.parse(text) }
    #expect(error.code == .tooComplex)
    #expect(error.message == "query is nested more than 250 levels deep")
    #expect(error.location != nil)
  }

  @Test func `long chains and lists are flat`() throws {
    let chain = Array(repeating: "a = 1", count: 20_000).joined(separator: " OR ")
    guard case .select(let query) = try SQLParser.parseOne("SELECT 1 WHERE \(chain)").kind,
      case .select(let core) = query.body, case .or(let operands)? = core.filter?.kind
    else {
      Issue.record("not a chain of OR")
      return
    }
    #expect(operands.count == 20_000)
    let numbers = (0..<50_000).map(String.init).joined(separator: ",")
    _ = try SQLParser.parseOne("SELECT a IN (\(numbers))")
    let rows = Array(repeating: "(1, 'x', NULL)", count: 20_000).joined(separator: ",")
    _ = try SQLParser.parseOne("INSERT INTO t VALUES \(rows)")
    let brackets =
      String(repeating: "(a AND ", count: 240) + "b" + String(repeating: ")", count: 240)
    _ = try SQLParser.parseOne("SELECT \(brackets)")
  }

  @Test func `texts up to a mebibyte are read`() throws {
    let text = "SELECT '\(String(repeating: "é", count: (1 << 19) - 5))'"
    #expect(text.utf8.count <= SQLParser.maximumLength)
    _ = try SQLParser.parseOne(text)
    #expect(code(text + String(repeating: " ", count: 100)) == .tooComplex)
    let words = String(repeating: "a ", count: (1 << 19) - 10)
    #expect(code(words) == .tooComplex)
    #expect(code(String(repeating: "a,", count: 1 << 19)) == .syntaxError)
    #expect(code(String(repeating: "(", count: 1 << 20)) == .tooComplex)
  }

  @Test func `NUL characters and long names are refused`() {
    #expect(failure("SELECT 'a\0b'").hasPrefix("error: query contains a NUL character"))
    #expect(failedToken("SELECT a\0b") == "\0")
    let name = String(repeating: "n", count: 63)
    #expect(code("SELECT \(name), \"\(name)\"") == nil)
    #expect(code("SELECT \(name)n") == .featureNotSupported)
    #expect(failedToken("SELECT 1 AS \"\(name)é\"") == "\"\(name)é\"")
  }

  /// Frames are several times as large without optimisation.
  #if DEBUG
  private static let stackSize = 4 << 20
  #else
  private static let stackSize = 512 << 10
  #endif

  @Test func `the deepest tree fits a small stack`() throws {
    let depth = SQLParser.maximumDepth
    let texts = [
      "SELECT " + String(repeating: "NOT ", count: depth - 2) + "a",
      "SELECT 1" + String(repeating: "+1", count: depth - 2),
      "SELECT 1" + String(repeating: " UNION SELECT 1", count: depth - 2),
      "SELECT " + String(repeating: "(SELECT ", count: depth / 2 - 1) + "1"
        + String(repeating: ")", count: depth / 2 - 1),
    ]
    let lengths = onSmallStack {
      texts.map { text in (try? SQLParser.parseOne(text).description.utf8.count) ?? 0 }
    }
    #expect(lengths.allSatisfy { $0 > depth })
  }

  /// Makes, describes and frees values on a thread with little stack.
  private func onSmallStack(_ body: @escaping @Sendable () -> [Int]) -> [Int] {
    final class Box: @unchecked Sendable { var value: [Int] = [] }
    let box = Box()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      box.value = body()
      done.signal()
    }
    thread.stackSize = LimitTests.stackSize
    thread.start()
    done.wait()
    return box.value
  }
}
