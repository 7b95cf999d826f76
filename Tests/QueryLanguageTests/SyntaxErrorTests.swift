import QueryLanguage
import Testing

/// The error of a text as people see it, without `error: ` in front.
func failure(_ text: String) -> String {
  do throws(QueryError) {
    return "accepted: \(try SQLParser.parse(text))"
  } catch {
    return error.rendered(in: text)
  }
}

/// Where the error stands, as written in the text.
func failedToken(_ text: String) -> String? {
  do throws(QueryError) {
    _ = try SQLParser.parse(text)
    return nil
  } catch {
    return error.location.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
  }
}

func failedHint(_ text: String) -> String? {
  do throws(QueryError) {
    _ = try SQLParser.parse(text)
    return nil
  } catch {
    return error.hint
  }
}

@Suite struct SyntaxErrorTests {
  @Test(arguments: [
    ("SELECT a FROM t LIMIT 5, 10", "LIMIT", "write LIMIT 10 OFFSET 5"),
    ("SELECT `a` FROM t", "`", "names are quoted with double quotes: \"name\""),
    ("SELECT a FROM t WHERE a == 5", "==", "equality is written with one =: a = b"),
    ("SELECT a FROM t GROUP BY ALL", "ALL", "name the columns, or their positions: GROUP BY 1, 2"),
    (
      "SELECT a FROM t GROUP BY ALL HAVING x", "ALL",
      "name the columns, or their positions: GROUP BY 1, 2"
    ),
    ("SELECT a FROM t ORDER BY ALL", "ALL", "name the columns, or their positions: ORDER BY 1, 2"),
    ("SELECT * EXCEPT (a) FROM t", "EXCEPT", "name the columns that are wanted instead of *"),
    ("SELECT * EXCLUDE (a) FROM t", "EXCLUDE", "name the columns that are wanted instead of *"),
    (
      "SELECT * REPLACE (a AS b) FROM t", "REPLACE", "name the columns that are wanted instead of *"
    ),
    ("SELECT now() - INTERVAL 5 minute", "5", "write INTERVAL '5 minute'"),
    ("SELECT a, FROM t", ",", "remove the comma before FROM"),
    ("SELECT f(a, ) FROM t", ",", "remove the comma before )"),
    ("SELECT a FROM t WHERE a IN (1, 2,)", ",", "remove the comma before )"),
    ("SELECT a FROM t ORDER a", "a", "write ORDER BY"),
    (
      "SELECT a FROM t LIMIT 5 BY y", "BY",
      "number the rows with row_number() OVER (PARTITION BY ...) and filter"
    ),
    (
      "SELECT quantile(0.9)(x) FROM t", "(",
      "a call has one pair of brackets: approx_quantile(x, 0.9)"
    ),
    ("SELECT 'it's' FROM t", "' FROM t", "a quote inside of a text is doubled: 'it''s'"),
    (
      "SELECT a FROM \"t", "\"t", "close the name with a double quote; texts stand in single quotes"
    ),
    ("SELECT /* a", "", "close the comment with */"),
    ("SELECT [1, 2]", "[", "arrays are written ARRAY[1, 2], lists in brackets: x IN (1, 2)"),
    ("SELECT TOP 5 a FROM t", "5", "write LIMIT 5 at the end of the query"),
    ("SELECT a ? b : c FROM t", ":", "write CASE WHEN condition THEN a ELSE b END"),
    ("FROM t SELECT a", "FROM", "SELECT comes first: SELECT * FROM ..."),
    ("SHOW TABLES FROM x", "FROM", "SHOW TABLES stands alone; to choose, query system.tables"),
    ("USE db", "USE", "there is one database: leave USE out"),
    (
      "CREATE TABLE t (a text) ENGINE = MergeTree", "ENGINE",
      "leave ENGINE out: there is one kind of table"
    ),
    ("SELECT a FROM t PREWHERE a > 1", "a", "write WHERE"),
    ("SELECT a FROM (SELECT 1)", "(", "name it behind the bracket: FROM (...) AS t"),
    ("SELECT a FROM t WHERE b NOT NULL", "NOT", "write IS NOT NULL"),
    ("SELECT a = = 5", "=", "equality is written with one ="),
  ])
  func `habits of other databases get a hint`(text: String, place: String, hint: String) {
    #expect(failedToken(text) == place)
    #expect(failedHint(text) == hint)
  }

  @Test(arguments: [
    ("SELCT a FROM t", "SELCT", "SELECT"), ("SELECT a FORM t", "FORM", "FROM"),
    ("SELECT a FROM t GROPU BY a", "GROPU", "GROUP"),
    ("SELECT a FROM t ODER BY a", "ODER", "ORDER"),
    ("SELECT a FROM t WHER a = 5", "WHER", "WHERE"), ("SELECT a FROM t x LMIT 5", "LMIT", "LIMIT"),
    ("SELECT a FROM t LMIT 5", "LMIT", "LIMIT"),
    ("SELECT a FROM t WHERE x HAVIN y", "HAVIN", "HAVING"),
    ("SELECT a FROM t JOIN b USNG (x)", "USNG", "USING"),
    ("SELECT a FROM t LEFT JION b ON c", "JION", "JOIN"), ("EXPLAN SELECT 1", "EXPLAN", "EXPLAIN"),
    ("CREATE TABEL t (a int)", "TABEL", "TABLE"), ("INSERT INOT t VALUES (1)", "INOT", "INTO"),
    ("INSERT INTO t VALEUS (1)", "VALEUS", "VALUES"), ("DROP TABLE IF EXIST t", "EXIST", "EXISTS"),
    ("SELECT CASE WHEN a THEN b ESLE c END", "ESLE", "ELSE"),
  ])
  func `misspelt keywords are recognised`(text: String, place: String, keyword: String) {
    #expect(failedToken(text) == place)
    #expect(failedHint(text) == "did you mean \(keyword)?")
  }

