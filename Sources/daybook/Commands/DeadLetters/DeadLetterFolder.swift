import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import Platform
import QueryLanguage
import QueryPlanning

/// The dead letters of a data folder.
enum DeadLetterFolder {
  /// Answers a question to them with the folder unlocked. Returns how many rows there are.
  @discardableResult
  static func read(
    _ options: DataOptions, _ command: String, _ statement: SQLStatement, _ access: QueryAccess,
    _ format: ResultFormat, orBy endpoint: String
  ) throws -> Int {
    let database = try orService(endpoint) { try options.open(command) }
    return try database.close(
      after: Result {
        try requireLetters(database, options)
        var session = Session()
        session.access = access
        let result: QueryResult
        do throws(QueryError) {
          result = try Engine(store: database.store).execute(
            statement.sql, parameters: statement.parameters, in: &session)
        } catch {
          throw CommandFailure(error.message, hint: error.hint)
        }
        guard result.rowCount > 0 || format != .table else { return 0 }
        var output = ByteOutput(STDOUT_FILENO)
        try format.write(result, timeZone: .utc, terminal: .output, to: &output)
        try output.flush()
        return result.rowCount
      })
  }

  /// Says what to ask instead where a service has the folder.
  static func orService<Value>(_ endpoint: String, _ open: () throws -> Value) throws -> Value {
    do {
      return try open()
    } catch let failure as CommandFailure where failure.isFolderInUse {
      throw CommandFailure(
        rendered: failure.description + "\nhint: a service that runs has them: \(endpoint)",
        exitCode: failure.exitCode)
    }
  }

  static func requireLetters(_ database: Database, _ options: DataOptions) throws {
    guard database.store.catalog().tables[DeadLetterQuery.table] != nil else {
      throw CommandFailure(
        "there are no dead letters in '\(options.folder)': no service has run on it",
        hint: "name the folder: --data")
    }
  }
}
