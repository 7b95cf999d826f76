import ColumnStore
import Engine
import Glibc
import QueryExecution
import Testing
import daybook

/// What each format makes of the same values, to the byte.
@Suite struct FormatTests {
  private static let result = QueryResult(
    columns: [
      QueryResult.Column(name: "id", type: .integer),
      QueryResult.Column(name: "name", type: .text),
      QueryResult.Column(name: "share", type: .double),
      QueryResult.Column(name: "at", type: .timestampWithTimeZone),
      QueryResult.Column(name: "is_new", type: .boolean),
    ],
    tag: "SELECT 4", statistics: QueryStatistics(),
    batches: [
      Batch(
        rowCount: 2,
        columns: [
          integers([.min, .max]), texts(["plain", "a,b \"c\"\nd"]), doubles([0.5, .nan]),
          times([0, 1_767_323_045_678]), Vector(constant: .boolean(true), type: .boolean, count: 2),
        ]),
      Batch(
        rowCount: 2,
        columns: [
          integers([7, 0], [1, 0]), texts(["", "NULL"]), doubles([-.infinity, 1e20]),
          times([0, 0], [0, 1]),
          Vector(type: .boolean, count: 2, storage: .booleans([0, 1]), validity: [1, 0]),
        ]),
    ])

  @Test func `csv quotes what needs quotes and tells null from empty text`() throws {
    #expect(
      try write(Self.result, .csv) == """
        id,name,share,at,is_new
        -9223372036854775808,plain,0.5,1970-01-01 00:00:00+00,true
        9223372036854775807,"a,b ""c""
        d",NaN,2026-01-02 03:04:05.678+00,true
        7,"",-Infinity,,false
        ,NULL,1e+20,1970-01-01 00:00:00+00,

        """)
  }

  @Test func `json keeps integers exact and writes what it has no number for as text`() throws {
    #expect(
      try write(Self.result, .json) == """
        [
        {"id":-9223372036854775808,"name":"plain","share":0.5,"at":"1970-01-01T00:00:00Z","is_new":true},
        {"id":9223372036854775807,"name":"a,b \\"c\\"\\nd","share":"NaN",\
        "at":"2026-01-02T03:04:05.678Z","is_new":true},
        {"id":7,"name":"","share":"-Infinity","at":null,"is_new":false},
        {"id":null,"name":"NULL","share":1e+20,"at":"1970-01-01T00:00:00Z","is_new":null}
        ]

        """)
  }

  @Test func `ndjson is one object per line`() throws {
    let lines = try write(Self.result, .ndjson).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5)
    #expect(lines[4].isEmpty)
    #expect(
      lines[2] == #"{"id":7,"name":"","share":"-Infinity","at":null,"is_new":false}"#)
  }

  @Test func `a table is aligned, and its nulls cannot be mistaken for text`() throws {
    #expect(
      try write(Self.result, .table) == """
                          id  name            share  at                          is_new
        ────────────────────  ──────────  ─────────  ──────────────────────────  ──────
        -9223372036854775808  plain             0.5  1970-01-01 00:00:00+00      true
         9223372036854775807  a,b "c"\\nd        NaN  2026-01-02 03:04:05.678+00  true
                           7              -Infinity  NULL                        false
                        NULL  'NULL'          1e+20  1970-01-01 00:00:00+00      NULL

        """)
  }

  @Test func `markdown escapes what it would take for markup`() throws {
    let result = Self.single([.text("a|b"), .text("<i>_x_\n*"), .null])
    #expect(
      try write(result, .markdown) == """
        | v |
        | --- |
        | a\\|b |
        | &lt;i>\\_x\\_<br>\\* |
        |  |

        """)
  }

  @Test func `a result without rows has its head in all formats`() throws {
    let result = Self.single([])
    #expect(try write(result, .csv) == "v\n")
    #expect(try write(result, .json) == "[]\n")
    #expect(try write(result, .ndjson) == "")
    #expect(try write(result, .table) == "v\n─\n")
    #expect(try write(result, .markdown) == "| v |\n| --- |\n")
  }

  @Test(arguments: ResultFormat.allCases)
  func `a statement without rows writes nothing`(format: ResultFormat) throws {
    let result = QueryResult(
      columns: [], tag: "CREATE TABLE", statistics: QueryStatistics(), batches: [])
    #expect(try write(result, format) == "")
  }

  @Test func `wide and combining characters keep a table aligned`() throws {
    let result = Self.pair([("日本", 1), ("e\u{301}te\u{301}", 2), ("👩‍👩‍👧", 3), ("abc", 4)])
    #expect(
      try write(result, .table) == """
        name  n
        ────  ─
        日本  1
        e\u{301}te\u{301}   2
        👩‍👩‍👧    3
        abc   4

        """)
  }

  @Test func `control characters do not reach the terminal`() throws {
    let result = Self.single([.text("a\u{1b}[31mb\u{7}\t\u{202e}c\u{9b}")])
    #expect(try write(result, .table).contains(#"a\x1b[31mb\x07\t\u202ec\x9b"#))
  }

  @Test func `a description keeps the names in its first column, at the cost of the others`() throws
  {
    func column(_ name: String, _ text: String?) -> (String, Value) {
      (name, text.map { .text($0) } ?? .null)
    }
    let cells = [
      column("column", "organization_identifier"), column("type", "timestamp with time zone"),
      column("domain", nil), column("label", ""), column("encoding", "frame-of-reference"),
    ]
    let result = QueryResult(
      columns: cells.map { QueryResult.Column(name: $0.0, type: .text) }, tag: "DESCRIBE",
      statistics: QueryStatistics(),
      batches: [
        Batch(
          rowCount: 1, columns: cells.map { Vector(constant: $0.1, type: .text, count: 1) })
      ])
    let lines = try write(result, .table, width: 60, isDescription: true).split(separator: "\n")
    #expect(lines[2] == "organization_identifier  timestamp with …  frame-of-refere…")
    #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= 60 })
    // Where there is room, and in a pipe, nothing is left out.
    #expect(try write(result, .table, width: 120, isDescription: true).contains("domain"))
    #expect(try write(result, .table, isDescription: true).contains("domain"))
    let narrow = try write(result, .table, width: 30, isDescription: true).split(separator: "\n")
    #expect(narrow.allSatisfy { DisplayWidth.of(String($0)) <= 30 })
  }

  @Test func `a terminal gets long values cut to its width, a pipe gets all`() throws {
    let long = String(repeating: "x", count: 200)
    let result = Self.pair([(long, 1)])
    let lines = try write(result, .table, width: 40).split(separator: "\n")
    #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= 40 })
    #expect(lines[2] == String(repeating: "x", count: 36) + "…  1")
    #expect(try write(result, .table).contains(long))
  }

  @Test func `columns of one name all arrive in json`() throws {
    let column = QueryResult.Column(name: "a", type: .integer)
    let result = QueryResult(
      columns: [column, column, QueryResult.Column(name: "a_2", type: .integer)],
      tag: "SELECT 1", statistics: QueryStatistics(),
      batches: [
        Batch(rowCount: 1, columns: [Self.integers([1]), Self.integers([2]), Self.integers([3])])
      ])
    #expect(try write(result, .ndjson) == #"{"a":1,"a_3":2,"a_2":3}"# + "\n")
  }

  @Test func `arrays and json values are json in json`() throws {
    let array = Self.single(
      [.array([.integer(1), .double(.infinity), .text("x\"")])], type: .array(.text))
    #expect(try write(array, .ndjson) == #"{"v":[1,"Infinity","x\""]}"# + "\n")
    let json = Self.single([.json("{\n\"a\": 1}")], type: .json)
    #expect(try write(json, .ndjson) == #"{"v":{ "a": 1}}"# + "\n")
  }

  @Test func `days before year 1 and after 9999 have a sign in json`() throws {
    let result = Self.single([.date(-719_529), .date(2_932_897)], type: .date)
    #expect(
      try write(result, .ndjson) == """
        {"v":"-000001-12-31"}
        {"v":"+010000-01-01"}

        """)
  }

  // MARK: Values

  private static func integers(_ values: [Int64], _ validity: [UInt8]? = nil) -> Vector {
    Vector(type: .integer, count: values.count, storage: .integers(values), validity: validity)
  }

  private static func times(_ values: [Int64], _ validity: [UInt8]? = nil) -> Vector {
    Vector(
      type: .timestampWithTimeZone, count: values.count, storage: .integers(values),
      validity: validity)
  }

  private static func doubles(_ values: [Double]) -> Vector {
    Vector(type: .double, count: values.count, storage: .doubles(values))
  }

  private static func texts(_ values: [String]) -> Vector {
    let pool = TextPool()
    let codes = values.map { UInt32(pool.append($0)) }
    return Vector(type: .text, count: values.count, storage: .text(codes: codes, .pool(pool)))
  }

  private static func single(_ values: [Value], type: DataType = .text) -> QueryResult {
    QueryResult(
      columns: [QueryResult.Column(name: "v", type: type)], tag: "", statistics: QueryStatistics(),
      batches: [
        Batch(
          rowCount: values.count,
          columns: [Vector(type: type, count: values.count, storage: .objects(values))])
      ])
  }

  private static func pair(_ rows: [(String, Int64)]) -> QueryResult {
    QueryResult(
      columns: [
        QueryResult.Column(name: "name", type: .text),
        QueryResult.Column(name: "n", type: .integer),
      ],
      tag: "", statistics: QueryStatistics(),
      batches: [
        Batch(rowCount: rows.count, columns: [texts(rows.map(\.0)), integers(rows.map(\.1))])
      ])
  }

  private func write(
    _ result: QueryResult, _ format: ResultFormat, width: Int? = nil, isDescription: Bool = false
  ) throws -> String {
    let folder = try TemporaryFolder()
    let descriptor = open(try folder.write("answer", ""), O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var output = ByteOutput(descriptor)
    try format.write(
      result, timeZone: .utc, terminal: Terminal(width: width, hasColor: false),
      isDescription: isDescription, to: &output)
    try output.flush()
    return try folder.read("answer")
  }
}