  @Test(arguments: [
    ("SELECT x FROM t GROUP BY x WHERE y", "WHERE", "WHERE comes before GROUP BY"),
    ("SELECT x FROM t LIMIT 5 ORDER BY x", "ORDER", "ORDER BY comes before LIMIT"),
    ("SELECT (a FROM t", "(", "'(' is never closed"),
    ("INSERT INTO t VALUES (1, 2", "(", "'(' is never closed"),
    ("SELECT a) FROM t", ")", "this bracket closes nothing"),
    ("SELECT a FROM t WHERE (a = 1 AND b = 2 GROUP BY a", "(", "'(' is never closed"),
    ("SELECT CASE WHEN a THEN b FROM t", "CASE", "this CASE has no END"),
    ("SELECT a FROM t WHERE a IN 1, 2", "1", "write the list in brackets: IN (1, 2)"),
    ("SELECT a AS 'x' FROM t", "'x'", "names stand in double quotes, texts in single quotes"),
    (
      "OPTIMIZE t", "OPTIMIZE",
      "a statement begins with one of SELECT, WITH, VALUES, EXPLAIN, SHOW, DESCRIBE, INSERT, "
        + "CREATE, DROP, SET"
    ),
    ("SELECT x FROM a LEFT JOIN b", "", "JOIN needs a condition: ON a.x = b.x, or USING (x)"),
    (
      "SELECT x FROM a JOIN b WHERE c", "WHERE",
      "JOIN needs a condition: ON a.x = b.x, or USING (x)"
    ),
    (
      "SELECT offset FROM t", "offset",
      "offset is a reserved word: as a name it needs double quotes: \"offset\""
    ),
    (
      "SELECT a, desc FROM t", "desc",
      "desc is a reserved word: as a name it needs double quotes: \"desc\""
    ),
  ])
  func `words out of place get a hint`(text: String, place: String, hint: String) {
    #expect(failedToken(text) == place)
    #expect(failedHint(text) == hint)
  }

  @Test func `only a correction that lets the grammar read on is offered`() {
    #expect(failedHint("SELECT a FROM form WHERE WHERE b") == nil)
    #expect(failedToken("SELECT a FROM form WHERE WHERE b") == "WHERE")
    #expect(failedHint("SELECT a FROM t WHERE a > 1 AN b > 2") == "did you mean AND?")
    #expect(failedHint("SELECT a FORM t WHER b GROPU BY c") == "did you mean FROM?")
  }

  @Test(arguments: [
    "SELECT form, ordr FROM t", "SELECT a FROM form LIMIT 1", "SELECT lmit FROM t AS limi",
  ])
  func `names that resemble keywords are names`(text: String) throws {
    _ = try SQLParser.parseOne(text)
  }

  @Test func `an error is shown below its line`() {
    #expect(
      failure("SELECT a FROM t WHERE") == """
        error: syntax error at end of input
          SELECT a FROM t WHERE
                               ^
        """)
    #expect(
      failure("SELECT 'äöü€😀', x FROM t GROUP BY x WHERE y;\n") == """
        error: syntax error at or near "WHERE"
          SELECT 'äöü€😀', x FROM t GROUP BY x WHERE y;
                                              ^^^^^
        hint: WHERE comes before GROUP BY
        """)
    #expect(
      failure("SELECT a,\n\tb,\n\t\t+\nFROM t") == """
        error: syntax error at or near "FROM"
          line 4: FROM t
                  ^^^^
        """)
    #expect(
      failure("SELECT a\nFROM t -- é\nWHERE\n\n") == """
        error: syntax error at end of input
          line 3: WHERE
                       ^
        """)
  }

  @Test func `tabs and wide characters keep the marker in place`() {
    #expect(
      failure("SELECT\n\t'👩‍👩‍👧é',\tUPDATE u v\nFROM t") == """
        error: syntax error at or near "v"
          line 2: \t'👩‍👩‍👧é',\tUPDATE u v
                  \t     \t         ^
        """)
  }

  @Test func `message, marker and hint agree`() {
    #expect(
      failure("SELECT a FORM t") == """
        error: syntax error at or near "FORM"
          SELECT a FORM t
                   ^^^^
        hint: did you mean FROM?
        """)
  }

  @Test func `a long line is cut around the place`() {
    let columns = (0..<200).map { "column_\($0)" }.joined(separator: ", ")
    let lines = failure("SELECT \(columns) FORM t, \(columns)").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[1].count == 2 + 3 + 100 + 3)
    let start = lines[2].firstIndex(of: "^")
    let distance = start.map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? 0
    #expect(lines[1].dropFirst(distance).hasPrefix("FORM t"))
    #expect(lines[2].hasSuffix("^^^^"))
  }

  @Test func `a place outside of the text does no harm`() {
    let error = QueryError(.syntaxError, "x", at: 5..<900)
    #expect(error.rendered(in: "") == "error: x")
    #expect(error.rendered(in: "é") == "error: x\n  é\n   ^")
    #expect(QueryError(.syntaxError, "x", at: 1..<2).rendered(in: "é").hasPrefix("error: x\n  é"))
    #expect(QueryError(.syntaxError, "x", hint: "y").rendered(in: "z") == "error: x\nhint: y")
  }
}
