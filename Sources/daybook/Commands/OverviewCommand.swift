import Analytics
import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import QueryLanguage

struct OverviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overview",
    abstract: "Show who is active, what fails and what is slow.",
    discussion: """
      Reads the table 'events'. Figures are compared with the period just before; while the last day is running, \
      with as much of it as has run.

      Examples:
        daybook overview
        daybook overview --days 7 --anchor 2026-03-15 --timezone Europe/Berlin
        daybook overview --json
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many days the range has.", valueName: "count"))
  var days = Overview.defaultDays

  @Option(help: ArgumentHelp("The last day; otherwise the last one with data.", valueName: "day"))
  var anchor: String?

  @Flag(help: "Print JSON instead.")
  var json = false

  @Flag(help: "Draw with plain characters only.")
  var ascii = false

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var sessionOptions: SessionOptions
  @OptionGroup(title: "Access") var revealOptions: RevealOptions

  func validate() throws {
    guard Overview.allowedDays.contains(days) else {
      throw ValidationError("--days is \(days), which is not within 1 to 366")
    }
    if let anchor, Day(anchor) == nil {
      throw ValidationError("--anchor '\(anchor)' is not a day such as 2026-01-31")
    }
  }

  func run() throws {
    let engine = Engine(store: try dataOptions.open("overview").store)
    guard engine.store.catalog().tables["events"] != nil else {
      throw CommandFailure(
        "there is no table 'events' to look at",
        hint: "daybook load FILE --into events, or daybook generate for a sample")
    }
    var session = sessionOptions.session
    session.access = try revealOptions.access()
    let overview: Overview?
    do {
      overview = try Overview.compute(
        engine, session: session, anchor: anchor.flatMap { Day($0) }, days: days,
        clock: DiskEnvironment.systemTime())
    } catch {
      throw CommandFailure(
        "the overview cannot be computed: \(error.message)",
        hint: "it asks for the columns that 'daybook generate' writes")
    }
    var output = ByteOutput(STDOUT_FILENO)
    if json {
      try output.write(OverviewJSON.text(overview) + "\n")
    } else if let overview {
      let style = OverviewStyle(isASCII: ascii, hasColor: Terminal.output.hasColor)
      try output.write(OverviewText(overview: overview, style: style).text)
    } else {
      try output.write("The table 'events' is empty: there is nothing to show yet.\n")
    }
    try output.flush()
  }
}
