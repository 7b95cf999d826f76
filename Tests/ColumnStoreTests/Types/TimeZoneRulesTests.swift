import ColumnStore
import Testing

@Suite struct TimeZoneRulesTests {
  private func wallClock(_ text: String) throws -> Int64 {
    try Array(text.utf8).withUnsafeBufferPointer { try DateTimeText.timestamp($0) }
  }

  @Test(arguments: [
    ("Europe/Berlin", "2024-01-15 12:00", "2024-01-15 13:00"),
    ("Europe/Berlin", "2024-07-15 12:00", "2024-07-15 14:00"),
    ("Europe/Berlin", "2024-03-31 00:59:59.999", "2024-03-31 01:59:59.999"),
    ("Europe/Berlin", "2024-03-31 01:00", "2024-03-31 03:00"),
    ("Europe/Berlin", "2024-10-27 00:59", "2024-10-27 02:59"),
    ("Europe/Berlin", "2024-10-27 01:00", "2024-10-27 02:00"),
    ("Asia/Kolkata", "2024-01-15 12:00", "2024-01-15 17:30"),
    ("America/New_York", "2024-01-15 12:00", "2024-01-15 07:00"),
    ("America/New_York", "2024-07-15 12:00", "2024-07-15 08:00"),
    ("America/New_York", "1883-11-18 16:59:59", "1883-11-18 12:03:57"),
    // Beyond the table the rules go on.
    ("Europe/Berlin", "2424-07-15 12:00", "2424-07-15 14:00"),
    ("Europe/Berlin", "2799-12-31 23:00", "2800-01-01 00:00"),
    ("Europe/Berlin", "2800-01-15 12:00", "2800-01-15 13:00"),
    ("Europe/Berlin", "6424-07-15 12:00", "6424-07-15 14:00"),
    ("europe/berlin", "2024-07-15 12:00", "2024-07-15 14:00"),
    ("US/Pacific", "2024-07-15 12:00", "2024-07-15 05:00"),
    ("+05:30", "2024-07-15 12:00", "2024-07-15 17:30"),
    ("-3", "2024-07-15 12:00", "2024-07-15 09:00"), ("utc", "2024-07-15 12:00", "2024-07-15 12:00"),
  ])
  func `an instant has a wall clock and comes back`(
    name: String, utc: String, local: String
  ) throws {
    let zone = try #require(TimeZoneRules.named(name))
    let instant = try wallClock(utc)
    let expected = try wallClock(local)
    #expect(zone.local(fromInstant: instant) == expected)
    let range = zone.range(atInstant: instant)
    #expect(range.from <= instant && instant < range.upTo)
    #expect(range.offset == expected - instant)
    // The hour that comes twice is taken as its second.
    if !["2024-10-27 02:59", "1883-11-18 12:03:57"].contains(local) {
      #expect(zone.instant(fromLocal: expected) == instant)
    }
  }

  @Test func `a gap takes the offset before it, a repeated hour the later one`() throws {
    let berlin = try #require(TimeZoneRules.named("Europe/Berlin"))
    #expect(
      try berlin.instant(fromLocal: wallClock("2024-03-31 02:30")) == wallClock("2024-03-31 01:30"))
    #expect(
      try berlin.instant(fromLocal: wallClock("2024-10-27 02:30")) == wallClock("2024-10-27 01:30"))
    #expect(
      try berlin.instant(fromLocal: wallClock("2024-10-27 03:00")) == wallClock("2024-10-27 02:00"))
    let newYork = try #require(TimeZoneRules.named("America/New_York"))
    #expect(
      try newYork.instant(fromLocal: wallClock("2024-03-10 02:30")) == wallClock("2024-03-10 07:30")
    )
    #expect(
      try newYork.instant(fromLocal: wallClock("2024-11-03 01:30")) == wallClock("2024-11-03 06:30")
    )
  }

  @Test func `every hour of a decade agrees with itself`() throws {
    let berlin = try #require(TimeZoneRules.named("Europe/Berlin"))
    var wrong = 0
    var instant = try wallClock("2015-01-01 00:00")
    let end = try wallClock("2025-01-01 00:00")
    while instant < end {
      let back = berlin.instant(fromLocal: berlin.local(fromInstant: instant))
      // In the repeated hour the answer is an hour later.
      if back != instant, back != instant + 3_600_000 { wrong += 1 }
      instant += 3_600_000
    }
    #expect(wrong == 0)
  }

  @Test func `names that are no zone are unknown, close ones are suggested`() {
    for name in ["", "Europe/Berlni", "Mars/Olympus", "+", "+99", "+5:3", "Europe/../x"] {
      #expect(TimeZoneRules.named(name) == nil, "\(name)")
    }
    #expect(TimeZoneRules.names(like: "Europe/Berlni").first == "Europe/Berlin")
    #expect(TimeZoneRules.names(like: "berlin").first == "Europe/Berlin")
    #expect(TimeZoneRules.named("UTC")?.isUTC == true)
    #expect(TimeZoneRules.named("Asia/Kolkata")?.isUTC == false)
  }

  @Test func `names that are no places are the database's too, in any case`() throws {
    let hour: Int64 = 3_600_000
    for (name, spelled, offset) in [
      ("etc/gmt+3", "Etc/GMT+3", -3 * hour), ("Etc/GMT-14", "Etc/GMT-14", 14 * hour),
      ("GMT0", "GMT0", 0), ("japan", "Japan", 9 * hour), ("w-su", "W-SU", 3 * hour),
      ("america/port_of_spain", "America/Port_of_Spain", -4 * hour),
    ] {
      let zone = try #require(TimeZoneRules.named(name), "\(name)")
      #expect(zone.name == spelled)
      #expect(try zone.offset(atInstant: wallClock("2024-07-15 12:00")) == offset, "\(name)")
    }
    #expect(TimeZoneRules.named("Factory") == nil)
  }

  @Test func `requests and settings take names, and offsets that are written out`() {
    for name in ["UTC", "europe/berlin", "Etc/GMT+3", "+05:30", "-09:30", "+14:00"] {
      #expect(TimeZoneRules.reporting(name) != nil, "\(name)")
    }
    for name in ["", "-1", "+1", "+05", "+0530", "+5:30", "+14:00:30", "+99:00", "Nope/X"] {
      #expect(TimeZoneRules.reporting(name) == nil, "\(name)")
    }
    #expect(TimeZoneRules.reporting("europe/berlin")?.name == "Europe/Berlin")
    #expect(TimeZoneRules.reportingRule(for: "Europe/Berlni").contains("mean Europe/Berlin"))
  }
}
