import Analytics
import ColumnStore
import Testing

@Suite struct RecurrenceTests {
  private func instant(_ text: String, _ zone: TimeZoneRules = .utc) throws -> Int64 {
    try Array(text.utf8).withUnsafeBufferPointer {
      try DateTimeText.timestampWithTimeZone($0, zone: zone)
    }
  }

  @Test(arguments: [
    (Recurrence.hourly(minute: 0), "2026-03-18 10:20", "2026-03-18 10:00", "2026-03-18 11:00"),
    (.hourly(minute: 0), "2026-03-18 10:00", "2026-03-18 10:00", "2026-03-18 11:00"),
    (.daily(hour: 2), "2026-03-18 01:59", "2026-03-17 02:00", "2026-03-18 02:00"),
    (.daily(hour: 2), "2026-03-18 02:00", "2026-03-18 02:00", "2026-03-19 02:00"),
    (
      .weekly(weekday: 1, hour: 9), "2026-03-18 10:20", "2026-03-16 09:00", "2026-03-23 09:00"
    ),
    (
      .weekly(weekday: 1, hour: 9), "2026-03-16 08:59", "2026-03-09 09:00", "2026-03-16 09:00"
    ),
  ])
  func `says when it was due and when it is next`(
    recurrence: Recurrence, now: String, latest: String, next: String
  ) throws {
    let now = try instant(now)
    #expect(recurrence.latest(atOrBefore: now, in: .utc) == (try instant(latest)))
    #expect(recurrence.next(after: now, in: .utc) == (try instant(next)))
  }

  @Test func `follows the clocks of a zone, also where they change`() throws {
    let berlin = try #require(TimeZoneRules.named("Europe/Berlin"))
    let daily = Recurrence.daily(hour: 2)
    // On 29 March clocks go from 02:00 to 03:00.
    let before = try instant("2026-03-28 12:00", berlin)
    let jump = daily.next(after: before, in: berlin)
    #expect(jump == (try instant("2026-03-29 03:00", berlin)))
    #expect(daily.next(after: jump, in: berlin) == (try instant("2026-03-30 02:00", berlin)))
    let india = try #require(TimeZoneRules.named("Asia/Kolkata"))
    let now = try instant("2026-03-28 12:00")
    #expect(
      Recurrence.hourly(minute: 0).latest(atOrBefore: now, in: india)
        == (try instant("2026-03-28 11:30")))
  }

  @Test func `every moment is after the one before, whatever the zone`() throws {
    for name in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"] {
      let zone = try #require(TimeZoneRules.named(name))
      for recurrence in [Recurrence.daily(hour: 2), .daily(hour: 3), .weekly(weekday: 1, hour: 9)] {
        var now = try instant("2026-01-01 00:00")
        for _ in 0..<400 {
          let next = recurrence.next(after: now, in: zone)
          #expect(next > now)
          #expect(recurrence.latest(atOrBefore: next, in: zone) == next)
          #expect(recurrence.latest(atOrBefore: next - 1, in: zone) < next)
          now = next
        }
      }
    }
  }

  @Test func `says itself in words`() {
    #expect(Recurrence.hourly(minute: 0).text == "every hour at minute 0")
    #expect(Recurrence.daily(hour: 2).text == "daily at 02:00")
    #expect(Recurrence.weekly(weekday: 1, hour: 9).text == "every Monday at 09:00")
  }
}
