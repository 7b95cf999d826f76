import ColumnStore
import Glibc
import Ingestion
import Testing

struct BadInputTests {
  /// The error, the same with blocks of all sizes and any number of threads.
  private func failure(
    _ text: String, name: String = "input.csv", _ options: LoadOptions = LoadOptions()
  ) -> LoadError? {
    failure(Array(text.utf8), name: name, options)
  }

  private func failure(
    _ bytes: [UInt8], name: String = "input.csv", _ options: LoadOptions = LoadOptions()
  ) -> LoadError? {
    var errors: [LoadError?] = []
    for (block, threads) in [(1 << 20, 2), (16, 1), (16, 4), (1, 3)] {
      var options = options
      options.threads = threads
      var error = #expect(throws: LoadError.self) {
        try LoadHarness(options: options).load(bytes: bytes, name: name, block: block)
      }
      // Each load has a temporary file of its own.
      error?.file = nil
      errors.append(error)
    }
    for other in errors.dropFirst() { #expect(other == errors[0]) }
    return errors[0]
  }

  private func typed(_ types: [String: String]) -> LoadOptions {
    var options = LoadOptions()
    options.types = types
    return options
  }

  @Test func `rows with too few or too many fields are told with both counts`() {
    let few = failure("a,b,c\n1,2,3\n\n1,2\n1,2,3\n")
    #expect(few?.line == 4)
    #expect(few?.message == "2 fields where 3 were expected")
    let many = failure("a,b\n1,2\n\"x\ny\",2\n3,4,5\n1,2,3\n")
    #expect(many?.line == 5)
    #expect(many?.message == "3 fields where 2 were expected")
    #expect(many?.hint == "a field that contains the separator or a newline has to stand in quotes")
  }

  @Test func `a value that does not fit a given type is told with its place`() {
    let error = failure(
      "id,n\na,1\nb,2\nc,1.5\nd,x\n", typed(["n": "bigint"]))
    #expect(error?.problem == .badRow)
    #expect(error?.line == 4)
    #expect(error?.column == "n")
    #expect(error?.columnNumber == 2)
    #expect(error?.value == "1.5")
    #expect(error?.message == "not a whole number")
    #expect(error?.hint == "read the column as double")
    let cases = [
      ("bigint", "9223372036854775808", "does not fit 64 bits"),
      ("double", "1e999", "too large for a double"), ("double", "1,5", "not a number"),
      ("boolean", "maybe", "not a boolean"), ("date", "2024-02-30", "not a date"),
      ("date", "2024-02-03 10:00", "a date was expected, this has a time of day"),
      ("timestamp", "2024-02-03T10:00:00Z", "a timestamp without zone was expected"),
      ("timestamptz", "1700000000", "not a timestamptz"),
      ("timestamptz", "2024-02-03T25:00:00Z", "not a timestamptz"),
      ("timestamptz(epoch_s)", "soon", "not a time in seconds since 1970"),
      ("timestamptz(epoch_s)", "9223372036854775807", "not a time in seconds since 1970"),
      ("json", "{\"a\":}", "not a JSON document"),
    ]
    for (type, value, message) in cases {
      let quoted = value.replacing("\"", with: "\"\"")
      let error = failure("k,v\n1,\"\(quoted)\"\n", typed(["v": type]))
      #expect(error?.message == message, "\(type) \(value)")
    }
  }

  @Test func `quotes that do not close, or close too early`() {
    let open = failure("a,b\n1,2\n3,\"x\n4,5\n6,7\n")
    #expect(open?.line == 3)
    #expect(open?.message == "a quote is opened here and never closed")
    let early = failure("a,b\n1,2\n3,\"x\"y\n4,5\n")
    #expect(early?.line == 3)
    #expect(early?.column == "b")
    #expect(early?.value == "\"x\"y")
    #expect(early?.message == "text after the closing quote")
  }

  @Test func `bytes that are not UTF-8, and NUL`() {
    let latin = failure(Array("a,b\n1,ok\n2,caf".utf8) + [0xE9] + Array("\n".utf8))
    #expect(latin?.line == 3)
    #expect(latin?.column == "b")
    #expect(latin?.message == "not valid UTF-8")
    let binary = failure(Array("a,b\n1,x".utf8) + [0] + Array("\n".utf8))
    #expect(binary?.problem == .binaryFile)
    #expect(binary?.byteOffset == 7)
    var options = LoadOptions()
    options.sampleByteCount = 4
    let later = failure(Array("a,b\n1,x\n1,x".utf8) + [0] + Array("\n".utf8), options)
    #expect(later?.message == "a NUL byte is not text")
    #expect(later?.line == 3)
  }

