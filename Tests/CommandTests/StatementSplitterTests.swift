import Testing
import daybook

@Suite struct StatementSplitterTests {
  @Test(
    arguments: [
      ("", []),
      (" ; ;; ", []),
      ("-- nothing\n/* at all; */", []),
      ("a", ["a"]),
      ("a; b;c", ["a", " b", "c"]),
      ("'it''s; one'; b", ["'it''s; one'", " b"]),
      (#""odd;name"; b"#, [#""odd;name""#, " b"]),
      (#"E'\';'; b"#, [#"E'\';'"#, " b"]),
      ("E'a'\n'\\';'; b", ["E'a'\n'\\';'", " b"]),
      (#"E'a''\';'; b"#, [#"E'a''\';'"#, " b"]),
      (#"E'a' '\'; b"#, [#"E'a' '\'"#, " b"]),
      (#"'\'; b"#, [#"'\'"#, " b"]),
      ("a -- no; end\n; b", ["a -- no; end\n", " b"]),
      ("a /* x /* ; */ ; */; b", ["a /* x /* ; */ ; */", " b"]),
      ("$$a;b$$; c", ["$$a;b$$", " c"]),
      ("$t$a;$$;b$t$; c", ["$t$a;$$;b$t$", " c"]),
      ("$1; b", ["$1", " b"]),
      ("a$b$c; d", ["a$b$c", " d"]),
      ("'open; b", ["'open; b"]),
    ] as [(String, [String])])
  func `a semicolon ends a statement only where it stands alone`(text: String, expected: [String]) {
    #expect(StatementSplitter.split(text) == expected)
  }

  @Test(
    arguments: [
      ("", true), ("select 1\n", true), ("select 'a", false), ("select 'a'", true),
      ("\"a\n", false),
      ("-- a\n", true), ("/* a", false), ("/* a */", true), ("$$a", false), ("E'\\", false),
    ] as [(String, Bool)])
  func `quotes and comments that are open are known`(text: String, expected: Bool) {
    var splitter = StatementSplitter()
    _ = splitter.add(text)
    #expect(splitter.isOutsideQuotes == expected)
  }

  @Test func `text that arrives in pieces gives the statements that it gives as a whole`() {
    let text = "select 'a;b' /* ; */ as \"x;y\"; select $t$;$t$ -- ;\n; select 3"
    var splitter = StatementSplitter()
    var statements: [String] = []
    for character in text { statements += splitter.add(String(character)) }
    #expect(!splitter.isBlank)
    if let last = splitter.finish() { statements.append(last) }
    #expect(statements == StatementSplitter.split(text))
    #expect(statements.count == 3)
  }
}
