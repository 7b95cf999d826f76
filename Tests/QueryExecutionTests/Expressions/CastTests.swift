import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct CastTests {
  static let cases: [(Value, DataType, Value)] = [
    (.integer(3), .double, .double(3)), (.integer(0), .boolean, .boolean(false)),
    (.boolean(true), .integer, .integer(1)), (.double(2.5), .integer, .integer(2)),
    (.double(3.5), .integer, .integer(4)), (.double(-2.5), .integer, .integer(-2)),
    (.text(" 42 "), .integer, .integer(42)),
    (.text("-9223372036854775808"), .integer, .integer(.min)),
    (.text("1e3"), .double, .double(1000)), (.text("-Infinity"), .double, .double(-.infinity)),
    (.text(".5"), .double, .double(0.5)), (.text("5."), .double, .double(5)),
    (.text("yes"), .boolean, .boolean(true)), (.text("F"), .boolean, .boolean(false)),
    (.text("2024-02-29"), .date, .date(19_782)),
    (.text("1970-01-01 00:00:01.5"), .timestamp, .timestamp(1_500)),
    (.text("1970-01-01 02:00+02"), .timestampWithTimeZone, .timestampWithTimeZone(0)),
    (.text("1 day"), .interval, .interval(Interval(days: 1))),
    (.text(#"{"a": [1, 2.5e3, null]}"#), .json, .json(#"{"a": [1, 2.5e3, null]}"#)),
    (.json("1"), .text, .text("1")), (.integer(-5), .text, .text("-5")),
    (.double(0.1), .text, .text("0.1")), (.boolean(true), .text, .text("true")),
    (.timestamp(-1), .text, .text("1969-12-31 23:59:59.999")),
    (.timestampWithTimeZone(0), .text, .text("1970-01-01 00:00:00+00")),
    (.date(-1), .text, .text("1969-12-31")), (.timestamp(-1), .date, .date(-1)),
    (.timestampWithTimeZone(86_400_000), .date, .date(1)),
    (.date(1), .timestamp, .timestamp(86_400_000)),
    (.date(1), .timestampWithTimeZone, .timestampWithTimeZone(86_400_000)),
    (.timestamp(5), .timestampWithTimeZone, .timestampWithTimeZone(5)),
    (.array([.integer(1), .null]), .array(.text), .array([.text("1"), .null])),
    (.array([.integer(1), .null]), .text, .text("{1,NULL}")),
    (.array([.text("a b"), .text("")]), .text, .text(#"{"a b",""}"#)),
  ]

  @Test(arguments: cases)
  func `a value becomes one of another type`(from: Value, type: DataType, to: Value) throws {
    #expect(try value(cast(literal(from), to: type)) == to)
    let rows = try evaluate(cast(column(0, from.typeForTests), to: type), [from, .null, from])
    #expect(rows == [to, .null, to])
  }

  @Test(
    arguments: [
      (.text("abc"), .integer, .invalidText, "invalid input syntax for type bigint: 'abc'"),
      (.text(""), .integer, .invalidText, "invalid input syntax for type bigint: ''"),
      (
        .text("9223372036854775808"), .integer, .numericOutOfRange,
        "value '9223372036854775808' is out of range for type bigint"
      ),
      (
        .text("1e999"), .double, .numericOutOfRange,
        "'1e999' is out of range for type double precision"
      ),
      (
        .text("0x10"), .double, .invalidText,
        "invalid input syntax for type double precision: '0x10'"
      ),
      (.text("maybe"), .boolean, .invalidText, "invalid input syntax for type boolean: 'maybe'"),
      (
        .text("2024-13-01"), .date, .datetimeOverflow,
        "date/time field value out of range: '2024-13-01'"
      ),
      (
        .text("soon"), .timestamp, .invalidDatetime,
        "invalid input syntax for type timestamp: 'soon'"
      ),
      (.text("{"), .json, .invalidText, "invalid input syntax for type json: '{'"),
      (.double(.nan), .integer, .numericOutOfRange, "bigint out of range"),
      (.double(9.3e18), .integer, .numericOutOfRange, "bigint out of range"),
    ] as [(Value, DataType, QueryError.Code, String)])
  func `what cannot be converted is an error with its place`(
    from: Value, type: DataType, code: QueryError.Code, message: String
  ) throws {
    let error = failure(cast(column(0, from.typeForTests), to: type), [.null, from])
    #expect(error?.code == code)
    #expect(error?.message == message)
    #expect(error?.location == 7..<7)
  }

  @Test func `only strings that occur are converted`() throws {
    let dictionary = TextDictionary(domain: "numbers")
    _ = dictionary.insert("no number")
    let vector = dictionaryVector(["1", "2", nil, "1"], in: dictionary)
    #expect(
      try evaluate(cast(column(0, .text), to: .integer), [vector])
        == [.integer(1), .integer(2), .null, .integer(1)])
  }

  @Test func `types that have nothing in common are refused`() {
    #expect(throws: QueryError.self) {
      _ = try PreparedExpression(cast(column(0, .integer), to: .timestamp))
    }
  }

  @Test func `arrays are made, measured and read`() throws {
    let array = call(.makeArray, column(0, .integer), integer(7), as: .array(.integer))
    #expect(
      try evaluate(array, [.integer(1), .null])
        == [.array([.integer(1), .integer(7)]), .array([.null, .integer(7)])])
    #expect(try evaluate(call(.arrayLength, array, as: .integer), [.null]) == [.integer(2)])
    let element = call(.element, array, column(0, .integer), as: .integer)
    #expect(
      try evaluate(element, [.integer(1), .integer(2), .integer(0), .integer(.max), .null])
        == [.integer(1), .integer(7), .null, .null, .null])
  }
}