  @Test func `files that cannot be read`() {
    let missing = #expect(throws: LoadError.self) { try LoadHarness().load("/tmp/no/such.csv") }
    #expect(
      missing?.description == "/tmp/no/such.csv: cannot open the file: No such file or directory")
    let folder = #expect(throws: LoadError.self) { try LoadHarness().load("/tmp") }
    #expect(folder?.message == "this is a directory")
    #expect(failure("")?.problem == .emptyFile)
    #expect(failure("\u{FEFF}")?.problem == .emptyFile)
    #expect(failure("PK\u{3}\u{4}junk")?.message == "this is a zip archive, not text")
  }

  @Test func `column names and options that do not go together`() {
    var options = LoadOptions()
    options.columns = ["a"]
    #expect(
      failure("1,2\n", options)?.message == "1 column name was given, the first row has 2 fields")
    #expect(failure("a,a\n1,2\n")?.message == "two columns have the name 'a'")
    options = LoadOptions()
    options.timeColumn = "tme"
    let time = failure("time,b\n2024-01-01,2\n", options)
    #expect(time?.message == "the time column is 'tme', and there is no such column")
    #expect(time?.hint == "did you mean 'time'?")
    options.timeColumn = "b"
    #expect(
      failure("time,b\n2024-01-01,x\n", options)?.message
        == "the time column 'b' holds text, not times")
    #expect(failure("a\n1\n", typed(["a": "blob"]))?.problem == .invalidOption)
    options = LoadOptions()
    options.constants = [("k", "x")]
    options.types = ["k": "bigint"]
    #expect(
      failure("a\n1\n", options)?.message == "the constant 'k' is 'x': not a whole number")
  }

  @Test func `a file has no more columns than a table may have`() throws {
    func text(_ count: Int) -> String {
      (0..<count).map { "c\($0)" }.joined(separator: ",") + "\n"
        + (0..<count).map { "\($0)" }.joined(separator: ",") + "\n"
    }
    #expect(try LoadHarness().load(text: text(4_096)).schema.columns.count == 4_096)
    #expect {
      try LoadHarness().load(text: text(4_097))
    } throws: { ($0 as? LoadError)?.problem == .columnMismatch }
  }

  @Test func `a load that has to stop changes nothing`() throws {
    let file = TemporaryFile(Array("a,b\n1,2\n".utf8), name: "input.csv")
    let store = Store()
    var options = LoadOptions()
    options.mustStop = { true }
    #expect {
      try Loader(store: store, options: options).load([.path(file.path)], into: "t")
    } throws: { ($0 as? LoadError)?.problem == .stopped }
    #expect(store.catalog().tables.isEmpty)
  }

  @Test func `bad rows are set aside up to a number`() throws {
    var text = "a,b\n"
    for row in 0..<100 { text += row % 10 == 5 ? "bad\(row),1,2\n" : "\(row),x\(row)\n" }
    text += "7,\"two\nlines\"oops\n"
    let rejects = TemporaryFile([], name: "rejects.ndjson")
    var options = LoadOptions()
    options.maximumErrors = 11
    options.rejectsPath = rejects.path
    for block in [16, 1000] {
      let loaded = try LoadHarness(options: options).load(text: text, block: block)
      #expect(loaded.rows.count == 90)
      #expect(loaded.report.rejected == 11)
      #expect(loaded.rows[5] == [.integer(6), .text("x6")])
      let lines = contents(of: rejects.path).split(separator: "\n")
      #expect(lines.count == 11)
      #expect(
        lines[0].hasSuffix(
          #","line":7,"column":null,"reason":"3 fields where 2 were expected","raw":"bad5,1,2"}"#))
      #expect(
        lines[10].hasSuffix(
          #""line":102,"column":"b","reason":"text after the closing quote","raw":"7,\"two\nlines\"oops"}"#
        ))
    }
    options.maximumErrors = 10
    options.rejectsPath = nil
    let error = failure(text, options)
    #expect(error?.line == 102)
    #expect(
      error?.message == "text after the closing quote (after 10 bad rows that were set aside)")
    options.maximumErrors = 11
    options.rejectsPath = "/tmp/no/such/rejects"
    #expect(failure(text, options)?.problem == .unwritableRejects)
  }

  @Test func `values are cut to 80 characters`() {
    let long = String(repeating: "ä", count: 5000)
    let error = failure("a\n\(long)\n", typed(["a": "bigint"]))
    #expect(error?.value == String(repeating: "ä", count: 79) + "…")
  }

  @Test func `a failed load leaves no table behind`() throws {
    let store = Store()
    let good = TemporaryFile(Array("a,b\n1,2\n".utf8))
    let bad = TemporaryFile(Array("a,b\n1,2\n3\n".utf8))
    #expect(throws: LoadError.self) {
      try Loader(store: store).load([.path(good.path), .path(bad.path)], into: "t")
    }
    #expect(store.catalog().tables.isEmpty)
    #expect(try Loader(store: store).load([.path(good.path)], into: "t").rows == 1)
    #expect(throws: LoadError.self) {
      try Loader(store: store).load([.path(good.path), .path(bad.path)], into: "t")
    }
    #expect(store.catalog().tables["t"]?.rowCount == 1)
  }
}
