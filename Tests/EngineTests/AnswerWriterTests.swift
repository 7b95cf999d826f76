import ColumnStore
import Engine
import Testing

@Suite struct `An answer that is sent` {
  private let engine = Engine(threads: 1)
  private var session = Session()

  private mutating func answer(_ sql: String, _ kind: AnswerKind, zone: String = "UTC") throws
    -> [String]
  {
    session.timeZone = zone
    let result = try engine.execute(sql, in: &session)
    var writer = result.answer(as: kind, timeZone: try #require(TimeZoneRules.named(zone)))
    var pieces: [String] = []
    while !writer.isAtEnd {
      var bytes: [UInt8] = []
      writer.append(to: &bytes)
      pieces.append(String(decoding: bytes, as: UTF8.self))
    }
    return pieces
  }

  private static let everything = """
    SELECT 9007199254740991 AS safe, 9007199254740992 AS large, -9223372036854775807 AS small,
      'NaN'::double precision AS nan, '-Infinity'::double precision AS low, 0.1 AS tenth,
      TIMESTAMPTZ '2026-01-02 03:04:05.678+02' AS at, TIMESTAMP '2026-01-02 03:04:05' AS local,
      DATE '2026-01-02' AS day, INTERVAL '1 day 2 hours' AS span, NULL::text AS nothing,
      'a "b"' AS words, true AS yes, ARRAY[1, NULL, 9007199254740993] AS numbers, '{"a": 1}'::json AS document
    """

  @Test mutating func `has exact values, and its receipt at the end, as JSON`() throws {
    let pieces = try answer(Self.everything, .json)
    #expect(pieces.count == 1)
    let lines = pieces[0].split(separator: "\n")
    #expect(
      lines[0].hasPrefix(
        #"{"columns":[{"name":"safe","type":"bigint","approximate":false,"redacted":false},"#))
    #expect(lines[0].hasSuffix(#"],"rows":["#))
    let row = #"""
      [9007199254740991,"9007199254740992","-9223372036854775807","NaN","-Infinity",0.1,\#
      "2026-01-02T01:04:05.678Z","2026-01-02T03:04:05","2026-01-02","1 day 02:00:00",null,"a \"b\"",\#
      true,[1,null,"9007199254740993"],{"a": 1}]],"receipt":{"query_id":"1","query_number":1,\#
      "sequence_number":0,"as_of":null,"time_zone":"UTC",
      """#
    #expect(lines[1].hasPrefix(row))
    #expect(pieces[0].hasSuffix("}}\n"))
  }

  @Test mutating func `is a row on each line as NDJSON`() throws {
    #expect(
      try answer("SELECT 1 AS a, 9007199254740992 AS a UNION ALL SELECT 2, 3", .ndjson).joined()
        == "{\"a\":1,\"a_2\":\"9007199254740992\"}\n{\"a\":2,\"a_2\":3}\n")
  }

  @Test mutating func `is in the session's zone as CSV`() throws {
    let sql =
      "SELECT TIMESTAMPTZ '2026-07-01 12:00:00+00' AS at, 9007199254740992 AS n, '' AS e, NULL AS z"
    #expect(
      try answer(sql, .csv, zone: "Asia/Kathmandu") == [
        "at,n,e,z\n2026-07-01 17:45:00+05:45,9007199254740992,\"\",\n"
      ])
  }

  @Test(arguments: AnswerKind.allCases)
  mutating func `comes in pieces that are no larger for more rows`(kind: AnswerKind) throws {
    let pieces = try answer("SELECT g FROM generate_series(1, 10000) AS s(g)", kind)
    #expect(pieces.count == 10)
    #expect(pieces.allSatisfy { $0.utf8.count < 20_000 })
    let all = pieces.joined()
    #expect(all.contains("10000"))
    #expect(all.split(separator: "\n").count >= 10_000)
  }

  @Test(arguments: AnswerKind.allCases)
  mutating func `without rows has its head and its end`(kind: AnswerKind) throws {
    let text = try answer("SELECT 1 AS a WHERE false", kind).joined()
    switch kind {
    case .json:
      #expect(
        text.hasPrefix(
          #"{"columns":[{"name":"a","type":"bigint","approximate":false,"redacted":false}],"rows":[],"receipt":{"#
        ))
    case .ndjson: #expect(text.isEmpty)
    case .csv: #expect(text == "a\n")
    }
  }

  @Test mutating func `that is broken off as JSON ends in an error in place of the receipt`() throws
  {
    let result = try engine.execute("SELECT g FROM generate_series(1, 2000) AS s(g)", in: &session)
    var writer = result.answer(as: .json, timeZone: .utc)
    var bytes: [UInt8] = []
    writer.append(to: &bytes)
    bytes += try #require(writer.end(with: #"{"code":"x"}"#))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasSuffix("[1024]],\"error\":{\"code\":\"x\"}}\n"))
    #expect(result.answer(as: .csv, timeZone: .utc).end(with: "{}") == nil)
  }
}
