import ColumnStore
import Ingestion
import Testing

struct JSONLinesTests {
  private func load(
    _ text: String, _ options: LoadOptions = LoadOptions()
  ) throws -> LoadHarness.Loaded {
    let whole = try LoadHarness(options: options).load(text: text, name: "f.ndjson")
    for block in [1, 16, 200] {
      let cut = try LoadHarness(options: options).load(text: text, name: "f.ndjson", block: block)
      #expect(cut.rows == whole.rows, "blocks of \(block) bytes")
    }
    return whole
  }

  @Test func `objects become rows whatever the order of their keys`() throws {
    let loaded = try load(
      """
      {"ts":"2024-02-29T12:00:00Z","user":"u\\"1\\u00e9\\n","n":5,"x":1.5,"ok":true,"tags":["a",{"b":1}],"o":null}
      {"n":-6, "ts" : "2024-03-01T00:00:00.5+01:00" , "user":"","ok":false,"x":2,"late":"é"}

      {"us\\u0065r":"escaped key","n":9223372036854775807,"tags":"plain","o":{}}
      """)
    #expect(
      loaded.types == [
        "ts": "timestamptz", "user": "text", "n": "bigint", "x": "double precision",
        "ok": "boolean", "tags": "json", "o": "json", "late": "text",
      ])
    #expect(loaded.column("ts")[1] == .timestampWithTimeZone(1_709_247_600_500))
    #expect(loaded.column("user") == [.text("u\"1é\n"), .text(""), .text("escaped key")])
    #expect(loaded.column("n") == [.integer(5), .integer(-6), .integer(.max)])
    #expect(loaded.column("x") == [.double(1.5), .double(2), .null])
    #expect(loaded.column("ok") == [.boolean(true), .boolean(false), .null])
    #expect(
      loaded.column("tags") == [.json("[\"a\",{\"b\":1}]"), .null, .json("\"plain\"")])
    #expect(loaded.column("o") == [.null, .null, .json("{}")])
    #expect(loaded.column("late") == [.null, .text("é"), .null])
    #expect(loaded.report.timeColumn == "ts")
  }

  @Test func `strings stay strings, and numbers in a text column keep their digits`() throws {
    let loaded = try load("{\"a\":\"12\",\"b\":1}\n{\"a\":\"13\",\"b\":\"x\"}\n{\"b\":1.50}\n")
    #expect(loaded.types == ["a": "text", "b": "text"])
    #expect(loaded.column("b") == [.text("1"), .text("x"), .text("1.50")])
  }

  @Test func `a column is widened when later rows need it`() throws {
    var options = LoadOptions()
    options.sampleByteCount = 8
    let loaded = try load("{\"a\":1}\n{\"a\":2.5}\n", options)
    #expect(loaded.column("a") == [.double(1), .double(2.5)])
    let nested = try load("{\"a\":1}\n{\"a\":[2]}\n{\"a\":\"x\"}\n", options)
    #expect(nested.column("a") == [.json("1"), .json("[2]"), .json("\"x\"")])
  }

  @Test(arguments: [
    ("{\"a\":1}\n{\"a\":1\n{\"a\":3}\n", 2), ("{\"a\":1}\n{\"a\":nul}\n", 2),
    ("{\"a\":1}\n[1]\n", 2), ("{\"a\":1}\n{\"a\":1} x\n", 2),
    ("{\"a\":1}\n{\"a\":1}{\"a\":2}\n", 2),
    ("{\"a\":1}\n{\"a\":01}\n", 2), ("{\"a\":1}\n{\"a\":{\"b\":}}\n", 2), ("{\"a\":1}\n5\n", 2),
    ("{\"a\":1}\n{\"a\":\"x}\n{\"a\":1}\n", 2), ("{\"a\":1}\n\n{\"a\" 1}\n", 3),
    ("{\"a\":1}\n{\"a\":\"\\q\"}\n", 2), ("{\"a\":\"x\"}\n{\"a\":tru}\n", 2),
    ("{\"a\":1}\n{\"a\":1,}\n", 2), ("{\"a\":1}\n{,\"a\":1}\n", 2), ("{\"a\":1}\n}\n", 2),
  ])
  func `a malformed line is one bad row`(text: String, line: Int) throws {
    for block in [1, 16, 1000] {
      let error = #expect(throws: LoadError.self, "\(text)") {
        try LoadHarness().load(text: text, name: "f.ndjson", block: block)
      }
      #expect(error?.line == line, "\(text)")
    }
    var options = LoadOptions()
    options.maximumErrors = 1
    let loaded = try load(text, options)
    #expect(loaded.report.rejected == 1)
    #expect(loaded.rows.allSatisfy { $0[0] != .null })
  }

  @Test func `a key that is no column is a bad row, or passed over`() throws {
    var options = LoadOptions()
    options.sampleByteCount = 8
    let text = "{\"user\":1}\n{\"user\":2}\n{\"usr\":3,\"user\":4}\n"
    let error = #expect(throws: LoadError.self) { try load(text, options) }
    #expect(error?.line == 3)
    #expect(error?.value == "usr")
    #expect(error?.hint == "did you mean 'user'?")
    options.ignoresUnknownFields = true
    #expect(try load(text, options).rows == [[.integer(1)], [.integer(2)], [.integer(4)]])
  }

  @Test func `bytes that are not UTF-8 are a bad row`() {
    let bytes = Array("{\"a\":\"x\"}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n".utf8)
    let error = #expect(throws: LoadError.self) {
      try LoadHarness().load(bytes: bytes, name: "f.ndjson")
    }
    #expect(error?.line == 2)
  }

  @Test func `an array of objects is refused with a hint`() {
    let error = #expect(throws: LoadError.self) {
      try LoadHarness().load(text: "[{\"a\":1},\n{\"a\":2}]\n", name: "f.json")
    }
    #expect(error?.hint == "one JSON object per line is read, not an array of them")
  }
}
