import SampleData
import Testing

struct SampleDateTests {
  @Test func `dates are read and written`() throws {
    for text in [
      "0001-01-01", "1900-02-28", "1970-01-01", "2000-02-29", "2026-12-31", "9999-12-31",
    ] {
      #expect(SampleDate(text)?.description == text)
    }
    #expect(SampleDate("1970-01-01")?.daysSinceEpoch == 0)
    #expect(SampleDate("2026-01-01") == SampleOptions.defaultStart)
    #expect(SampleDate("2026-01-01")?.weekday == 3)
    #expect(SampleDate("1969-12-28")?.weekday == 6)
    for text in [
      "", "2026", "2026-13-01", "2026-02-29", "1900-02-29", "0000-01-01", "2026/01/01",
      "2026-1-001",
    ] {
      #expect(SampleDate(text) == nil)
    }
  }
}
