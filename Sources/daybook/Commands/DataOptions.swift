import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence

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

  /// The saved tables, or an empty store for a load that makes the folder.
  func readForLoad() throws -> Store {
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

  func validate() throws {
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
    session.allowsFileAccess = true
    return session
  }
}

enum CoreCount {
  static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
