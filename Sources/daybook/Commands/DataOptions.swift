public import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
public import Persistence
import QueryPlanning

/// Where the tables are, for all commands that read or write them.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the tables.", valueName: "folder"), completion: .directory)
  var data: String?

  static let defaultFolder = "./daybook-data"

  var folder: String { data ?? Self.defaultFolder }

  @Option(
    help: ArgumentHelp(
      """
      What a change waits for: fsync (on disk), everysec (may lose a second when the power goes), \
      os (may lose half a minute).
      """, valueName: "mode"))
  var durability = Durability.fsync

  /// The tables, to read and to change. A folder without any is as good as empty, but one that was
  /// asked for by name must be there, unless `mayStart`: tables may be made in it.
  func open(_ command: String, mayStart: Bool = false) throws -> Database {
    let database = try open(command, forChanges: false)
    if let data, database.isEmpty, !mayStart {
      throw CommandFailure(
        "there are no tables in '\(data)'",
        hint: "daybook load FILE --into TABLE --data \(data) puts some there")
    }
    return database
  }

  /// The snapshots of the folder, for `SET as_of`.
  var history: SnapshotHistory {
    SnapshotHistory(
      SnapshotStore(folder + "/snapshots", threads: CoreCount.available))
  }

  /// The tables, locked for changes; the folder is made where there is none.
  func openForChanges(
    _ command: String, _ options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database { try open(command, forChanges: true, options) }

  private func open(
    _ command: String, forChanges: Bool, _ options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database {
    var options = options
    options.durability = durability
    options.holder = "process \(getpid()) (daybook \(command))"
    options.threads = CoreCount.available
    let line = RecoveryLine(folder: folder, terminal: .error)
    defer { line.clear() }
    do {
      let database = try Database(
        folder, forChanges: forChanges, options: options, progress: { line.show($0) })
      line.clear()
      if let tail = database.recovery.tail {
        StandardError.write(
          """
          note: the end of \(tail.file) was being written when the last process or the power ended: \
          \(Readable.bytes(tail.byteCount)) from byte \(tail.offset) on are left out
          \n
          """)
      }
      return database
    } catch {
      line.clear()
      throw Self.failure(error)
    }
  }

  static func failure(_ error: PersistenceError) -> CommandFailure {
    if case .inUse = error {
      var failure = CommandFailure("\(error)", hint: "wait until it has ended, or end it")
      failure.isFolderInUse = true
      return failure
    }
    return CommandFailure("\(error)", hint: error.hint)
  }
}

extension Durability: ExpressibleByArgument {}

extension Database {
  /// Closes it, whatever became of `outcome`, whose own failure is told first.
  func close<Value>(after outcome: Result<Value, any Error>) throws -> Value {
    let closing = Result { () throws(PersistenceError) in try close() }
    let value = try outcome.get()
    if case .failure(let error) = closing { throw DataOptions.failure(error) }
    return value
  }
}

/// What a session starts with.
struct SessionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Time zone of days and times, as in Europe/Berlin.", valueName: "zone"))
  var timezone = "UTC"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of a query (default: one per core).", valueName: "count"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "How long a statement may take: 500ms, 30s, 5min (default: as long as it needs).",
      valueName: "time"))
  var timeout: String?

  @Option(
    help: ArgumentHelp(
      "Memory a statement may use beside the tables: 512MB, 4GB (default: half of the machine's).",
      valueName: "size"))
  var maxMemory: String?

  func validate() throws {
    if let timeout, SettingQuantity.milliseconds(timeout) == nil {
      throw ValidationError("--timeout is '\(timeout)', which is no time such as 500ms or 30s")
    }
    if let maxMemory, SettingQuantity.bytes(maxMemory) == nil {
      throw ValidationError(
        "--max-memory is '\(maxMemory)', which is no size such as 512MB or 4GB, from 1MB")
    }
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads is \(threads), which is not within 1 to 1024")
    }
    guard TimeZoneRules.named(timezone) == nil else { return }
    let near = TimeZoneRules.names(like: timezone).prefix(3).joined(separator: ", ")
    throw ValidationError(
      "there is no time zone '\(timezone)'; "
        + (near.isEmpty
          ? "names are such as UTC, Europe/Berlin, America/New_York" : "did you mean \(near)?"))
  }

  var session: Session {
    var session = Session()
    session.timeZone = timezone
    session.threads = threads
    let milliseconds = timeout.flatMap { SettingQuantity.milliseconds($0) } ?? 0
    session.statementTimeout = milliseconds > 0 ? .milliseconds(milliseconds) : nil
    session.memoryLimit = maxMemory.flatMap(SettingQuantity.bytes).map { Int($0) }
    session.allowsFileAccess = true
    return session
  }
}

enum CoreCount {
  static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
