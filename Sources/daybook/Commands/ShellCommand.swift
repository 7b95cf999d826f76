import ArgumentParser
import ColumnStore
import Engine
import Persistence

struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Open the SQL shell.",
    discussion: """
      Statements end with a semicolon and may take several lines. Tab completes keywords, tables and \
      columns; the history is kept in ~/.daybook_history, or where $DAYBOOK_HISTORY says. \\? lists \
      the shell's own commands. Where standard input is no terminal, statements are read from it \
      without prompts, and an error makes the exit code 1.

      Examples:
        daybook repl
        daybook repl --data archive --timezone Europe/Berlin
        echo "SELECT 1;" | daybook repl
      """)

  @Option(help: ArgumentHelp("How answers are written.", valueName: "format"))
  var format = ResultFormat.table

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var sessionOptions: SessionOptions
  @OptionGroup(title: "Access") var accessOptions: AccessOptions

  /// The shell is what runs where no command is named, so a command that is not known ends up here.
  @Argument(help: .hidden)
  var unknown: [String] = []

  func run() throws {
    if let word = unknown.first { throw DaybookCommand.unknown(word) }
    Interrupt.install()
    let database = try dataOptions.open("repl", mayStart: true)
    var session = sessionOptions.session
    session.access = try accessOptions.access()
    accessOptions.warnOfStrangers(in: database.store)
    var runner = StatementRunner(
      engine: Engine(
        store: database.store, history: dataOptions.history, health: { database.health }),
      session: session, format: format, showsTiming: false)
    runner.keepsRecord = true
    var shell = Shell(
      runner: runner, folder: dataOptions.folder, status: { database.health })
    let outcome = Result {
      // A shell may stay open for days.
      try database.startCheckpoints()
      try Terminal.isInputTerminal ? shell.converse() : shell.readAll()
    }
    try database.close(after: outcome)
  }
}
