import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import Platform

/// The images of all tables that a data folder keeps.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Make, list, check, restore and remove the snapshots of a data folder.",
    discussion: """
      A snapshot holds all tables as of one moment; the newest one and the journal after it are the \
      data. Older ones can be queried with SET as_of, and restored.

      Examples:
        daybook snapshot create
        daybook snapshot list
        daybook snapshot verify --all
        daybook snapshot restore 42 --to ./restored
        daybook snapshot prune --keep 2 --dry-run
      """,
    subcommands: [
      SnapshotCreateCommand.self, SnapshotListCommand.self, SnapshotVerifyCommand.self,
      SnapshotRestoreCommand.self,
      SnapshotPruneCommand.self,
    ])
}

/// Where the snapshots are.
struct SnapshotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The data folder.", valueName: "folder"), completion: .directory)
  var data = DataOptions.defaultFolder

  var store: SnapshotStore {
    SnapshotStore(data + "/snapshots", threads: CoreCount.available)
  }

  /// Calls `body` with all snapshots, of which there is one at least.
  func withSnapshots<Result>(
    _ body: (SnapshotStore, [SnapshotID]) throws(PersistenceError) -> Result
  ) throws(CommandFailure) -> Result {
    do throws(PersistenceError) {
      let ids = try store.ids()
      if !ids.isEmpty { return try body(store, ids) }
    } catch {
      throw CommandFailure("\(error)", hint: error.hint)
    }
    throw CommandFailure(
      "there are no snapshots in '\(data)'",
      hint:
        "name the data folder with --data; CHECKPOINT makes a snapshot, and so does a large load")
  }
}

/// The number of a snapshot as it is typed.
private enum SnapshotArgument {
  static func id(_ text: String) throws -> SnapshotID {
    guard let id = SnapshotID(text) else {
      throw ValidationError("'\(text)' is no number of a snapshot, such as 42")
    }
    return id
  }
}

struct SnapshotListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the snapshots: number, time, rows, size.",
    discussion: """
      'shared' is what older snapshots wrote already: it is on the disk once. Reads the manifests \
      only; 'daybook snapshot verify' reads everything. Times are UTC.

      Examples:
        daybook snapshot list
        daybook snapshot list --data /var/lib/daybook
      """)

  @OptionGroup var options: SnapshotOptions

  func run() throws {
    let lines = try options.withSnapshots { (store, ids) throws(PersistenceError) in
      ids.map { SnapshotText.line($0, store) }
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(SnapshotText.heading + lines.joined())
    try output.flush()
  }
}

struct SnapshotVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold every byte of a snapshot against its checksums.",
    discussion: """
      Reads and changes nothing else. The exit code is 1 where something is wrong.

      Examples:
        daybook snapshot verify
        daybook snapshot verify 42
        daybook snapshot verify --all
      """)

  @OptionGroup var options: SnapshotOptions

  @Argument(
    help: ArgumentHelp("The snapshot (default: the newest).", valueName: "number"),
    transform: SnapshotArgument.id)
  var id: SnapshotID?

  @Flag(help: "Check all snapshots.")
  var all = false

  func validate() throws {
    if all, id != nil { throw ValidationError("--all takes no number") }
  }

  func run() throws {
    let checks = try options.withSnapshots { (store, ids) throws(PersistenceError) in
      var checks: [SnapshotCheck] = []
      for id in all ? ids : [id ?? ids[ids.count - 1]] { checks.append(try store.check(id)) }
      return checks
    }
    var output = ByteOutput(STDOUT_FILENO)
    for check in checks { try output.write(SnapshotText.text(check)) }
    let damaged = checks.filter { !$0.problems.isEmpty }.map(\.id)
    let unreadable = checks.flatMap(\.problems).first {
      if case .system = $0 { true } else { false }
    }
    if let hint = unreadable?.hint {
      // Nobody knows yet whether it is damaged.
      try output.write("hint: \(hint)\n")
    } else if !damaged.isEmpty {
      try output.write(
        SnapshotText.advice(
          damaged: damaged, whole: checks.map(\.id).filter { !damaged.contains($0) },
          checkedAll: all))
    }
    try output.flush()
    if !damaged.isEmpty { throw ExitCode.failure }
  }
}

struct SnapshotRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a new data folder of a snapshot.",
    discussion: """
      The snapshot is checked first. The data folder it comes from is only read, also while a server \
      uses it; changes after the snapshot are not in the new one. Keys that lie in the folder come along \
      (token.key, pseudonym.key, emitter-keys), so that `daybook serve` knows tokens, emitters and \
      pseudonyms as before; keys that the configuration names elsewhere stay where they are.

      Examples:
        daybook snapshot restore 42 --to ./restored
        daybook query --data ./restored "SELECT count(*) FROM events"
      """)

  @OptionGroup var options: SnapshotOptions

  @Argument(
    help: ArgumentHelp("The snapshot.", valueName: "number"), transform: SnapshotArgument.id)
  var id: SnapshotID

  @Option(
    help: ArgumentHelp("The new data folder; new or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  func run() throws {
    let summary = try options.withSnapshots { (store, _) throws(PersistenceError) in
      try Database.restore(id, from: store, to: to, threads: CoreCount.available)
      return try store.summary(id)
    }
    let keys: [String]
    do {
      keys = try KeyFiles.copy(from: options.data, to: to)
    } catch let failure as CommandFailure {
      throw CommandFailure(
        rendered: """
          \(failure)
          hint: the tables are in '\(to)', its keys are not: copy token.key, pseudonym.key and emitter-keys from \
          '\(options.data)', mode 0600
          """)
    }
    try record()
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(
      "restored snapshot \(id): \(Readable.count(summary.rowCount, "row")) in "
        + "\(Readable.count(summary.tableCount, "table")), to \(to)\n"
        + (keys.isEmpty ? "" : "with its keys: \(keys.joined(separator: ", "))\n"))
    try output.flush()
  }

  /// On the record of the new folder, where the snapshot has one: the old folder is only read.
  private func record() throws {
    var data = try DataOptions.parse([])
    data.data = to
    let database = try data.open("snapshot restore", mayStart: true)
    let outcome = Result {
      try CommandRecord.note(
        .snapshotRestored("\(id)"), in: Engine(store: database.store, threads: 1))
    }
    try database.close(after: outcome)
  }
}

struct SnapshotPruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove all but the newest snapshots.",
    discussion: """
      The newest one always stays; one that is damaged does not count as kept, and stays. Files that \
      a snapshot shares with one that stays are not lost.

      Examples:
        daybook snapshot prune --keep 2 --dry-run
        daybook snapshot prune --keep 2
      """)

  @OptionGroup var options: SnapshotOptions

  @Option(help: ArgumentHelp("How many stay.", valueName: "count"))
  var keep: Int

  @Flag(help: "Only say what would go.")
  var dryRun = false

  func validate() throws {
    if keep < 1 { throw ValidationError("--keep is \(keep), but the newest snapshot always stays") }
  }

  func run() throws {
    let pruning = try options.withSnapshots { (store, _) throws(PersistenceError) in
      try store.prune(keeping: keep, isDryRun: dryRun)
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(SnapshotText.text(pruning, isDryRun: dryRun))
    try output.flush()
  }
}
