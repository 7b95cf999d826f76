internal import AccessControl
internal import ColumnStore
internal import Intake

/// What is counted of each organisation: since midnight in UTC, in the last minute, and who is active.
///
/// A value, changed by batches and by time alone; it reads no clock.
struct LiveBoard: Sendable {
  /// Of one organisation, or of all.
  private struct Tally: Sendable {
    var today = ActivityCounts()
    /// Clocks of emitters may be ahead: what is of tomorrow already.
    var tomorrow: ActivityCounts?
    var minute: LastMinute?
    var people: ActivePeople

    init(at second: Int64) { people = ActivePeople(at: second) }

    mutating func startDay() {
      today = tomorrow ?? ActivityCounts()
      tomorrow = nil
    }
  }

  /// People of all organisations that are remembered at most.
  static let largestPeopleCount = 1 << 20

  private var tallies: [OrganizationID: Tally] = [:]
  /// Of all organisations, and of rows without one.
  private var all: Tally
  private(set) var day: Int64
  private(set) var second: Int64
  /// Places of the organisations' tables of people.
  private var placeCount = 0
  /// Until when people were left out for want of room, if any were.
  private var shortUntil: Int64 = .min

  init(at now: UnixTime) {
    day = Calendar.floorDivide(now.milliseconds, Calendar.millisecondsPerDay)
    second = Calendar.floorDivide(now.milliseconds, 1000)
    all = Tally(at: second)
  }

  /// Organisations of which something is known.
  var organizationCount: Int { tallies.count }

  // MARK: - What comes

  /// A time that goes back is none.
  mutating func advance(to now: UnixTime) {
    let newDay = Calendar.floorDivide(now.milliseconds, Calendar.millisecondsPerDay)
    let newSecond = Calendar.floorDivide(now.milliseconds, 1000)
    guard newSecond > second else { return }
    let startsMinute = newSecond / LastMinute.secondCount != second / LastMinute.secondCount
    second = newSecond
    while day < newDay {
      // After a day of sleep, what was of tomorrow is of yesterday.
      day = newDay - day > 1 ? newDay - 1 : newDay
      all.startDay()
      for name in tallies.keys { tallies[name]?.startDay() }
    }
    if startsMinute { tidy() }
  }

  /// Frees what nothing is in any more.
  private mutating func tidy() {
    placeCount = 0
    for name in Array(tallies.keys) {
      guard var tally = tallies.removeValue(forKey: name) else { continue }
      tally.people.advance(to: second)
      if tally.minute?.isEmpty(at: second) == true { tally.minute = nil }
      let isIdle =
        tally.minute == nil && tally.people.count == 0 && tally.tomorrow == nil
        && tally.today == ActivityCounts()
      guard !isIdle else { continue }
      placeCount += tally.people.capacity
      tallies[name] = tally
    }
    if all.minute?.isEmpty(at: second) == true { all.minute = nil }
  }

  mutating func add(_ batch: ActivityBatch) {
    let came = Calendar.floorDivide(batch.received, 1000)
    for part in batch.parts {
      if let day = part.day { add(part.counts, of: part.organization, day: day) }
      add(part.counts, of: part.organization, second: came)
    }
    for person in batch.people {
      note(
        person.hash, of: person.organization,
        at: Calendar.floorDivide(person.latest, 1000))
    }
  }

  mutating func add(_ counts: ActivityCounts, of organization: OrganizationID?, day: Int64) {
    change(organization) { tally, today in
      if day == today {
        tally.today.add(counts)
      } else if day == today + 1 {
        tally.tomorrow = tally.tomorrow ?? ActivityCounts()
        tally.tomorrow?.add(counts)
      }
    }
  }

  mutating func add(_ counts: ActivityCounts, of organization: OrganizationID?, second: Int64) {
    change(organization) { tally, _ in
      if tally.minute == nil { tally.minute = LastMinute() }
      tally.minute?.add(counts, at: second)
    }
  }

  private mutating func change(
    _ organization: OrganizationID?, _ body: (inout Tally, Int64) -> Void
  ) {
    body(&all, day)
    guard let organization else { return }
    body(&tallies[organization, default: Tally(at: second)], day)
  }

  /// `second` is of his latest activity.
  mutating func note(_ person: UInt64, of organization: OrganizationID?, at second: Int64) {
    let mayGrow = placeCount < 2 * Self.largestPeopleCount
    all.people.advance(to: self.second)
    var isNoted = all.people.note(person, at: second, mayGrow: mayGrow)
    if let organization {
      var people = tallies[organization]?.people ?? ActivePeople(at: self.second)
      // Taken out, so that the table is not copied.
      tallies[organization, default: Tally(at: self.second)].people = ActivePeople(at: self.second)
      let before = people.capacity
      people.advance(to: self.second)
      isNoted = people.note(person, at: second, mayGrow: mayGrow) && isNoted
      placeCount += people.capacity - before
      tallies[organization]?.people = people
    }
    if !isNoted { shortUntil = self.second + ActivePeople.window }
  }

  // MARK: - What is asked

  mutating func reading(
    of scope: OrganizationScope, at now: UnixTime, withSeries: Bool
  ) -> LiveReading {
    advance(to: now)
    var reading = LiveReading(
      time: now, day: day, second: second, arePeopleExact: second >= shortUntil)
    if withSeries {
      reading.series = Array(
        repeating: ActivityCounts(), count: Int(LastMinute.secondCount))
    }
    switch scope {
    case .all:
      add(&all, to: &reading)
      reading.activePeople = all.people.count
    case .only(let names):
      var several = Set<UInt64>()
      for name in names {
        guard var tally = tallies.removeValue(forKey: name) else { continue }
        add(&tally, to: &reading)
        if names.count > 1 {
          tally.people.collect(into: &several)
        } else {
          reading.activePeople = tally.people.count
        }
        tallies[name] = tally
      }
      // Somebody may be active in two of them.
      if names.count > 1 { reading.activePeople = several.count }
    }
    return reading
  }

  private func add(_ tally: inout Tally, to reading: inout LiveReading) {
    tally.people.advance(to: second)
    reading.today.add(tally.today)
    guard let minute = tally.minute else { return }
    reading.lastMinute.add(minute.total(at: second))
    if !reading.series.isEmpty { minute.add(to: &reading.series, at: second) }
  }
}
