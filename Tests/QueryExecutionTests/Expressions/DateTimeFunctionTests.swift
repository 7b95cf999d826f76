import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct DateTimeFunctionTests {
  private func stamp(_ text: String) throws -> Value {
    try Array(text.utf8).withUnsafeBufferPointer { .timestamp(try DateTimeText.timestamp($0)) }
  }

  private func instant(_ text: String) throws -> Value {
    try Array(text.utf8).withUnsafeBufferPointer {
      .timestampWithTimeZone(try DateTimeText.timestampWithTimeZone($0, zone: .utc))
    }
  }

  private func interval(_ text: String) throws -> Value {
    try Array(text.utf8).withUnsafeBufferPointer { .interval(try IntervalText.parse($0)) }
  }

  @Test(arguments: [
    ("millisecond", "2024-05-16 13:45:12.345"), ("second", "2024-05-16 13:45:12"),
    ("minute", "2024-05-16 13:45"), ("hour", "2024-05-16 13:00"), ("day", "2024-05-16"),
    ("week", "2024-05-13"), ("month", "2024-05-01"), ("quarter", "2024-04-01"),
    ("year", "2024-01-01"), ("decade", "2020-01-01"), ("century", "2001-01-01"),
    ("millennium", "2001-01-01"), ("Months", "2024-05-01"),
  ])
  func `date_trunc cuts a timestamp to the unit`(unit: String, expected: String) throws {
    let expression = call(.dateTruncate, text(unit), column(0, .timestamp), as: .timestamp)
    let expected = expected.contains(":") ? expected : expected + " 00:00"
    #expect(
      try evaluate(expression, [stamp("2024-05-16 13:45:12.345"), .null])
        == [stamp(expected), .null])
  }

  @Test func `date_trunc of many rows, close together or far apart, agrees with that of one`()
    throws
  {
    let close = (0..<400).map { Value.timestamp(-86_400_000 * 45 + $0 * 19_000_000) }
    let ends = (0..<8).map { Value.timestamp(Int64.min + $0) }
    for unit in ["month", "quarter", "year"] {
      let expression = call(.dateTruncate, text(unit), column(0, .timestamp), as: .timestamp)
      for rows in [close, ends, close + ends] {
        let expected = try rows.map { try evaluate(expression, [$0])[0] }
        #expect(try evaluate(expression, rows) == expected)
      }
    }
  }

  @Test func `date_trunc goes back in time before 1970 too`() throws {
    for (unit, expected) in [
      ("hour", "1899-12-31 23:00"), ("day", "1899-12-31 00:00"), ("week", "1899-12-25 00:00"),
      ("year", "1899-01-01 00:00"), ("century", "1801-01-01 00:00"),
    ] {
      let expression = call(
        .dateTruncate, text(unit), literal(try stamp("1899-12-31 23:59:59.999")), as: .timestamp)
      #expect(try value(expression) == stamp(expected), "\(unit)")
    }
  }

  @Test(arguments: [
    ("day", "2024-03-31 12:00+02", "2024-03-31 00:00+01"),
    ("hour", "2024-10-27 02:30+01", "2024-10-27 02:00+01"),
    ("hour", "2024-10-27 02:30+02", "2024-10-27 02:00+02"),
    ("day", "2024-10-27 23:30+01", "2024-10-27 00:00+02"),
    ("month", "2024-10-31 23:30+01", "2024-10-01 00:00+02"),
    ("week", "2024-04-02 00:30+02", "2024-04-01 00:00+02"),
  ])
  func `date_trunc of an instant is in the zone`(unit: String, from: String, to: String) throws {
    let expression = call(
      .dateTruncate, text(unit), column(0, .timestampWithTimeZone), text("Europe/Berlin"),
      as: .timestampWithTimeZone)
    #expect(try evaluate(expression, [instant(from), .null]) == [instant(to), .null])
  }

  @Test(
    arguments: [
      ("epoch", 1_715_867_112.345), ("year", 2024), ("month", 5), ("day", 16), ("hour", 13),
      ("minute", 45), ("second", 12.345), ("milliseconds", 12_345), ("microseconds", 12_345_000),
      ("dow", 4), ("isodow", 4), ("doy", 137), ("week", 20), ("isoyear", 2024), ("quarter", 2),
      ("decade", 202), ("century", 21), ("millennium", 3),
    ] as [(String, Double)])
  func `date_part gives a field of a timestamp`(field: String, expected: Double) throws {
    let expression = call(.datePart, text(field), column(0, .timestamp), as: .double)
    #expect(
      try evaluate(expression, [stamp("2024-05-16 13:45:12.345"), .null])
        == [.double(expected), .null])
  }

  @Test func `date_part of instants, dates and intervals`() throws {
    func part(_ field: String, _ operand: Value, _ zone: String? = nil) throws -> Value {
      let zone = zone.map { [text($0)] } ?? []
      return try value(
        .call(
          FunctionCall(
            function: .datePart, arguments: [text(field), literal(operand)] + zone, type: .double,
            location: 7)))
    }
    let summer = try instant("2024-07-01 22:30Z")
    #expect(try part("hour", summer, "Europe/Berlin") == .double(0))
    #expect(try part("day", summer, "Europe/Berlin") == .double(2))
    #expect(try part("epoch", summer, "Europe/Berlin") == .double(1_719_873_000))
    #expect(try part("timezone_hour", summer, "Asia/Kolkata") == .double(5))
    #expect(try part("timezone_minute", summer, "Asia/Kolkata") == .double(30))
    #expect(try part("dow", .date(3)) == .double(0))
    #expect(try part("isodow", .date(3)) == .double(7))
    #expect(try part("year", .date(-719_528)) == .double(-1))
    let span = try interval("1 year 14 months 3 days 25:30:01.5")
    let expected: [(String, Double)] = [
      ("year", 2), ("month", 2), ("day", 3), ("hour", 25), ("minute", 30), ("second", 1.5),
      ("epoch", 2 * 31_557_600 + 2 * 2_592_000 + 3 * 86_400 + 91_801.5),
    ]
    for (field, number) in expected {
      #expect(try part(field, span) == .double(number), "\(field)")
    }
  }

  @Test func `unknown units, fields and zones are refused when the query is prepared`() {
    for (expression, message) in [
      (
        call(.dateTruncate, text("fortnight"), column(0, .timestamp), as: .timestamp),
        "unit 'fortnight' not recognized for type timestamp"
      ),
      (
        call(.datePart, text("moon"), column(0, .date), as: .double),
        "unit 'moon' not recognized for type date"
      ),
      (
        call(.atTimeZone, text("Europe/Berlni"), column(0, .timestamp), as: .timestampWithTimeZone),
        "time zone 'Europe/Berlni' not recognized"
      ),
    ] {
      let error = #expect(throws: QueryError.self) { _ = try PreparedExpression(expression) }
      #expect(error?.message == message)
      #expect(error?.hint != nil)
    }
  }

  @Test func `an interval is added by months, days and time`() throws {
    func sum(_ start: Value, _ span: String, _ zone: String? = nil) throws -> Value {
      let zone = zone.map { [text($0)] } ?? []
      let type: DataType = start.typeForTests == .date ? .timestamp : start.typeForTests
      return try value(
        .call(
          FunctionCall(
            function: .addInterval,
            arguments: [literal(start), literal(try interval(span))] + zone, type: type,
            location: 7)))
    }
    #expect(try sum(stamp("2024-01-31 10:00"), "1 month") == stamp("2024-02-29 10:00"))
    #expect(try sum(stamp("2023-01-31 10:00"), "1 month 1 day") == stamp("2023-03-01 10:00"))
    #expect(try sum(stamp("2024-03-31 10:00"), "-1 month") == stamp("2024-02-29 10:00"))
    #expect(try sum(stamp("2024-01-01 00:00"), "-00:00:00.001") == stamp("2023-12-31 23:59:59.999"))
    #expect(try sum(.date(0), "36 hours") == stamp("1970-01-02 12:00"))
    // A day across the change of clocks is not 24 hours.
    let spring = try instant("2024-03-30 12:00+01")
    #expect(try sum(spring, "1 day", "Europe/Berlin") == instant("2024-03-31 12:00+02"))
    #expect(try sum(spring, "24 hours", "Europe/Berlin") == instant("2024-03-31 13:00+02"))
    #expect(try sum(spring, "1 day", "UTC") == instant("2024-03-31 12:00+01"))
    let far = call(
      .addInterval, column(0, .timestamp), literal(.interval(Interval(months: .max))),
      as: .timestamp)
    #expect(failure(far, [.null, .timestamp(0)])?.code == .datetimeOverflow)
  }

  @Test func `differences and products`() throws {
    let between = call(.timeBetween, column(0, .timestamp), column(1, .timestamp), as: .interval)
    #expect(
      try evaluate(
        between, [stamp("2024-03-02 01:00"), stamp("2024-03-01 00:00")],
        [stamp("2024-02-28 12:00"), stamp("2024-03-02 12:00")])
        == [interval("2 days 13:00"), interval("-1 days -12:00")])
    #expect(
      try value(call(.daysBetween, literal(.date(5)), literal(.date(9)), as: .integer))
        == .integer(-4))
    #expect(
      try value(call(.addDays, literal(.date(5)), integer(9), as: .date)) == .date(14))
    #expect(
      failure(call(.addDays, column(0, .date), integer(.max), as: .date), [.date(1)])?.message
        == "date out of range")
    let product = call(
      .multiplyInterval, literal(try interval("1 month 1 day 1 hour")), column(0, .double),
      as: .interval)
    #expect(
      try evaluate(product, [.double(2), .double(1.5), .double(-1)])
        == [
          interval("2 months 2 days 02:00"), interval("1 month 16 days 13:30"),
          interval("-1 months -1 days -01:00"),
        ])
    #expect(failure(product, [.double(.nan)])?.message == "interval out of range")
  }

  @Test func `at time zone turns wall clocks into instants and back`() throws {
    let toInstant = call(
      .atTimeZone, text("Europe/Berlin"), column(0, .timestamp), as: .timestampWithTimeZone)
    #expect(
      try evaluate(
        toInstant,
        [stamp("2024-07-01 12:00"), stamp("2024-03-31 02:30"), stamp("2024-10-27 02:30"), .null])
        == [
          instant("2024-07-01 10:00Z"), instant("2024-03-31 01:30Z"),
          instant("2024-10-27 01:30Z"), .null,
        ])
    let toLocal = call(
      .atTimeZone, column(1, .text), column(0, .timestampWithTimeZone), as: .timestamp)
    #expect(
      try evaluate(
        toLocal, [instant("2024-07-01 12:00Z"), instant("2024-07-01 12:00Z"), .null],
        [.text("Asia/Kolkata"), .text("America/New_York"), .null])
        == [stamp("2024-07-01 17:30"), stamp("2024-07-01 08:00"), .null])
    #expect(
      failure(toLocal, [.timestampWithTimeZone(0)], [.text("Nowhere")])?.code == .invalidParameter)
  }

  @Test func `dates and instants are made from numbers`() throws {
    #expect(
      try value(call(.makeDate, integer(2024), integer(2), integer(29), as: .date)) == .date(19_782)
    )
    #expect(
      failure(
        call(.makeDate, integer(2023), integer(2), column(0, .integer), as: .date),
        [.integer(29)])?.message == "date field value out of range: 2023-2-29")
    let fromEpoch = call(.timestampFromEpoch, column(0, .double), as: .timestampWithTimeZone)
    #expect(
      try evaluate(fromEpoch, [.double(1.5), .double(-0.001), .null])
        == [.timestampWithTimeZone(1_500), .timestampWithTimeZone(-1), .null])
    for bad in [Double.nan, .infinity, 1e300] {
      #expect(failure(fromEpoch, [.double(bad)])?.code == .datetimeOverflow)
    }
  }
}
