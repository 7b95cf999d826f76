import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import QueryPlanning

/// Where the tables are, for all commands that read or write them.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the tables.", valueName: "folder"), completion: .directory)
  var data: String?

  static let defaultFolder = "./daybook-data"

  var folder: String { data ?? Self.defaultFolder }

  /// The saved tables. A folder without any is as good as empty, but one that was asked for by name
  /// must be there.
  func read() throws -> Store {
    if let store = try readSave() { return store }
    guard let data else { return Store() }
    throw CommandFailure(
      "there are no tables in '\(data)'",
      hint: "daybook load FILE --into TABLE --data \(data) puts some there")
  }

  /// The saved tables, or an empty store for what makes the folder.
  func readOrStart() throws -> Store {
    try readSave() ?? Store()
  }

  private func readSave() throws -> Store? {
    do {
      return try TableSave.read(from: folder, threads: CoreCount.available)
    } catch .noData {
      return nil
    } catch {
      throw CommandFailure(rendered: "error: \(error)")
    }
  }

  /// Which save there is; asked before it is read.
  var saveState: SaveState { SaveState(of: folder) }

  /// Saves what was made of the save `state`.
  func write(_ catalog: Catalog, replacing state: SaveState) throws {
    do {
      try TableSave.write(catalog, to: folder, replacing: state)
    } catch .changedMeanwhile {
      throw CommandFailure(
        "another process changed the tables in '\(folder)' meanwhile; nothing was saved",
        hint: "run it again")
    } catch {
      throw CommandFailure(rendered: "error: \(error)\nhint: what was saved before is unchanged")
    }
  }
}

/// What a session starts with.
struct SessionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Time zone of days and times, as in Europe/Berlin.", valueName: "zone"))
  var timezone = "UTC"

  @Option(help: ArgumentHelp("Threads of a query (default: one per core).", valueName: "count"))
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
      "there is no time zone '\(timezone)'" + (near.isEmpty ? "" : "; did you mean \(near)?"))
  }

  var session: Session {
    var session = Session()
    session.timeZone = timezone
    session.threads = threads
    let milliseconds = timeout.flatMap(SettingQuantity.milliseconds) ?? 0
    session.statementTimeout = milliseconds > 0 ? .milliseconds(milliseconds) : nil
    session.memoryLimit = maxMemory.flatMap(SettingQuantity.bytes).map { Int($0) }
    session.allowsFileAccess = true
    return session
  }
}

enum CoreCount {
  static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
