import AccessControl
import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import HTTPServer
import Intake
import Persistence
import Platform
import QueryLanguage
import ServiceSetup

struct DeadLettersReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Take letters again, each once.",
    discussion: """
      Records are checked and scrubbed as if they came now, by the configuration of the service: give the \
      same --config and --set. What is stored leaves the letters in the same step, so that a replay which \
      is interrupted or repeated takes nothing twice. Letters whose records could not be read as a whole \
      stay. The attempt is written to the audit log.

      Examples:
        daybook dead-letters replay 0f8c2a4e-1b7d-8c3e-9a52-6d1f0b3c7e88
        daybook dead-letters replay --all --reason no_organization
        daybook dead-letters replay --all --organization acme --config daybook.json
      """)

  @Argument(help: ArgumentHelp("Names of letters.", valueName: "id"))
  var ids: [String] = []

  @Flag(help: "All that wait and are as the options say.")
  var all = false

  @OptionGroup var letters: DeadLetterOptions
  @OptionGroup var options: ServiceOptions

  func validate() throws {
    let isNarrowed =
      letters.reason != nil || letters.recordKind != nil || letters.organization != nil
      || letters.emitter != nil
    if all, !ids.isEmpty { throw ValidationError("name letters, or give --all, not both") }
    if !all, ids.isEmpty { throw ValidationError("name letters, or give --all") }
    if !all, isNarrowed {
      throw ValidationError("--reason, --record-kind, --organization and --emitter go with --all")
    }
  }

  func run() throws {
    let configuration = try options.configuration()
    let data = try ServiceOptions.dataOptions(configuration)
    let endpoint = "POST /api/admin/dead-letters/replay"
    let seen = try DeadLetterFolder.orService(endpoint) { try data.open("dead-letters replay") }
    try seen.close(after: Result { try DeadLetterFolder.requireLetters(seen, data) })
    let database = try DeadLetterFolder.orService(endpoint) {
      try data.openForChanges("dead-letters replay")
    }
    try database.close(after: Result { try replay(database, configuration) })
  }

  private func replay(_ database: Database, _ configuration: ServiceConfiguration) throws {
    let environment = ServiceEnvironment.real
    let engine = Engine(store: database.store)
    let now = environment.now()
    do {
      try SchemaMigration(
        engine, retentionDays: configuration.integer("retention.days"),
        auditDays: configuration.integer("retention.audit_days")
      ).run(at: now)
      let intake = try Intake(
        database.store, try IntakeFiles(configuration).rules(), at: now,
        random: environment.random)
      let audit = AuditLog(engine, now: environment.now, random: environment.random)
      var output = ByteOutput(STDOUT_FILENO)
      var counts: [String: Int] = [:]
      func take(_ selection: DeadLetterReplay.Selection) throws -> DeadLetterCursor? {
        let outcome = try DeadLetterReplay(selection).run(
          Session(), engine: engine, intake: intake, audit: audit, by: .commandLine, at: now)
        for (id, outcome) in outcome.letters {
          counts[outcome.word, default: 0] += 1
          try output.write("\(id)  \(outcome.word)\(Self.reason(outcome))\n")
        }
        try output.flush()
        return outcome.next
      }
      let most = DeadLetterQuery.largestReplayCount
      if all {
        var query = letters.query
        query.limit = most
        var cursor: DeadLetterCursor?
        repeat { cursor = try take(.matching(query, after: cursor)) } while cursor != nil
      } else {
        for start in stride(from: 0, to: ids.count, by: most) {
          _ = try take(.ids(Array(ids[start..<min(start + most, ids.count)])))
        }
      }
      let summary = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      StandardError.write(
        (summary.isEmpty ? "nothing waits" : summary.joined(separator: ", ")) + "\n")
    } catch let error as SchemaProblem {
      throw CommandFailure("\(error)")
    } catch let error as IntakeSetupError {
      throw CommandFailure("\(error)")
    } catch let failure as DeadLetterReplay.Failure {
      throw Self.failure(failure)
    }
  }

  private static func reason(_ outcome: Intake.ReplayOutcome) -> String {
    guard let problem = outcome.problem else { return "" }
    return "  \(problem.code.rawValue)\(problem.field.map { " (\($0))" } ?? "")"
  }

  private static func failure(_ failure: DeadLetterReplay.Failure) -> CommandFailure {
    switch failure {
    case .query(let error): CommandFailure(error.message, hint: error.hint)
    case .notRecorded(let error): CommandFailure("\(error): nothing was done")
    case .notStored(let refusal): CommandFailure("nothing was stored: \(refusal.message)")
    }
  }
}
