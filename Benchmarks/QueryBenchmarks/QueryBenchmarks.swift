import ArgumentParser
import SampleData

/// Times whole queries over a generated sample of events.
@main
struct QueryBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query-benchmarks",
    abstract: "Time queries over a sample of events.",
    subcommands: [
      RunCommand.self, WriteCommand.self, ServeCommand.self, SnapshotCommand.self,
      IngestCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}

/// Which events there are.
struct SampleArguments: ParsableArguments {
  @Option(help: "How many events.")
  var events = 2_000_000

  @Option(help: "How many users there are in the end.")
  var users = 50_000

  @Option(help: "How many days the events spread over.")
  var days = 90

  var options: SampleOptions { SampleOptions(days: days, users: users, events: events) }

  func validate() throws {
    do {
      _ = try SampleGenerator(options)
    } catch {
      throw ValidationError("--\(error)\n\(error.hint)")
    }
  }
}
