import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Ingestion
import Persistence
import QueryLanguage

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run SQL and print the answer.",
    discussion: """
      Several statements are separated by semicolons and run in order. Without SQL, or with -, \
      statements are read from standard input. Answers go to standard output, everything else to \
      standard error. Statements that change tables change the folder's tables too.

      Examples:
        daybook query "SELECT count(DISTINCT user_id) FROM events"
        daybook query --format csv "SELECT * FROM events" > all.csv
        daybook query "SELECT * FROM events WHERE ts >= \\$1" --param 2026-03-01
        daybook query --load my-shop.csv.gz "SELECT count(*) FROM my_shop"
        daybook query < report.sql
      """)

  @Argument(help: ArgumentHelp("Statements; - reads standard input.", valueName: "sql"))
  var sql: String?

  @Option(help: ArgumentHelp("How answers are written.", valueName: "format"))
  var format = ResultFormat.table

  @Option(
    name: .customLong("param"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Value of $1, $2, ... in the order given; read as what its place in the SQL wants.",
      valueName: "value"))
  var parameters: [String] = []

  @Flag(help: "Tell on standard error how many rows there were and how long it took.")
  var timing = false

  @Flag(
    help: """
      Tell on standard error what each answer rests on: the state of the tables, how much was read, \
      what is estimated.
      """)
  var receipt = false

  @Option(
    help: ArgumentHelp(
      """
      Ask this file, as a table named after it, instead of the folder (or beside it, where --data \
      is given). Nothing is saved. May be repeated.
      """, valueName: "file"), completion: .file())
  var load: [String] = []

  @Option(
    help: ArgumentHelp(
      "Format of those files: csv, tsv, semicolons, spaces or ndjson; otherwise found out.",
      valueName: "format"))
  var inputFormat: FileFormat?

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var sessionOptions: SessionOptions
  @OptionGroup(title: "Access") var accessOptions: AccessOptions
  @OptionGroup(title: "Options for --load") var loading: LoadingOptions

  func validate() throws {
    if load.filter({ $0 == "-" }).count > 0, sql == nil || sql == "-" {
      throw ValidationError("standard input cannot hold both the data and the SQL")
    }
  }

  /// Whether the statements may begin with an empty folder.
  private func makesTables(_ text: String) -> Bool {
    StatementSplitter.split(text).contains { statement in
      switch try? SQLParser.parseOne(statement).kind {
      case .createTable, .createDomain, .createView: true
      default: false
      }
    }
  }

  func run() throws {
    Interrupt.install()
    let text: String
    if let sql, sql != "-" {
      text = sql
    } else {
      if Terminal.isInputTerminal {
        StandardError.write("reading SQL from the terminal, up to ^D\n")
      }
      text = try StandardInput.readAll()
    }
    let database =
      load.isEmpty || dataOptions.data != nil
      ? try dataOptions.open("query", mayStart: makesTables(text)) : nil
    // What is asked beside loaded files is not kept.
    let store =
      load.isEmpty
      ? database?.store ?? Store() : Store(adopting: database?.store.catalog() ?? Catalog())
    for file in load {
      let name = file == "-" ? "stdin" : TableName.derived(from: file)
      guard let name else {
        throw CommandFailure("no table can be named after '\(file)'")
      }
      let options = try loading.loadOptions(format: inputFormat)
      let report = try FileLoading.load([file], into: name, of: store, options: options)
      if timing {
        StandardError.write(LoadReportText.text(report, table: name, terminal: .error))
      }
    }
    var session = sessionOptions.session
    session.access = try accessOptions.access()
    accessOptions.warnOfStrangers(in: store)
    var health: (@Sendable () -> DatabaseHealth)?
    if let database, load.isEmpty { health = { database.health } }
    var runner = StatementRunner(
      engine: Engine(store: store, history: dataOptions.history, health: health), session: session,
      format: format, showsTiming: timing)
    runner.showsReceipt = receipt
    runner.keepsRecord = database != nil && load.isEmpty
    let statements = StatementSplitter.split(text)
    if statements.isEmpty {
      throw CommandFailure(
        "there is no statement to run", hint: "daybook query \"SELECT 1\", or daybook repl")
    }
    let takesParameters = statements.map { !SQLParser.parameters(in: $0).isEmpty }
    if !parameters.isEmpty, !takesParameters.contains(true) {
      throw CommandFailure(
        "--param is given, but no statement has a parameter", hint: "write $1 where the value goes")
    }
    // What ran before a statement that fails stays done.
    let outcome = Result {
      for (statement, takes) in zip(statements, takesParameters) {
        try runner.run(statement, parameters: takes ? parameters.map { .text($0) } : [])
      }
    }
    if let database { try database.close(after: outcome) } else { try outcome.get() }
  }
}

enum StandardInput {
  static func readAll() throws -> String {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &block, block.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw CommandFailure("cannot read standard input: \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      bytes += block[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("the SQL on standard input is not UTF-8")
    }
    return text
  }
}
