import CPgQuery
import QueryLanguage
import Testing

/// Where the tokens of PostgreSQL's scanner begin, without comments; `nil` where it refuses the
/// text. Their ends are of no use: they are wrong for strings with a prefix.
private func grammarTokens(_ text: String) -> [Int]? {
  let result = pg_query_scan(text)
  defer { pg_query_free_scan_result(result) }
  guard result.error == nil, let data = result.pbuf.data else { return nil }
  let length = result.pbuf.len
  let scan = data.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
    pg_query__scan_result__unpack(nil, length, bytes)
  }
  guard let scan else { return nil }
  defer { pg_query__scan_result__free_unpacked(scan, nil) }
  return (0..<scan.pointee.n_tokens).compactMap { index in
    guard let token = scan.pointee.tokens?[index]?.pointee,
      token.token != PG_QUERY__TOKEN__SQL_COMMENT, token.token != PG_QUERY__TOKEN__C_COMMENT
    else { return nil }
    return Int(token.start)
  }
}

@Suite struct ScannerTests {
  /// Pieces are joined at random; what PostgreSQL's scanner takes, ours cuts alike.
  @Test(arguments: UInt64(0)..<8)
  func `tokens are those of PostgreSQL's scanner`(seed: UInt64) {
    var random = Seeded(state: seed)
    let pieces = [
      "a", "_b$1", "Ünï", "\"q\"\"x\"", "'t''u'", "E'\\'v'", "B'01'", "N'n'", "X'1F'", "U&\"d\"",
      "U&'e'",
      "$$d$$", "$t$ $$ $t$", "$1", "12", "1.5", ".5", "1e5", "1.e-3", "7.", "+", "-", "*", "/", "<",
      ">",
      "=", "<=", "<>", "!=", "=>", "::", ":=", ":", "..", ".", "(", ")", "[", "]", ",", ";", "|",
      "||",
      "->>", "@", "~", "!~*", "%", "^", "&", "#", "`", " ", " ", "\n", "\t", "--c\n",
      "/* x /* y */ z */", "e", "u&",
    ]
    var compared = 0
    for _ in 0..<500 {
      let count = Int.random(in: 1...8, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      guard let expected = grammarTokens(text) else { continue }
      compared += 1
      let tokens = TokenizedText(text).tokens.map(\.range.lowerBound)
      #expect(tokens == expected, "\(text)")
    }
    #expect(compared > 100)
  }

  @Test(arguments: [
    "E'a'\n'\\'/*x*/'", "'a' \n\t'b''c' 1", "B'01'\r'10' 2", "X'1F' -- c\n  -- d\n '00'",
    "U&'e'\n'f'", "E'a' '\\'", "E'a' -- c\n'b'", "E'a' 1 \n'\\'", "\"a\"\n'b'", "$$a$$\n'b'",
  ])
  func `strings go on after a newline as they began`(text: String) throws {
    let expected = try #require(grammarTokens(text))
    #expect(TokenizedText(text).tokens.map(\.range.lowerBound) == expected)
  }
}
