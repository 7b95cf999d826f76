import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import QueryLanguage

/// Where the tables are, for all commands that read or write them.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the tables.", valueName: "folder"), completion: .directory)
  var data: String?

  static let defaultFolder = "./daybook-data"

  var folder: String { data ?? Self.defaultFolder }

  private var exists: Bool { access(folder, F_OK) == 0 }

  /// The saved tables. A folder that does not exist holds none, but one that was asked for must.
  func read() throws -> Store {
    guard exists else {
      if data == nil { return Store() }
      throw CommandFailure(
        "there is no folder '\(folder)'",
        hint: "daybook load FILE --into TABLE --data \(folder) makes it")
    }
    return try readSave()
  }

  /// The saved tables, or an empty store for a load that makes the folder.
  func readForLoad() throws -> Store {
    exists ? try readSave() : Store()
  }

  private func readSave() throws -> Store {
    do {
      return try TableSave.read(from: folder, threads: CoreCount.available)
    } catch {
      throw CommandFailure("cannot read '\(folder)': \(error)")
    }
  }

  func write(_ catalog: Catalog) throws {
    do {
      try TableSave.write(catalog, to: folder)
    } catch {
      throw CommandFailure(
        "cannot save to '\(folder)': \(error)", hint: "what was saved before is unchanged")
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
    return session
  }
}

enum CoreCount {
  static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
