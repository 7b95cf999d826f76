public import ArgumentParser
@preconcurrency import Glibc
public import SampleData

extension SampleFormat: ExpressibleByArgument {}

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write a sample: the events of an invented AI platform.",
    discussion: """
      Equal options give equal bytes. Writes events and users into a folder, or the events alone to \
      standard output.

      Examples:
        daybook generate
        daybook generate --days 30 --format ndjson --out sample
        daybook generate --users 9000 --out - | daybook load - --into events
      """)

  @Option(help: ArgumentHelp("How many days.", valueName: "count"))
  var days = 90

  @Option(help: ArgumentHelp("How many users there are in the end.", valueName: "count"))
  var users = 2_000

  @Option(
    help: ArgumentHelp(
      "Exactly how many events; otherwise as many as the users cause.", valueName: "count"))
  var events: Int?

  @Option(help: ArgumentHelp("Another number gives another sample.", valueName: "number"))
  var seed: UInt64 = 42

  @Option(help: ArgumentHelp("The first day.", valueName: "yyyy-mm-dd"))
  var start: String?

  @Flag(name: .customLong("event-ids"), help: "Give each event an event_id, a UUID.")
  var eventIDs = false

  @Option(help: ArgumentHelp("csv or ndjson.", valueName: "format"))
  var format = SampleFormat.csv

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Folder to write to; - is standard output.", valueName: "folder"),
    completion: .directory)
  var out = "sample"

  func validate() throws {
    if let start, SampleDate(start) == nil {
      throw ValidationError("--start '\(start)' is not a day such as 2026-01-31")
    }
    do {
      _ = try SampleGenerator(options)
    } catch {
      throw ValidationError("--\(error)\n\(error.hint)")
    }
  }

  private var options: SampleOptions {
    SampleOptions(
      seed: seed, start: start.flatMap { SampleDate($0) } ?? SampleOptions.defaultStart, days: days,
      users: users, events: events, includesEventIdentifier: eventIDs)
  }

  func run() throws {
    let generator = try SampleGenerator(options)
    if out == "-" {
      var output = ByteOutput(STDOUT_FILENO)
      _ = try writeEvents(of: generator, to: &output)
      return
    }
    if mkdir(out, 0o777) != 0, errno != EEXIST {
      throw CommandFailure("cannot make '\(out)': \(String(cString: strerror(errno)))")
    }
    let start = ContinuousClock.now
    let eventsPath = "\(out)/events.\(format.rawValue)"
    let usersPath = "\(out)/users.\(format.rawValue)"
    let eventCount = try NewFile.write(eventsPath) { output throws(OutputError) in
      try writeEvents(of: generator, to: &output)
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
    of generator: SampleGenerator, to output: inout ByteOutput
  ) throws(OutputError) -> Int {
    var count = 0
    try output.append { generator.writeEventHeader(as: format, into: &$0) }
    for day in 0..<days {
      try output.append { count += generator.writeEvents(day: day, as: format, into: &$0) }
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
