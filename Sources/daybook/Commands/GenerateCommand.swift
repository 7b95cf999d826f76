public import ArgumentParser
@preconcurrency import Glibc
import Persistence
public import SampleData

extension SampleFormat: ExpressibleByArgument {}

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make up a sample: the events of an invented AI platform.",
    discussion: """
      Equal options give equal rows. Writes events and users into files, or the events alone to standard \
      output; or with --data fills the built-in tables of a data folder, sessions, feedback and threats \
      among them, which `daybook serve` then takes over. Those must be empty; --clear takes out what an \
      earlier run made, and nothing else.

      Examples:
        daybook generate
        daybook generate --data daybook-data --days 30 --until 2026-06-30
        daybook generate --data daybook-data --clear --users 50000 --events 20000000
        daybook generate --data daybook-data --clear --until now
        daybook generate --data daybook-data --clear-only
        daybook generate --days 30 --format ndjson --out sample
        daybook generate --users 9000 --out - | daybook load - --into events
      """)

  @Option(help: ArgumentHelp("How many days.", valueName: "count"))
  var days = 90

  @Option(help: ArgumentHelp("How many users there are in the end.", valueName: "count"))
  var users = 2_000

  @Option(
    help: ArgumentHelp(
      "How many organisations share the users; otherwise one for 50.", valueName: "count"))
  var organizations: Int?

  @Option(
    help: ArgumentHelp(
      """
      Exactly how many events over whole days (--until now leaves out the rest of today); otherwise as many as the \
      users cause.
      """, valueName: "count"))
  var events: Int?

  @Option(help: ArgumentHelp("Another number gives another sample.", valueName: "number"))
  var seed: UInt64 = 42

  @Option(help: ArgumentHelp("The first day.", valueName: "yyyy-mm-dd"))
  var start: String?

  @Option(
    help: ArgumentHelp(
      "The last day, instead of --start; or yesterday; or now: today as far as it has come.",
      valueName: "yyyy-mm-dd"))
  var until: String?

  @Flag(name: .customLong("event-ids"), help: "Give each event an event_id, a UUID.")
  var eventIDs = false

  @Option(help: ArgumentHelp("csv or ndjson.", valueName: "format"))
  var format: SampleFormat?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "Folder to write files to (default: sample); - is standard output.", valueName: "folder"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp("Folder of the tables to fill, instead of files.", valueName: "folder"),
    completion: .directory)
  var data: String?

  @Flag(help: "First take out what an earlier run made in the tables.")
  var clear = false

  @Flag(help: "Only take it out.")
  var clearOnly = false

  @Option(
    help: ArgumentHelp(
      "With --clear: empty this table whoever made its rows; may be repeated.", valueName: "table"))
  var clearTable: [String] = []

  @Option(
    help: ArgumentHelp("Threads that fill tables (default: one per core).", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if start != nil, until != nil {
      throw ValidationError("--start and --until both say which days: leave one out")
    }
    if let start, SampleDate(start) == nil {
      throw ValidationError("--start '\(start)' is not a day such as 2026-01-31")
    }
    if let until, !["yesterday", "now"].contains(until), SampleDate(until) == nil {
      throw ValidationError(
        "--until '\(until)' is not a day such as 2026-01-31, nor 'yesterday' or 'now'")
    }
    if until == "now", data == nil {
      throw ValidationError("--until now fills tables: name their folder with --data")
    }
    if data != nil, out != nil || format != nil {
      throw ValidationError("--data fills tables: --out and --format are for files")
    }
    if data == nil, clear || clearOnly || !clearTable.isEmpty {
      throw ValidationError("--clear takes rows out of tables: name their folder with --data")
    }
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads is \(threads), which is not within 1 to 1024")
    }
    do {
      _ = try options.validate()
    } catch {
      throw ValidationError("--\(error)\n\(error.hint)")
    }
  }

  var options: SampleOptions {
    var first = start.flatMap { SampleDate($0) } ?? SampleOptions.defaultStart
    let now = DiskEnvironment.systemTime()
    if let until, (1...SampleOptions.allowedDays.upperBound).contains(days) {
      let today = SampleDate(daysSinceEpoch: Int(now / 86_400_000))
      let last = SampleDate(until) ?? (until == "now" ? today : today.advanced(by: -1))
      first = last.advanced(by: 1 - days)
    }
    return SampleOptions(
      seed: seed, start: first, days: days, users: users, organizations: organizations,
      events: events, includesEventIdentifier: eventIDs, end: until == "now" ? now : nil)
  }

  func run() throws {
    if let data { return try fillTables(in: data) }
    try writeFiles(SampleGenerator(options))
  }

  private func writeFiles(_ generator: SampleGenerator) throws {
    let out = out ?? "sample"
    let format = format ?? .csv
    if out == "-" {
      var output = ByteOutput(STDOUT_FILENO)
      _ = try writeEvents(of: generator, as: format, to: &output)
      return
    }
    if mkdir(out, 0o777) != 0, errno != EEXIST {
      throw CommandFailure("cannot make '\(out)': \(String(cString: strerror(errno)))")
    }
    let start = ContinuousClock.now
    let eventsPath = "\(out)/events.\(format.rawValue)"
    let usersPath = "\(out)/users.\(format.rawValue)"
    let eventCount = try NewFile.write(eventsPath) { output throws(OutputError) in
      try writeEvents(of: generator, as: format, to: &output)
    }
    let userCount = try NewFile.write(usersPath) { output throws(OutputError) in
      var buffer: [UInt8] = []
      generator.writeUserHeader(as: format, into: &buffer)
      let count = generator.writeUsers(as: format, into: &buffer)
      try output.write(buffer)
      return count
    }
    StandardError.write(
      """
      wrote \(Readable.count(eventCount, "event")) to \(eventsPath) and \
      \(Readable.count(userCount, "user")) to \(usersPath) in \
      \(Readable.duration(.now - start))\n
      """)
  }

  private func writeEvents(
    of generator: SampleGenerator, as format: SampleFormat, to output: inout ByteOutput
  ) throws(OutputError) -> Int {
    var count = 0
    let line = ProgressLine(title: "events", terminal: out == "-" ? nil : .error)
    defer { line.clear() }
    try output.append { generator.writeEventHeader(as: format, into: &$0) }
    for day in 0..<days {
      try output.append { count += generator.writeEvents(day: day, as: format, into: &$0) }
      line.show(rows: count, part: day + 1, of: days)
    }
    try output.flush()
    return count
  }
}

/// A file that is written whole, or not there: bytes go to a file beside it, which then takes its
/// name.
enum NewFile {
  static func write(
    _ path: String, _ body: (inout ByteOutput) throws(OutputError) -> Int
  ) throws -> Int {
    let temporary = path + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    func failure(_ code: Int32) -> CommandFailure {
      CommandFailure("cannot write '\(path)': \(String(cString: strerror(code)))")
    }
    guard descriptor >= 0 else { throw failure(errno) }
    var output = ByteOutput(descriptor)
    do {
      let count = try body(&output)
      try output.flush()
      guard close(descriptor) == 0, rename(temporary, path) == 0 else { throw failure(errno) }
      return count
    } catch let error as OutputError {
      close(descriptor)
      unlink(temporary)
      throw failure(error.code)
    }
  }
}

extension OutputError {
  fileprivate var code: Int32 {
    switch self {
    case .closed: EPIPE
    case .failed(let code): code
    case .interrupted: EINTR
    case .timedOut: ETIMEDOUT
    }
  }
}
