import ArgumentParser
import Engine
@preconcurrency import Glibc
import Persistence
import QueryLanguage

struct SnapshotCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Write a snapshot of all tables, as CHECKPOINT does.",
    discussion: """
      The snapshot before it is kept, older ones go, and so does the journal up to it. A folder that \
      another process has for changes is refused: let that one run CHECKPOINT, or ask the service for one: \
      POST /api/admin/snapshots.

      Examples:
        daybook snapshot create
        daybook snapshot create --data /var/lib/daybook
      """)

  @OptionGroup var dataOptions: DataOptions

  func run() throws {
    let database = try dataOptions.open("snapshot create")
    let outcome = Result { () throws -> String in
      var session = Session()
      do throws(QueryError) {
        _ = try Engine(store: database.store).execute("CHECKPOINT", in: &session)
      } catch {
        throw CommandFailure(error.message, hint: error.hint)
      }
      guard let id = database.health.snapshot else { return "there is nothing to keep\n" }
      return "wrote snapshot \(id)\n"
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(try database.close(after: outcome))
    try output.flush()
  }
}
