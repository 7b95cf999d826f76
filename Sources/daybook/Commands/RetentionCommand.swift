import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import Platform
import QueryLanguage

/// Dropping days that were kept long enough.
struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Drop the days of tables that were kept as long as retention_days says.",
    discussion: """
      Only tables that say so lose rows, and only by this command or a server: ALTER TABLE events SET \
      (retention_days = 90). Materialized views keep what they need of the days that go. \
      system.retention_drops lists what went.

      Examples:
        daybook retention run --dry-run
        daybook retention run --data /var/lib/daybook
      """,
    subcommands: [RetentionRunCommand.self])
}

struct RetentionRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Drop what is due now.",
    discussion: """
      Whole days (UTC) go, once they ended more than retention_days days ago: of each table all at \
      once, or none.

      Examples:
        daybook retention run --dry-run
        daybook retention run --data /var/lib/daybook
      """)

  @OptionGroup var dataOptions: DataOptions

  @Flag(help: "Only say what would go.")
  var dryRun = false

  func run() throws {
    let database = try dataOptions.open("retention run")
    let outcome = Result { try run(database) }
    try database.close(after: outcome)
  }

  private func run(_ database: Database) throws {
    let engine = Engine(store: database.store)
    let isDryRun = dryRun
    var output = ByteOutput(STDOUT_FILENO)
    var failure: (any Error)?
    do throws(QueryError) {
      let outcomes = try engine.applyRetention(
        now: DiskEnvironment.systemTime(), isDryRun: isDryRun
      ) { outcome in
        do {
          try output.write(RetentionText.line(outcome, isDryRun: isDryRun))
          guard !isDryRun else { return }
          try CommandRecord.note(
            .retentionDropped(
              table: outcome.table, days: outcome.drops.count, rows: outcome.rowCount), in: engine)
        } catch {
          failure = error
        }
      }
      if outcomes.isEmpty { try? output.write(RetentionText.nothing(database.store.catalog())) }
    } catch {
      try output.flush()
      throw CommandFailure(error.message, hint: error.hint)
    }
    if let failure { throw failure }
    try output.flush()
  }
}

/// What came of retention, for people.
enum RetentionText {
  static func line(_ outcome: RetentionOutcome, isDryRun: Bool) -> String {
    let days = outcome.drops.map(\.day)
    var text = "\(outcome.table): \(isDryRun ? "would drop" : "dropped") "
    text += Readable.count(days.count, "day")
    if let first = days.first, let last = days.last {
      text +=
        first == last
        ? ", \(ClockText.date(first))"
        : ", \(ClockText.date(first)) to \(ClockText.date(last))"
    }
    text += " (\(Readable.count(outcome.rowCount, "row")), \(Readable.bytes(outcome.byteCount)))"
    text += ", kept \(Readable.count(outcome.retentionDays, "day"))"
    if !outcome.rollUps.isEmpty {
      text += "; rolled up in \(outcome.rollUps.joined(separator: ", "))"
    }
    return text + "\n"
  }

  static func nothing(_ catalog: Catalog) -> String {
    catalog.tables.values.contains { $0.schema.retentionDays != nil }
      ? "nothing is due\n"
      : "no table has retention_days: ALTER TABLE events SET (retention_days = 90) gives it one\n"
  }
}
