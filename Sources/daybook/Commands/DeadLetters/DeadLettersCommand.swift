import AccessControl
import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Intake
import Persistence
import Platform
import QueryPlanning

/// Records that were refused.
struct DeadLettersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "List, show and take again the records that were refused.",
    discussion: """
      They read the folder, which they cannot while `daybook serve` runs on it: it has endpoints for the \
      same, under /api/admin/dead-letters.

      Examples:
        daybook dead-letters list
        daybook dead-letters list --counts --organization acme
        daybook dead-letters show 0f8c2a4e-1b7d-8c3e-9a52-6d1f0b3c7e88 \\
          --reveal "ticket 4711"
        daybook dead-letters replay --all --reason no_organization
      """,
    subcommands: [
      DeadLettersListCommand.self, DeadLettersShowCommand.self, DeadLettersReplayCommand.self,
    ])
}

/// Which letters.
struct DeadLetterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only letters with this reason.", valueName: "code"))
  var reason: String?

  @Option(
    help: ArgumentHelp(
      "Only records of this kind: \(IntakeKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var recordKind: String?

  @Option(help: ArgumentHelp("Only letters of this organisation.", valueName: "name"))
  var organization: String?

  @Option(help: ArgumentHelp("Only what came with this key.", valueName: "id"))
  var emitter: String?

  func validate() throws {
    if let reason, ProblemCode(rawValue: reason) == nil {
      throw ValidationError(
        "there is no reason '\(reason)': "
          + ProblemCode.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if let recordKind, IntakeKind(rawValue: recordKind) == nil {
      throw ValidationError(
        "there is no kind '\(recordKind)' of records: "
          + IntakeKind.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }

  var query: DeadLetterQuery {
    var query = DeadLetterQuery()
    query.reason = reason
    query.recordKind = recordKind
    query.organization = organization
    query.emitter = emitter
    return query
  }
}

struct DeadLettersListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List letters, the newest first, without the records.",
    discussion: """
      Examples:
        daybook dead-letters list --state waiting --from 2026-03-01
        daybook dead-letters list --counts --format json
      """)

  @OptionGroup var letters: DeadLetterOptions

  @Option(
    help: ArgumentHelp("Only letters that are waiting, replayed or refused.", valueName: "state"))
  var state: String?

  @Option(help: ArgumentHelp("From this day on, or this time (UTC).", valueName: "day"))
  var from: String?

  @Option(
    help: ArgumentHelp("Up to this day, included, or before this time (UTC).", valueName: "day"))
  var to: String?

  @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
  var limit = 100

  @Option(help: ArgumentHelp("How many to leave out.", valueName: "count"))
  var offset = 0

  @Flag(help: "Only count them by reason.")
  var counts = false

  @Option(help: ArgumentHelp("How answers are written.", valueName: "format"))
  var format = ResultFormat.table

  @OptionGroup var data: DataOptions

  func validate() throws {
    if let state, DeadLetter.State(rawValue: state) == nil {
      throw ValidationError("--state is '\(state)': letters are waiting, replayed or refused")
    }
    for (name, text) in [("--from", from), ("--to", to)] {
      if let text, Moment.parse(text, isEnd: false) == nil {
        throw ValidationError("\(name) is '\(text)', which is not \(Moment.allowed)")
      }
    }
    guard (1...1_000_000).contains(limit), (0...1_000_000_000).contains(offset) else {
      throw ValidationError("--limit is from 1 to 1000000, --offset from 0 on")
    }
  }

  func run() throws {
    var query = letters.query
    query.state = state
    query.from = from.flatMap { Moment.parse($0, isEnd: false) }
    query.to = to.flatMap { Moment.parse($0, isEnd: true) }
    (query.limit, query.offset) = (limit, offset)
    try DeadLetterFolder.read(
      data, "dead-letters list", counts ? query.counts : query.list, .local, format,
      orBy: "GET /api/admin/dead-letters")
  }
}

struct DeadLettersShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one letter.",
    discussion: """
      What was sent is sealed: --reveal shows it, and says why.

      Examples:
        daybook dead-letters show ID --format json
        daybook dead-letters show ID --reveal "ticket 4711, lost uploads"
      """)

  @Argument(help: ArgumentHelp("The letter's name.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("How answers are written.", valueName: "format"))
  var format = ResultFormat.table

  @OptionGroup var data: DataOptions
  @OptionGroup(title: "Access") var revealing: RevealOptions

  func run() throws {
    let count = try DeadLetterFolder.read(
      data, "dead-letters show", DeadLetterQuery.one(id), try revealing.access(), format,
      orBy: "GET /api/admin/dead-letters/\(id)")
    if count == 0 {
      throw CommandFailure("there is no dead letter '\(id)'", hint: "daybook dead-letters list")
    }
  }
}
