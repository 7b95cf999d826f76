/// Makes up the events of an AI platform, always the same ones for the same options.
///
/// Organisations of different size (Zipf) share users whose activity follows a power law, who sign
/// up, stay or leave, and work in sessions during business hours of their organisation's zone. Requests to models take a
/// log-normal time, cost what the model's price says, and sometimes fail; in some hours, one model is
/// in trouble (`incidents`).
///
/// A day is generated without the others, so days may be generated in parallel and in any order;
/// within a day events are in order of time. A session never crosses midnight.
public struct SampleGenerator: Sendable {
  public let options: SampleOptions

  /// What a demonstration should find; `nil` for a sample of less than a week.
  public let incident: SampleIncident?

  /// All hours in which something is wrong, the great incident's among them, by day.
  public let incidents: [SampleIncident]

  let population: Population
  let distributions: Distributions
  private let volume: DailyVolume

  /// Draws the users; takes some milliseconds for 50,000 of them.
  public init(_ options: SampleOptions = SampleOptions()) throws(SampleOptionsError) {
    try options.validate()
    self.options = options
    incident = SampleIncident(days: options.days, start: options.start)
    incidents = SampleIncident.all(options)
    distributions = Distributions()
    population = Population(options, distributions)
    volume = DailyVolume(options, population)
  }

  public func date(ofDay day: Int) -> SampleDate { options.start.advanced(by: day) }

  /// Exactly how many events `day` has, where the options ask for a number of events.
  public func plannedEventCount(onDay day: Int) -> Int? { volume.quotas?[day] }

  /// About how many events `day` has.
  public func expectedEventCount(onDay day: Int) -> Int {
    volume.quotas?[day] ?? volume.sessions[day] * 14
  }

  /// The names of an event's columns, in order.
  public var eventColumns: [String] {
    EventLayout.Column.allCases
      .filter { $0 != .eventIdentifier || options.includesEventIdentifier }
      .map(\.name)
  }

  /// The events of `day`, which counts from 0, in order of time.
  public func events(onDay day: Int) -> [SampleEvent] {
    let script = script(ofDay: day)
    return script.timeOrder().map { script.events[Int($0)] }
  }

  /// Appends the header, for formats that have one.
  public func writeEventHeader(as format: SampleFormat, into buffer: inout [UInt8]) {
    guard format == .csv else { return }
    buffer.append(contentsOf: (eventColumns.joined(separator: ",") + "\n").utf8)
  }

  /// Appends the rows of `day`, which counts from 0, and returns how many there are.
  ///
  /// The buffer grows by about 120 bytes per event as CSV, 370 as NDJSON. Fast: a core writes some
  /// million rows a second, without an allocation per row.
  @discardableResult
  public func writeEvents(
    day: Int, as format: SampleFormat, into buffer: inout [UInt8]
  ) -> Int {
    let script = script(ofDay: day)
    let order = script.timeOrder()
    let layout = EventLayout(
      format, includesEventIdentifier: options.includesEventIdentifier)
    RowWriter.append(to: &buffer) { writer, buffer in
      layout.write(script.events, in: order, day: day, of: options, to: &writer, &buffer)
    }
    return order.count
  }

  func script(ofDay day: Int) -> DayScript {
    precondition((0..<options.days).contains(day), "the sample has no such day")
    return DayScript(
      day: day, options: options, distributions: distributions, population: population,
      volume: volume, incidents: incidents)
  }
}
