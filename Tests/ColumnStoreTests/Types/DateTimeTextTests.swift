import ColumnStore
import Testing

@Suite struct DateTimeTextTests {
  private func bytes<Result>(
    _ text: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try Array(text.utf8).withUnsafeBufferPointer(body)
  }

  @Test(arguments: [
    ("2024-01-31", "2024-01-31 00:00:00"), ("2024-01-31 12:34", "2024-01-31 12:34:00"),
    ("2024-01-31 12:34:56", "2024-01-31 12:34:56"),
    ("2024-01-31T12:34:56.5", "2024-01-31 12:34:56.5"),
    ("2024-01-31 12:34:56.123456", "2024-01-31 12:34:56.123"),
    ("2024-01-31 12:34:56.9996", "2024-01-31 12:34:57"), ("20240131", "2024-01-31 00:00:00"),
    ("20240131T123456", "2024-01-31 12:34:56"), ("  2024-1-5 3:04  ", "2024-01-05 03:04:00"),
    ("2024-01-31 24:00", "2024-02-01 00:00:00"), ("2024-01-31 12:34:60", "2024-01-31 12:35:00"),
    ("2024-01-31 01:30 PM", "2024-01-31 13:30:00"), ("2024-01-31 12:30am", "2024-01-31 00:30:00"),
    ("0044-03-15 BC", "0044-03-15 00:00:00 BC"), ("2024-01-31 12:34+05", "2024-01-31 12:34:00"),
    ("12024-01-31", "12024-01-31 00:00:00"), ("epoch", "1970-01-01 00:00:00"),
  ])
  func `timestamps are read and written`(text: String, shown: String) throws {
    let value = Value.timestamp(try bytes(text) { try DateTimeText.timestamp($0) })
    #expect(value.formatted() == shown)
    #expect(
      try bytes(shown) { try DateTimeText.timestamp($0) }
        == bytes(text) { try DateTimeText.timestamp($0) })
  }

  @Test(arguments: [
    ("2024-01-31 12:00", "2024-01-31 11:00:00+00"), ("2024-01-31 12:00Z", "2024-01-31 12:00:00+00"),
    ("2024-01-31 12:00+05", "2024-01-31 07:00:00+00"),
    ("2024-01-31 12:00+05:30", "2024-01-31 06:30:00+00"),
    ("2024-01-31 12:00-0530", "2024-01-31 17:30:00+00"),
    ("2024-01-31 12:00 UTC", "2024-01-31 12:00:00+00"),
    ("2024-01-31T12:00:00.25Z", "2024-01-31 12:00:00.25+00"),
    ("2024-01-31 12:00 America/New_York", "2024-01-31 17:00:00+00"),
    ("2024-03-31 02:30", "2024-03-31 01:30:00+00"),
  ])
  func `instants are read in the zone of the text, or else the session's`(
    text: String, shown: String
  ) throws {
    let berlin = try #require(TimeZoneRules.named("Europe/Berlin"))
    let value = Value.timestampWithTimeZone(
      try bytes(text) { try DateTimeText.timestampWithTimeZone($0, zone: berlin) })
    #expect(value.formatted() == shown)
  }

  @Test func `instants are shown with the offset of their zone`() throws {
    let kolkata = try #require(TimeZoneRules.named("Asia/Kolkata"))
    #expect(
      Value.timestampWithTimeZone(0).formatted(timeZone: kolkata) == "1970-01-01 05:30:00+05:30")
    let newYork = try #require(TimeZoneRules.named("America/New_York"))
    #expect(Value.timestampWithTimeZone(0).formatted(timeZone: newYork) == "1969-12-31 19:00:00-05")
  }

  @Test(arguments: [
    ("2024-13-01", DateTimeFailure.Reason.outOfRange), ("2024-02-30", .outOfRange),
    ("2023-02-29", .outOfRange), ("2024-00-10", .outOfRange), ("2024-01-00", .outOfRange),
    ("2024-01-31 25:00", .outOfRange), ("2024-01-31 24:01", .outOfRange),
    ("2024-01-31 12:60", .outOfRange), ("2024-01-31 12:00:61", .outOfRange),
    ("2024-01-31 13:00 PM", .outOfRange), ("300000-01-01", .outOfRange), ("", .notUnderstood),
    ("   ", .notUnderstood), ("tomorrow", .notUnderstood), ("2024-01", .notUnderstood),
    ("2024-01-31x", .unknownZone("x")), ("2024-01-31 12:34:56 Nowhere", .unknownZone("Nowhere")),
    ("2024-01-31 12", .notUnderstood), ("31.01.2024", .notUnderstood),
    ("2024-01-31 12:00+99", .notUnderstood), ("0000-01-01", .notUnderstood),
    ("99999999999999999999-01-01", .notUnderstood), ("2024-01-31 12:00Z Z", .notUnderstood),
  ])
  func `what is no timestamp is refused with the reason`(
    text: String, reason: DateTimeFailure.Reason
  ) {
    let failure = #expect(throws: DateTimeFailure.self) {
      try bytes(text) { try DateTimeText.timestamp($0) }
    }
    #expect(failure?.reason == reason)
  }

  @Test(arguments: [
    ("1 day 2 hours", "1 day 02:00:00"), ("5 minutes", "00:05:00"),
    ("1 mon -3 days", "1 mon -3 days"),
    ("01:30:00", "01:30:00"), ("P1DT2H", "1 day 02:00:00"), ("1.5 hours", "01:30:00"),
    ("1h30m", "01:30:00"), ("-1 mon 3 days", "-1 mons +3 days"), ("2 weeks", "14 days"),
    ("1 year 2 months 3 days 04:05:06.7", "1 year 2 mons 3 days 04:05:06.7"),
    ("1 day ago", "-1 days"), ("-00:00:01.5", "-00:00:01.5"), ("1-2", "1 year 2 mons"),
    ("90", "00:01:30"),
    ("0", "00:00:00"), ("1.5 days", "1 day 12:00:00"), ("1.5 months", "1 mon 15 days"),
    ("1.5 years", "1 year 6 mons"), ("0.1 mon", "3 days"), ("100:00:00", "100:00:00"),
    ("P1Y2M3W4DT5H6M7.5S", "1 year 2 mons 25 days 05:06:07.5"),
    ("-1 days -02:03", "-1 days -02:03:00"),
    ("1 day -02:03", "1 day -02:03:00"), ("-1 days 02:03", "-1 days +02:03:00"),
    ("@ 1 minute", "00:01:00"),
    ("250 ms", "00:00:00.25"), ("3 decades", "30 years"),
    ("+7 days", "7 days"),
  ])
  func `intervals are read and written as PostgreSQL does`(text: String, shown: String) throws {
    let value = Value.interval(try bytes(text) { try IntervalText.parse($0) })
    #expect(value.formatted() == shown)
    #expect(try bytes(shown) { Value.interval(try IntervalText.parse($0)) } == value)
  }

  @Test(arguments: [
    "", "day", "1 fortnight", "1:99", "P", "PT", "P1H", "1 day ago 2 hours", "--1 day",
    "99999999999 years", "1e5 days", "12:30:61", "1 quarter",
  ])
  func `what is no interval is refused`(text: String) {
    #expect(throws: DateTimeFailure.self) { try bytes(text) { try IntervalText.parse($0) } }
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (5, "5"), (-5, "-5"), (1e20, "1e+20"), (1e15, "1e+15"),
      (1e14, "100000000000000"),
      (123_456_789_012_345, "123456789012345"), (1_234_567_890_123_456, "1.234567890123456e+15"),
      (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5e-7, "1.5e-07"), (1e-300, "1e-300"),
      (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
      (0, "0"),
      (-0.0, "-0"),
      (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
      (1.0 / 3, "0.3333333333333333"),
      (100, "100"), (1234.5678, "1234.5678"),
    ] as [(Double, String)])
  func `doubles are written with the fewest digits and read back`(
    value: Double, text: String
  ) throws {
    #expect(NumberText.format(value) == text)
    let back = try bytes(text) { try NumberText.double($0) }
    #expect(back == value || (back.isNaN && value.isNaN))
  }
}
