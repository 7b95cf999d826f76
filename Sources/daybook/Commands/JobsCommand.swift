import AccessControl
import Alerting
import Analytics
import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import HTTPServer
import Jobs
import Logging
import Persistence
import Platform
import ResultFormats
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
    commandName: "list", abstract: "List the jobs, what they do, and how their newest run went.",
    discussion: """
      While `daybook serve` runs on the folder, it says what they do; GET /api/admin/jobs says how they went.
      """)

  @OptionGroup var options: ServiceOptions

  func run() throws {
    let configuration = try options.configuration()
    let runs = try Self.newestRuns(ServiceOptions.dataOptions(configuration))
    var output = ByteOutput(STDOUT_FILENO)
    for job in Job.allCases {
      let schedule = job.recurrence?.text ?? "only when it is asked for"
      try output.write("\(job.rawValue): \(schedule)\n    \(job.about)\n")
      if let runs { try output.write("    \(Self.text(runs[job]))\n") }
    }
    try output.flush()
  }

  /// `nil` where another process has the folder.
  private static func newestRuns(_ options: DataOptions) throws -> [Job: JobRecord]? {
    do {
      let database = try options.open("jobs list", mayStart: true)
      return try database.close(
        after: .success(JobRunner.newestRuns(Engine(store: database.store))))
    } catch let failure as CommandFailure where failure.isFolderInUse {
      StandardError.write(
        "note: another process has the folder; while it serves, GET /api/admin/jobs says how they went\n"
      )
      return nil
    }
  }

  private static func text(_ run: JobRecord?) -> String {
    guard let run else { return "never ran here" }
    let time = ClockText.instant(run.ended.milliseconds, in: .utc)
    let failures = run.failureCount > 0 ? ", \(run.failureCount) of them failed" : ""
    return "last run \(time), \(run.outcome.rawValue): \(EscapedText.escape(run.detail)) "
      + "(\(Readable.count(Int(run.runCount), "run"))\(failures))"
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
