import AccessControl
import Alerting
import Analytics
import ArgumentParser
import Engine
@preconcurrency import Glibc
import HTTPServer
import Jobs
import Logging
import Persistence
import Platform
import ServiceSetup

/// What is done on a schedule while the service runs.
struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "List what is done on a schedule, or do it now.",
    discussion: """
      `daybook serve` runs jobs by the clocks of reporting.time_zone, and makes up once for what was missed. \
      All of them may be run again at any time and change nothing by it. While it runs on the folder: POST \
      /api/admin/jobs/NAME/run.
      """,
    subcommands: [JobsListCommand.self, JobsRunCommand.self])
}

struct JobsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the jobs and what they do.")

  func run() throws {
    var output = ByteOutput(STDOUT_FILENO)
    for job in Job.allCases {
      let schedule = job.recurrence?.text ?? "only when it is asked for"
      try output.write("\(job.rawValue): \(schedule)\n    \(job.about)\n")
    }
    try output.flush()
  }
}

struct JobsRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a job now.",
    discussion: """
      Examples:
        daybook jobs run pending
        daybook jobs run daily --data /var/lib/daybook
      """)

  @Argument(help: ArgumentHelp("The job: \(Job.names.joined(separator: ", ")).", valueName: "name"))
  var name: String

  @OptionGroup var options: ServiceOptions

  func run() throws {
    guard let job = Job(rawValue: name) else {
      throw CommandFailure(
        "there is no job '\(name)'",
        hint: CommandFailure.nearest(to: name, among: Job.names, or: "daybook jobs list names them")
      )
    }
    let configuration = try options.configuration()
    let database = try ServiceOptions.dataOptions(configuration).openForChanges("jobs run")
    let text = try database.close(
      after: Result {
        let engine = Engine(store: database.store)
        _ = try BuiltInTables.bringUpToDate(engine, configuration, by: .commandLine)
        let log = Logger(label: "daybook", factory: { _ in SwiftLogNoOpLogHandler() })
        let reports = try Notification.reports(configuration, log)
        let runner = JobRunner(
          engine, configuration, now: ServiceEnvironment.real.now, log: log, reports: reports)
        let outcome: JobOutcome
        do {
          outcome = try Blocking.run {
            let result = await Self.result { try await runner.run(job) }
            await reports.webhook?.close()
            return try result.get()
          }
        } catch {
          throw CommandFailure("job '\(name)' failed: \(error)")
        }
        try CommandRecord.note(.jobRun(job.rawValue), in: engine)
        return outcome.text
      })
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(text + "\n")
    try output.flush()
  }

  private static func result(
    _ body: () async throws -> JobOutcome
  ) async -> Result<JobOutcome, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
