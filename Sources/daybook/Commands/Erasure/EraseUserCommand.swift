import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Jobs
import Persistence
import Platform

/// Erases one person from a data folder.
struct EraseUserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase-user",
    abstract: "Erase one person: rows, texts, journal and snapshots.",
    discussion: """
      Removes every row that is about the person, and every text that only these rows had, from the \
      tables and from all files of the data folder. ALL SNAPSHOTS BEFORE ARE REMOVED: SET as_of sees \
      nothing older then. A receipt that does not say who it was is left in the folder 'erasures'. \
      Whatever interrupts it: nothing has happened, or it is finished when the folder is next changed.

      A row is about a person where a column labelled 'user' names them; without such labels, a text \
      column named user_id. --column names others instead. Columns that name people in another part, such \
      as who dealt with a threat, keep their rows with 'erased' in place of the name: those of built-in \
      tables by themselves, others by --replace.

      Examples:
        daybook erase-user u_4711 --dry-run
        daybook erase-user u_4711 --replace audit.actor_id --yes
        daybook erase-user - --yes < user.txt
        daybook erase-user u_4711 --reports /var/lib/daybook/reports --yes
      """)

  @OptionGroup var data: DataOptions

  @Argument(
    help: ArgumentHelp(
      "What the columns have for this person; - reads it from standard input.", valueName: "user"))
  var user: String

  @Option(
    help: ArgumentHelp(
      "A column that says which user a row is about (may be repeated).", valueName: "table.column"))
  var column: [String] = []

  @Option(
    help: ArgumentHelp(
      "A column in which the user is replaced by 'erased' (may be repeated).",
      valueName: "table.column"))
  var replace: [String] = []

  @Option(
    help: ArgumentHelp(
      "Folder of weekly reports (the setting reports.folder), which the user is taken out of too.",
      valueName: "folder"), completion: .directory)
  var reports: String?

  @Flag(help: "Only say what would go.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  func validate() throws {
    if dryRun, yes { throw ValidationError("--dry-run changes nothing that --yes could agree to") }
    for name in column + replace where Self.parts(name) == nil {
      throw ValidationError("'\(name)' is not of the form table.column")
    }
  }

  func run() throws {
    let identity = try identity()
    let database = try data.open("erase-user")
    guard !database.isEmpty else {
      throw CommandFailure(
        "there are no tables in '\(data.folder)'", hint: "name the folder: --data")
    }
    try database.close(after: Result { try erase(identity, database) })
  }

  private func erase(_ identity: String, _ database: Database) throws {
    let erasure = Erasure(identity: identity, columns: columns(of: database.store.catalog()))
    var output = ByteOutput(STDOUT_FILENO)
    let fileCount = try reportFiles(of: identity, removing: false)
    let plan = try plan(erasure, database, isInReports: fileCount > 0)
    Self.write(ErasureText.text(plan, reportCount: fileCount, isDone: dryRun), &output)
    if dryRun { return }
    guard try agrees() else { throw Self.unasked }
    var rows: ErasureReceipt?
    if plan != nil {
      let receipt = try Self.naming { () throws(ErasureError) in try database.erase(erasure) }
      Self.write(ErasureText.text(receipt, folder: data.folder), &output)
      rows = receipt
    }
    // Last: where rows are refused, nothing is taken out of reports.
    let files = Result { try reportFiles(of: identity, removing: true) }
    let act: AdministrativeAct =
      if let rows {
        .userErased(
          receipt: rows.id,
          rows: rows.effect.tables.reduce(0) { $0 + $1.rowCount + $1.replacedRowCount })
      } else {
        .reportsErased(count: try files.get())
      }
    try CommandRecord.note(act, in: Engine(store: database.store))
    Self.write(ErasureText.text(ofReports: try files.get(), "gone"), &output)
  }

  /// `nil`: only reports have this user.
  private func plan(
    _ erasure: Erasure, _ database: Database, isInReports: Bool
  ) throws -> ErasurePlan? {
    do throws(ErasureError) {
      return try database.erasurePlan(erasure)
    } catch  where error.reason == .notFound && isInReports {
      return nil
    } catch {
      throw CommandFailure(error.message, hint: error.hint)
    }
  }

  private static func naming<Value>(_ body: () throws(ErasureError) -> Value) throws -> Value {
    do throws(ErasureError) { return try body() } catch {
      throw CommandFailure(error.message, hint: error.hint)
    }
  }

  private func reportFiles(of identity: String, removing: Bool) throws -> Int {
    guard let reports else { return 0 }
    let disk = DiskEnvironment.real
    let count: Int?
    do throws(PersistenceError) {
      let isThere = try disk.files.kind(of: reports) == .folder
      count =
        isThere
        ? try ReportFolder(reports, disk: disk).files(of: identity, removing: removing) : nil
    } catch {
      throw DataOptions.failure(error)
    }
    guard let count else {
      throw CommandFailure(
        "there is no folder '\(reports)'", hint: "--reports is what reports.folder is set to")
    }
    return count
  }

  private static func write(_ text: String, _ output: inout ByteOutput) {
    // What is done is done, whoever reads it.
    try? output.write(text)
    try? output.flush()
  }

  private static let unasked = CommandFailure(
    "nothing was changed", hint: "--yes erases without asking")

  private func agrees() throws -> Bool {
    if yes { return true }
    guard user != "-", isatty(STDIN_FILENO) == 1 else { throw Self.unasked }
    StandardError.write("Erase this user? [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  private func identity() throws -> String {
    guard user == "-" else { return user }
    guard let line = readLine(), !line.isEmpty else {
      throw CommandFailure("standard input names nobody", hint: "one line: the user")
    }
    return line
  }

  private func columns(of catalog: Catalog) -> [Erasure.Column] {
    let named = column.compactMap { Self.parts($0) }.map {
      Erasure.Column(table: $0.table, column: $0.column)
    }
    let replaced = replace.compactMap(Erasure.Column.init(replacing:))
    let deleted = (named.isEmpty ? catalog.erasureColumns : named).filter { column in
      !replaced.contains { $0.table == column.table && $0.column == column.column }
    }
    return deleted + replaced
  }

  private static func parts(_ name: String) -> (table: String, column: String)? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let column = name[name.index(after: dot)...]
    return column.isEmpty ? nil : (String(name[..<dot]), String(column))
  }
}
