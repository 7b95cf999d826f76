import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct TextFunctionTests {
  /// Function, arguments, result; each is checked with literals, with columns from a pool and with
  /// columns from a dictionary.
  static let cases: [(ScalarFunction, [Value], Value)] = [
    (.lower, [.text("ÄBC x1")], .text("äbc x1")), (.lower, [.text("ABC")], .text("abc")),
    (.upper, [.text("äbc")], .text("ÄBC")), (.upper, [.text("a-z{")], .text("A-Z{")),
    (.capitalize, [.text("hello wORLD o'neil")], .text("Hello World O'Neil")),
    (.reverse, [.text("añb😀")], .text("😀bña")), (.reverse, [.text("")], .text("")),
    (.md5, [.text("")], .text("d41d8cd98f00b204e9800998ecf8427e")),
    (
      .md5, [.text("The quick brown fox jumps over the lazy dog")],
      .text("9e107d9d372bb6826bd81d3542a419d6")
    ),
    (
      .md5, [.text(String(repeating: "a", count: 64))],
      .text("014842d480b571495a4a0363793f7367")
    ),
    (.characterLength, [.text("añ😀")], .integer(3)), (.byteLength, [.text("añ😀")], .integer(7)),
    (.characterLength, [.text("")], .integer(0)),
    (.ascii, [.text("é")], .integer(233)), (.ascii, [.text("")], .integer(0)),
    (.ascii, [.text("A1")], .integer(65)),
    (.concatenate, [.text("a"), .text("ñ")], .text("añ")),
    (.substring, [.text("añ😀d"), .integer(2)], .text("ñ😀d")),
    (.substring, [.text("añ😀d"), .integer(2), .integer(2)], .text("ñ😀")),
    (.substring, [.text("abc"), .integer(-1), .integer(3)], .text("a")),
    (.substring, [.text("abc"), .integer(0)], .text("abc")),
    (.substring, [.text("abc"), .integer(9), .integer(1)], .text("")),
    (.substring, [.text("abc"), .integer(2), .integer(.max)], .text("bc")),
    (.substring, [.text("abc"), .integer(.min), .integer(.max)], .text("")),
    (.left, [.text("añ😀"), .integer(2)], .text("añ")),
    (.left, [.text("abc"), .integer(-1)], .text("ab")),
    (.left, [.text("abc"), .integer(-9)], .text("")),
    (.left, [.text("abc"), .integer(.max)], .text("abc")),
    (.right, [.text("añ😀"), .integer(2)], .text("ñ😀")),
    (.right, [.text("abc"), .integer(-1)], .text("bc")),
    (.right, [.text("abc"), .integer(.min)], .text("")),
    (.right, [.text("abc"), .integer(9)], .text("abc")),
    (.repeat, [.text("ab"), .integer(3)], .text("ababab")),
    (.repeat, [.text("ab"), .integer(-3)], .text("")),
    (.trim, [.text("  a b ")], .text("a b")), (.trim, [.text("xñayñx"), .text("xñ")], .text("ay")),
    (.trimLeft, [.text("xxax"), .text("x")], .text("ax")),
    (.trimRight, [.text("xaxx"), .text("x")], .text("xa")),
    (.trim, [.text("xxx"), .text("x")], .text("")),
    (.trim, [.text(" a "), .text("")], .text(" a ")),
    (.padLeft, [.text("ñ"), .integer(3)], .text("  ñ")),
    (.padLeft, [.text("hi"), .integer(7), .text("xy")], .text("xyxyxhi")),
    (.padLeft, [.text("hello"), .integer(2), .text("x")], .text("he")),
    (.padLeft, [.text("hi"), .integer(-1), .text("x")], .text("")),
    (.padLeft, [.text("hi"), .integer(7), .text("")], .text("hi")),
    (.padRight, [.text("hi"), .integer(5), .text("äö")], .text("hiäöä")),
    (.replace, [.text("a.b.c"), .text("."), .text("--")], .text("a--b--c")),
    (.replace, [.text("abc"), .text(""), .text("x")], .text("abc")),
    (.replace, [.text("aaa"), .text("aa"), .text("b")], .text("ba")),
    (.translate, [.text("12345"), .text("143"), .text("ax")], .text("a2x5")),
    (.position, [.text("añb"), .text("b")], .integer(3)),
    (.position, [.text("abc"), .text("x")], .integer(0)),
    (.position, [.text("abc"), .text("")], .integer(1)),
    (.startsWith, [.text("alphabet"), .text("alph")], .boolean(true)),
    (.startsWith, [.text("al"), .text("alph")], .boolean(false)),
    (.startsWith, [.text(""), .text("")], .boolean(true)),
    (.splitPart, [.text("a~@~b~@~c"), .text("~@~"), .integer(2)], .text("b")),
    (.splitPart, [.text("a,b,c"), .text(","), .integer(-1)], .text("c")),
    (.splitPart, [.text("a,b,c"), .text(","), .integer(4)], .text("")),
    (.splitPart, [.text("a,b,c"), .text(","), .integer(-4)], .text("")),
    (.splitPart, [.text("abc"), .text(""), .integer(1)], .text("abc")),
    (.character, [.integer(233)], .text("é")),
    (.toHexadecimal, [.integer(-1)], .text("ffffffffffffffff")),
    (.toHexadecimal, [.integer(255)], .text("ff")),
    (.regexReplace, [.text("foobarbaz"), .text("b.."), .text("X")], .text("fooXbaz")),
    (
      .regexReplace, [.text("foobarbaz"), .text("b(..)"), .text(#"[\1\&]"#), .text("g")],
      .text("foo[arbar][azbaz]")
    ),
    (.regexReplace, [.text("aaa"), .text("x*"), .text("-"), .text("g")], .text("-a-a-a-")),
    (.regexReplace, [.text("ABC"), .text("b"), .text("x"), .text("gi")], .text("AxC")),
    (
      .regexReplace, [.text("user 123 has 45"), .text(#"\d+"#), .text("#"), .text("g")],
      .text("user # has #")
    ),
    (.regexSubstring, [.text("foobar"), .text("o(.)b")], .text("o")),
    (.regexSubstring, [.text("foobar"), .text("o.b")], .text("oob")),
    (.regexSubstring, [.text("foobar"), .text("x")], .null),
    (.regexSubstring, [.text("k=v"), .text("(?:k|j)=(.)")], .text("v")),
  ]

  @Test(arguments: cases)
  func `a function of text gives what PostgreSQL gives`(
    function: ScalarFunction, arguments: [Value], expected: Value
  ) throws {
    let type = expected.isNull ? .text : expected.typeForTests
    let literals = Expression.call(
      FunctionCall(
        function: function, arguments: arguments.map { literal($0) }, type: type, location: 7))
    #expect(try value(literals) == expected)
    #expect(try valueOverColumns(function, arguments, as: type) == expected)
    // The first argument as a dictionary column, the others literals.
    guard case .text(let text) = arguments[0] else { return }
    let mixed = Expression.call(
      FunctionCall(
        function: function,
        arguments: [column(0, .text)] + arguments.dropFirst().map { literal($0) },
        type: type, location: 7))
    let vector = dictionaryVector([nil, text, text, nil, text])
    #expect(try evaluate(mixed, [vector]) == [.null, expected, expected, .null, expected])
  }

  @Test(
    arguments: [
      ("abc", "abc", true), ("abc", "a%", true), ("abc", "%c", true), ("abc", "%b%", true),
      ("abc", "a_c", true), ("abc", "_", false), ("ñ", "_", true), ("😀", "_", true),
      ("", "", true), ("", "%", true), ("", "_", false), ("abc", "", false),
      ("a%c", #"a\%c"#, true), ("abc", #"a\%c"#, false), (#"a\c"#, #"a\\c"#, true),
      ("aXbXc", "a%X%c", true), ("mississippi", "m%iss%pi", true),
      ("mississippi", "m%iss%p", false),
      ("añb", "a_b", true), ("ab", "a__b", false), ("aaaaab", "%a_b", true), ("abab", "%_ab", true),
      ("ab", "%_ab", false), ("abc", "a%%c", true), ("xay", "_a_", true), ("ABC", "abc", false),
    ] as [(String, String, Bool)])
  func `like matches runs and characters`(subject: String, pattern: String, expected: Bool) throws {
    let like = call(.like, column(0, .text), text(pattern), as: .boolean)
    #expect(
      try evaluate(like, [.text(subject), .null, .text(subject)])
        == [.boolean(expected), .null, .boolean(expected)])
    #expect(
      try valueOverColumns(.like, [.text(subject), .text(pattern)], as: .boolean)
        == .boolean(expected))
    let vector = dictionaryVector([subject, subject, nil])
    #expect(try evaluate(like, [vector]) == [.boolean(expected), .boolean(expected), .null])
  }

  @Test func `like takes another escape, and ilike ignores case`() throws {
    #expect(
      try value(call(.like, text("a%c"), text("a!%c"), text("!"), as: .boolean)) == .boolean(true))
    #expect(
      try value(call(.like, text(#"a\bc"#), text(#"a\b_"#), text(""), as: .boolean))
        == .boolean(true))
    #expect(
      failure(call(.like, column(0, .text), text(#"a\"#), as: .boolean), [.text("a")])?.message
        == "LIKE pattern must not end with escape character")
    let ilike = call(.likeIgnoringCase, column(0, .text), text("%ÄPFEL_"), as: .boolean)
    #expect(
      try evaluate(ilike, [.text("Bratäpfel1"), .text("BRATÄPFEL2"), .text("Apfel"), .null])
        == [.boolean(true), .boolean(true), .boolean(false), .null])
  }

  @Test(
    arguments: [
      ("foobar", "^foo", true), ("foobar", "bar$", true), ("foobar", "o{2}b", true),
      ("a1", #"^\w\d$"#, true), ("a b", #"a\sb"#, true), ("word", #"\bword\b"#, true),
      ("swordfish", #"\bword\b"#, false), ("a-b", #"^[\w\-]+$"#, true), ("a.b", #"a\.b"#, true),
      ("axb", #"a\.b"#, false), ("ñ", "^.$", true), ("]", #"[\]]"#, true), ("x", "a|x", true),
      ("ab", "(?:a)(b)", true), ("ABC", "(?i)abc", true), ("ABC", "abc", false), ("", "^$", true),
      ("4", "[[:digit:]]", true), ("é", "[é]", true), ("é", "^[a-z]$", false),
    ] as [(String, String, Bool)])
  func `regular expressions match`(subject: String, pattern: String, expected: Bool) throws {
    let matches = call(.matchesRegex, column(0, .text), text(pattern), as: .boolean)
    #expect(try evaluate(matches, [.text(subject), .null]) == [.boolean(expected), .null])
    #expect(
      try valueOverColumns(.matchesRegex, [.text(subject), .text(pattern)], as: .boolean)
        == .boolean(expected))
  }

  @Test(arguments: [
    "(", "[a", "a**?", "a*?", "(a)\\1", "(?=x)", "\\q", "x{500}{500}", "a{3", "\\",
  ])
  func `a regular expression that cannot be used is refused`(pattern: String) {
    let expression = call(.matchesRegex, column(0, .text), text(pattern), as: .boolean)
    #expect(throws: QueryError.self) { _ = try PreparedExpression(expression) }
    let error = failure(expression, [.text("a")])
    #expect(error?.code == .invalidRegularExpression)
    #expect(error?.location == 7..<7)
  }

  @Test func `joining texts skips nulls`() throws {
    let columns: [[Value]] = [[.text("a"), .null, .null], [.text("b"), .text("c"), .null]]
    let operands = [column(0, .text), column(1, .text)]
    func joined(_ function: ScalarFunction, _ arguments: [Expression]) throws -> [Value] {
      try evaluate(
        .call(FunctionCall(function: function, arguments: arguments, type: .text, location: 7)),
        columns[0], columns[1])
    }
    #expect(try joined(.concatenate, operands) == [.text("ab"), .null, .null])
    #expect(try joined(.concatenateAll, operands) == [.text("ab"), .text("c"), .text("")])
    #expect(
      try joined(.concatenateAll, operands + [text("!")]) == [
        .text("ab!"), .text("c!"), .text("!"),
      ])
    #expect(
      try joined(.concatenateWithSeparator, [text("-")] + operands + [text("z")])
        == [.text("a-b-z"), .text("c-z"), .text("z")])
    #expect(
      try joined(.concatenateWithSeparator, [null(.text)] + operands) == [.null, .null, .null])
  }

  @Test func `results are bounded and impossible arguments refused`() {
    let cases: [(Expression, QueryError.Code)] = [
      (call(.repeat, column(0, .text), integer(.max), as: .text), .tooComplex),
      (call(.padLeft, column(0, .text), integer(.max), as: .text), .tooComplex),
      (call(.substring, column(0, .text), integer(1), integer(-1), as: .text), .invalidArgument),
      (call(.splitPart, column(0, .text), text(","), integer(0), as: .text), .invalidParameter),
      (
        call(.character, call(.byteLength, column(0, .text), as: .integer), as: .text),
        .invalidArgument
      ),
    ]
    for (expression, code) in cases.dropLast() {
      #expect(failure(expression, [.null, .text("ab")])?.code == code)
    }
    #expect(failure(cases[4].0, [.text("")])?.code == code(cases[4]))
  }

  private func code(_ pair: (Expression, QueryError.Code)) -> QueryError.Code { pair.1 }

  @Test func `texts of one dictionary are compared by codes, of others by bytes`() throws {
    let dictionary = TextDictionary(domain: "names")
    let left = dictionaryVector(["b", "a", nil, "c"], in: dictionary)
    let right = dictionaryVector(["b", "b", "a", "a"], in: dictionary)
    let pool = Vector(values: [.text("b"), .text("b"), .text("a"), .text("a")], type: .text)
    for other in [right, pool] {
      let equal = Expression.compare(.equal, column(0, .text), column(1, .text))
      #expect(
        try evaluate(equal, [left, other])
          == [.boolean(true), .boolean(false), .null, .boolean(false)])
      let less = Expression.compare(.less, column(0, .text), column(1, .text))
      #expect(
        try evaluate(less, [left, other])
          == [.boolean(false), .boolean(true), .null, .boolean(false)])
    }
    for (name, expected) in [("a", true), ("zzz", false)] {
      let equal = Expression.compare(.equal, text(name), column(0, .text))
      #expect(
        try evaluate(equal, [left])
          == [.boolean(false), .boolean(expected), .null, .boolean(false)])
    }
    let choice = Expression.caseWhen(
      [CaseBranch(condition: .isNull(column(0, .text)), result: text("a"))],
      otherwise: column(0, .text))
    let result = try PreparedExpression(choice).evaluate(Batch(rowCount: 4, columns: [left]))
    guard case .text(_, .dictionary) = result.storage else {
      Issue.record("the dictionary was given up")
      return
    }
    #expect(
      (0..<4).map { result.value(at: $0) } == [.text("b"), .text("a"), .text("a"), .text("c")])
  }

  @Test func `a column without any string is null`() throws {
    let empty = Vector(
      type: .text, count: 2, storage: .text(codes: [0, 0], .pool(TextPool())), validity: [0, 0])
    #expect(try evaluate(call(.lower, column(0, .text), as: .text), [empty]) == [.null, .null])
    #expect(
      try evaluate(call(.concatenateAll, column(0, .text), text("x"), as: .text), [empty])
        == [.text("x"), .text("x")])
    #expect(
      try evaluate(.coalesce([column(0, .text), text("y")]), [empty]) == [.text("y"), .text("y")])
  }
}

/// A text vector over a dictionary.
func dictionaryVector(
  _ texts: [String?], in dictionary: TextDictionary = TextDictionary(domain: "test")
) -> Vector {
  _ = dictionary.insert("an entry that no row has")
  let codes = texts.map { text in text.map { dictionary.insert($0) } ?? 0 }
  return Vector(
    type: .text, count: texts.count, storage: .text(codes: codes, .dictionary(dictionary.view)),
    validity: texts.contains(nil) ? texts.map { $0 == nil ? 0 : 1 } : nil)
}
