import Foundation
import SampleData
import Testing

struct SampleGeneratorTests {
  static let options = SampleOptions(days: 10, users: 200)

  @Test func `the same options give the same bytes on every machine`() throws {
    let rows = SampleRows(eventsOf: try SampleGenerator(Self.options))
    let again = SampleRows(eventsOf: try SampleGenerator(Self.options))
    #expect(rows.bytes == again.bytes)
    // Whoever changes what is generated changes these, and says so in the changelog.
    #expect(rows.rows.count == 6_953)
    #expect(checksum(rows.bytes) == 13_111_096_835_734_294_646)
    let users = SampleRows(usersOf: try SampleGenerator(Self.options))
    #expect(checksum(users.bytes) == 8_138_962_355_631_910_502)

    var other = Self.options
    other.seed = 43
    #expect(SampleRows(eventsOf: try SampleGenerator(other)).bytes != rows.bytes)
  }

  @Test func `days can be generated in any order and by any copy`() throws {
    let generator = try SampleGenerator(Self.options)
    let whole = SampleRows(eventsOf: generator).bytes
    var parts = [[UInt8]](repeating: [], count: 10)
    for day in (0..<10).reversed() {
      let copy = try SampleGenerator(Self.options)
      copy.writeEvents(day: day, as: .csv, into: &parts[day])
    }
    var header: [UInt8] = []
    generator.writeEventHeader(as: .csv, into: &header)
    #expect(header + parts.joined() == whole)
  }

  @Test(arguments: [1, 2, 17, 1_000, 12_345, 40_000])
  func `there are exactly as many events as asked for`(events: Int) throws {
    let generator = try SampleGenerator(SampleOptions(days: 9, users: 120, events: events))
    var buffer: [UInt8] = []
    var count = 0
    for day in 0..<9 {
      let written = generator.writeEvents(day: day, as: .csv, into: &buffer)
      #expect(written == generator.plannedEventCount(onDay: day))
      count += written
    }
    #expect(count == events)
    #expect(buffer.count { $0 == UInt8(ascii: "\n") } == events)
  }

  @Test(arguments: [1, 3, 14], [1, 2, 3])
  func `the smallest samples have events too`(days: Int, users: Int) throws {
    let generator = try SampleGenerator(SampleOptions(days: days, users: users))
    let rows = SampleRows(eventsOf: generator)
    #expect(rows.rows.count > days)
    #expect((generator.incident != nil) == (days >= 7))
  }

  @Test func `events are in order of time within their day`() throws {
    let generator = try SampleGenerator(Self.options)
    for day in 0..<10 {
      let events = generator.events(onDay: day)
      #expect(events.allSatisfy { (0..<86_400_000).contains($0.millisecondOfDay) })
      #expect(
        zip(events, events.dropFirst()).allSatisfy { $0.millisecondOfDay <= $1.millisecondOfDay })

      var bytes: [UInt8] = []
      generator.writeEventHeader(as: .csv, into: &bytes)
      #expect(generator.writeEvents(day: day, as: .csv, into: &bytes) == events.count)
      let times = SampleRows(csv: bytes)["ts"]
      let date = generator.date(ofDay: day).description
      #expect(times.allSatisfy { $0.hasPrefix(date + "T") && $0.hasSuffix("Z") && $0.count == 24 })
      #expect(times == times.sorted())
    }
  }

  @Test(arguments: [false, true])
  func `each row has the stated columns`(includesEventIdentifier: Bool) throws {
    var options = Self.options
    options.includesEventIdentifier = includesEventIdentifier
    let generator = try SampleGenerator(options)
    let rows = SampleRows(eventsOf: generator)
    #expect(rows.columns == generator.eventColumns)
    #expect(rows.columns.count == (includesEventIdentifier ? 18 : 17))
    #expect(rows.rows.allSatisfy { $0.count == rows.columns.count })
    #expect(!rows.bytes.contains(UInt8(ascii: "\"")))

    let identifiers = rows["event_id"]
    #expect(Set(identifiers).count == (includesEventIdentifier ? rows.rows.count : 0))
    #expect(identifiers.allSatisfy { UUID(uuidString: $0)?.uuidString.lowercased() == $0 })
  }

  @Test(arguments: [false, true])
  func `every line of NDJSON is an object that says what the CSV says`(
    includesEventIdentifier: Bool
  ) throws {
    var options = SampleOptions(days: 2, users: 60)
    options.includesEventIdentifier = includesEventIdentifier
    let generator = try SampleGenerator(options)
    let rows = SampleRows(eventsOf: generator)
    var bytes: [UInt8] = []
    generator.writeEventHeader(as: .ndjson, into: &bytes)
    for day in 0..<2 { generator.writeEvents(day: day, as: .ndjson, into: &bytes) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    try #require(lines.count == rows.rows.count)
    for (line, row) in zip(lines, rows.rows) {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      #expect(object.count == rows.columns.count)
      for (column, field) in zip(rows.columns, row) {
        switch object[column] {
        case is NSNull: #expect(field.isEmpty)
        case let text as String: #expect(text == field)
        case let number as NSNumber: #expect(number.doubleValue == Double(field))
        default: Issue.record("\(column) is missing")
        }
      }
    }
  }

  @Test func `options out of range are refused with a hint`() throws {
    func refusal(of options: SampleOptions) -> SampleOptionsError? {
      do {
        _ = try SampleGenerator(options)
        return nil
      } catch {
        return error
      }
    }
    let refused: [(SampleOptions, String)] = [
      (SampleOptions(days: 0), "days"),
      (SampleOptions(days: .max, events: .max), "days"),
      (SampleOptions(users: 0), "users"),
      (SampleOptions(users: -1), "users"),
      (SampleOptions(users: .max), "users"),
      (SampleOptions(users: 3, organizations: 4), "organizations"),
      (SampleOptions(organizations: 0), "organizations"),
      (SampleOptions(events: 0), "events"),
      (SampleOptions(days: 1, events: .max), "events"),
      (SampleOptions(start: try #require(SampleDate("1899-12-31"))), "start"),
      (SampleOptions(start: try #require(SampleDate("9999-12-31")), days: 2), "start"),
    ]
    for (options, name) in refused {
      let error = try #require(refusal(of: options), "\(name) was accepted")
      #expect(error.option == name)
      #expect(!error.hint.isEmpty)
      #expect(error.description.contains(name))
    }
    #expect(
      refusal(of: SampleOptions(start: try #require(SampleDate("9999-12-31")), days: 1)) == nil)
    #expect(
      refusal(of: SampleOptions(users: 0))?.description
        == "users is 0, which is not within 1 to 1000000")
  }
}
