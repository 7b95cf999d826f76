import ColumnStore
import Ingestion
import Testing

struct DelimitedTextTests {
  /// Every text is loaded with blocks of many sizes: the borders must not show.
  private func rows(
    _ text: String, name: String = "input.csv", _ options: LoadOptions = LoadOptions()
  ) throws -> [[Value]] {
    let whole = try LoadHarness(options: options).load(text: text, name: name)
    for block in [1, 7, 16, 64] {
      let cut = try LoadHarness(options: options).load(text: text, name: name, block: block)
      #expect(cut.rows == whole.rows, "blocks of \(block) bytes")
    }
    return whole.rows
  }

  @Test func `types are inferred from the values`() throws {
    let loaded = try LoadHarness().load(
      text: """
        id,code,price,ok,day,at,seen,note,big
        1,007,1.5,true,2024-02-29,2024-02-29 12:00:00,2024-02-29T12:00:00.123Z,abc,9223372036854775808
        -2,012,2,false,2023-01-01,2023-01-01T00:00,2023-01-01 00:00:00+05:30,,1

        """)
    #expect(
      loaded.types == [
        "id": "bigint", "code": "text", "price": "double precision", "ok": "boolean",
        "day": "date", "at": "timestamp", "seen": "timestamptz", "note": "text", "big": "text",
      ])
    #expect(
      loaded.rows[0] == [
        .integer(1), .text("007"), .double(1.5), .boolean(true), .date(19782),
        .timestamp(1_709_208_000_000), .timestampWithTimeZone(1_709_208_000_123), .text("abc"),
        .text("9223372036854775808"),
      ])
    #expect(loaded.rows[1][6] == .timestampWithTimeZone(1_672_511_400_000))
    #expect(loaded.rows[1][7] == .null)
    #expect(loaded.report.columns.map(\.nulls) == [0, 0, 0, 0, 0, 0, 0, 1, 0])
  }

  @Test(
    arguments: [
      ("a;b\n1;x,y\n", [[.integer(1), .text("x,y")]]),
      ("\n\"a,b\";c\n1;\"x;y\"\n", [[.integer(1), .text("x;y")]]),
      ("a;b", []),
      ("a\tb\n1\tx;y\n", [[.integer(1), .text("x;y")]]),
      // A comma in the first line, or a second line without any, is CSV.
      ("a,b;c\n1,x;y\n", [[.integer(1), .text("x;y")]]),
      ("a;b\nx\n", [[.text("x")]]),
      ("\"a;b\"\n\"x;y\"\n", [[.text("x;y")]]),
    ] as [(String, [[Value]])])
  func `a file that is called CSV is separated by what its first lines have`(
    text: String, expected: [[Value]]
  ) throws {
    #expect(try rows(text) == expected)
    #expect(try rows(text, name: "input.CSV") == expected)
    var options = LoadOptions()
    options.format = .csv
    if !text.hasPrefix("a\t"), !text.contains(",") {
      #expect(try LoadHarness(options: options).load(text: text).schema.columns.count == 1)
    }
  }

  @Test func `semicolons are found in files without a known ending`() throws {
    #expect(try rows("a;b\n1;x\n2;y\n", name: "f.txt").count == 2)
    #expect(try rows("a;b\n1;x\n2;y\n", name: "f.txt")[1] == [.integer(2), .text("y")])
  }

  @Test func `quoted fields keep separators, quotes and newlines`() throws {
    let text = "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\nplain,5\" nail\n\"\"\"\",end"
    #expect(
      try rows(text) == [
        [.text("x,y"), .text("say \"hi\"")], [.text("two\nlines"), .text("")],
        [.text("plain"), .text("5\" nail")], [.text("\""), .text("end")],
      ])
  }

  @Test func `a byte order mark, CRLF and a missing last newline do not show`() throws {
    let text = "\u{FEFF}a,b\r\n1,x\r\n2,\"y\"\r\n\r\n3,"
    #expect(
      try rows(text) == [
        [.integer(1), .text("x")], [.integer(2), .text("y")], [.integer(3), .null],
      ])
    #expect(try LoadHarness().load(text: text).schema.columns.map(\.name) == ["a", "b"])
  }

  @Test func `null tokens count only without quotes`() throws {
    let text = "a,b,c\n\\N,\"\\N\",1\n,\"\",\"\"\nNA,x,2\n"
    #expect(
      try rows(text) == [
        [.null, .text("\\N"), .integer(1)], [.null, .text(""), .null],
        [.text("NA"), .text("x"), .integer(2)],
      ])
    var options = LoadOptions()
    options.nullTokens = ["NA"]
    #expect(try rows(text, options)[2][0] == .null)
    #expect(try rows(text, options)[1][0] == .text(""))
  }

  @Test func `tabs and single spaces separate, too`() throws {
    #expect(try rows("a\tb\n1\tx y\n", name: "f.tsv") == [[.integer(1), .text("x y")]])
    var options = LoadOptions()
    options.columns = ["src", "dst", "ts"]
    options.timeColumn = "ts"
    let text = "1 4 1254192988\n9 2 1254194656\n"
    #expect(
      try rows(text, name: "f.txt", options)[0] == [
        .integer(1), .integer(4), .timestampWithTimeZone(1_254_192_988_000),
      ])
    let report = try LoadHarness(options: options).load(text: text, name: "f.txt").report
    #expect(report.timeColumn == "ts")
    #expect(report.notes == ["column 'ts' counts seconds since 1970-01-01 UTC"])
  }

  @Test func `a header is found, or told`() throws {
    #expect(try LoadHarness().load(text: "1,2\n3,4\n").schema.columns[0].name == "column1")
    #expect(try LoadHarness().load(text: "a,b\nx,y\n").rows.count == 1)
    var options = LoadOptions()
    options.hasHeader = false
    #expect(try LoadHarness(options: options).load(text: "a,b\nx,y\n").rows.count == 2)
    options = LoadOptions()
    options.columns = ["p", "q"]
    #expect(try LoadHarness(options: options).load(text: "a,b\n1,2\n").rows.count == 1)
    #expect(try LoadHarness(options: options).load(text: "a,b\nx,y\n").rows.count == 2)
    #expect(try LoadHarness().load(text: "a,b\n").rows.isEmpty)
  }

  @Test func `a single column may have empty lines`() throws {
    #expect(try rows("n\n1\n\n3\n") == [[.integer(1)], [.null], [.integer(3)]])
  }

  @Test func `numbers keep every bit`() throws {
    let numbers = [
      "0.1", "1e-320", "1.7976931348623157e308", "123456789012345678901234567890", "-0.0",
      "9007199254740993.0", "3.14159265358979323846", "1e22", "4.35", "NaN", "-Infinity", "5.",
    ]
    let loaded = try LoadHarness().load(
      text: "x\n" + numbers.joined(separator: "\n") + "\n")
    #expect(loaded.types == ["x": "double precision"])
    for (row, number) in zip(loaded.rows, numbers) {
      guard case .double(let value) = row[0], let expected = Double(number == "5." ? "5" : number)
      else {
        Issue.record("\(number) is no double")
        continue
      }
      #expect(
        value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN), "\(number)")
    }
    let integers = try LoadHarness().load(
      text: "x\n9223372036854775807\n-9223372036854775808\n0\n")
    #expect(integers.rows == [[.integer(.max)], [.integer(.min)], [.integer(0)]])
  }

  @Test func `a column is widened when later rows need it`() throws {
    var text = "a,b,c\n"
    for row in 0..<200 { text += "\(row),2024-01-01,true\n" }
    text += "1.5,2024-01-01 10:00:00,maybe\nx,2024-01-02,false\n"
    var options = LoadOptions()
    options.sampleByteCount = 64
    for block in [16, 100, 4096] {
      let loaded = try LoadHarness(options: options).load(text: text, block: block)
      #expect(loaded.types == ["a": "text", "b": "timestamp", "c": "text"])
      #expect(loaded.rows.count == 202)
      #expect(loaded.rows[3][0] == .text("3"))
      #expect(
        loaded.rows[200] == [
          .text("1.5"), .timestamp(1_704_103_200_000), .text("maybe"),
        ])
      #expect(loaded.report.notes.count == 3)
    }
  }

  @Test func `years 1 and 9999 load, year 0 and the 30th of February are text`() throws {
    let loaded = try LoadHarness().load(text: "d,e\n0001-01-01,0000-01-01\n9999-12-31,2024-02-30\n")
    #expect(loaded.rows[0] == [.date(-719_162), .text("0000-01-01")])
    #expect(loaded.rows[1] == [.date(2_932_896), .text("2024-02-30")])
  }

  @Test func `epochs of all units are told apart by size`() throws {
    for (value, unit) in [
      ("1700000000", "seconds"), ("1700000000000", "milliseconds"),
      ("1700000000000000", "microseconds"), ("1700000000000000000", "nanoseconds"),
    ] {
      var options = LoadOptions()
      options.timeColumn = "t"
      let loaded = try LoadHarness(options: options).load(text: "t\n\(value)\n")
      #expect(loaded.rows == [[.timestampWithTimeZone(1_700_000_000_000)]])
      #expect(loaded.report.notes == ["column 't' counts \(unit) since 1970-01-01 UTC"])
    }
    var options = LoadOptions()
    options.types = ["t": "timestamptz(epoch_us)"]
    let early = try LoadHarness(options: options).load(text: "t\n-1\n-1000\n-1001\n")
    #expect(early.column("t") == [-1, -1, -2].map { .timestampWithTimeZone($0) })
  }

  @Test func `constants, renames and types shape the table`() throws {
    var options = LoadOptions()
    options.constants = [("event", "a2q"), ("weight", "5")]
    options.renames = [("x", "user_id")]
    options.types = ["user_id": "text", "weight": "double"]
    let loaded = try LoadHarness(options: options).load(text: "x,y\n1,2\n3,4\n")
    #expect(loaded.schema.columns.map(\.name) == ["user_id", "y", "event", "weight"])
    #expect(loaded.rows[1] == [.text("3"), .integer(4), .text("a2q"), .double(5)])
  }

  @Test func `several files make one table`() throws {
    let first = TemporaryFile(Array("a,b\n1,x\n".utf8))
    let second = TemporaryFile(Array("b,a,c\ny,2,true\n".utf8))
    let loaded = try LoadHarness().load(first.path, second.path)
    #expect(
      loaded.rows == [
        [.integer(1), .text("x"), .null], [.integer(2), .text("y"), .boolean(true)],
      ])
  }

  @Test func `columns of an existing table are found by name`() throws {
    var harness = LoadHarness()
    harness.existing = TableSchema(
      name: "t",
      columns: [
        ColumnDefinition(name: "ts", type: .timestampWithTimeZone),
        ColumnDefinition(name: "user_id", type: .text, isNotNull: true),
        ColumnDefinition(name: "ms", type: .double),
      ], partitionColumn: 0)
    let loaded = try harness.load(text: "User_ID,ts\n7,2024-01-01 00:00:00\n")
    #expect(loaded.rows == [[.timestampWithTimeZone(1_704_067_200_000), .text("7"), .null]])
    #expect(loaded.report.timeColumn == "ts")
    let unknown = #expect(throws: LoadError.self) { try harness.load(text: "user_idd,ts\n7,\n") }
    #expect(unknown?.message == "the file has a column 'user_idd', and there is no such column")
    #expect(unknown?.hint == "did you mean 'user_id'?")
    let missing = #expect(throws: LoadError.self) { try harness.load(text: "ts,ms\n,1\n") }
    #expect(missing?.message == "the file has no column 'user_id', which may not be null")
    let null = #expect(throws: LoadError.self) { try harness.load(text: "ts,user_id\n,a\n,\n") }
    #expect(null?.line == 3)
    #expect(null?.column == "user_id")
  }
}
