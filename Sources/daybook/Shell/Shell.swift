import ArgumentParser
import ColumnStore
import Engine
import Persistence

/// The shell: collects statements line by line, runs them, and obeys its own commands (`\q`).
struct Shell {
  private var runner: StatementRunner
  private let folder: String
  private let status: () -> DatabaseHealth
  private var splitter = StatementSplitter()
  private var hasFailed = false

  init(runner: StatementRunner, folder: String, status: @escaping () -> DatabaseHealth) {
    self.runner = runner
    self.folder = folder
    self.status = status
  }

  /// What a line was.
  private enum Taken {
    case text
    case command
    case farewell
  }

  /// At a terminal: prompts, and goes on after errors.
  mutating func converse() throws {
    runner.isInteractive = true
    let store = runner.engine.store
    let editor = LineEditor(historyPath: Self.historyPath) {
      Completion(catalog: store.catalog()).candidates(for: $0)
    }
    guard let editor else { throw CommandFailure("the terminal cannot be read from") }
    StandardError.write(greeting)
    var lines: [String] = []
    while true {
      switch editor.read(prompt: lines.isEmpty ? "daybook> " : "     -> ") {
      case .interrupted:
        splitter.drop()
        lines = []
      case .end:
        StandardError.write("\n")
        return
      case .text(let line):
        if line.allSatisfy(\.isWhitespace), lines.isEmpty { continue }
        let isInside = !lines.isEmpty
        let taken = try take(line)
        if case .command = taken, isInside {
          // What was begun goes on after it.
          remember([line], editor)
          continue
        }
        lines.append(line)
        if splitter.isBlank {
          remember(lines, editor)
          lines = []
        }
        if case .farewell = taken { return }
      }
    }
  }

  /// From a pipe or file: no prompts; fails at the end if a statement did.
  mutating func readAll() throws {
    let text = try StandardInput.readAll()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if case .farewell = try take(String(line)) { break }
    }
    if let statement = splitter.finish() { try run(statement) }
    // Each error was told where it happened.
    if hasFailed { throw ExitCode.failure }
  }

  private mutating func take(_ line: String) throws -> Taken {
    if splitter.isBlank {
      if let command = MetaCommand(line) ?? MetaCommand(word: line) {
        splitter.drop()
        return try obey(command)
      }
    } else if splitter.isOutsideQuotes, let command = MetaCommand(line) {
      // No SQL begins with a backslash.
      return try obey(command)
    } else if runner.isInteractive, Self.wantsToLeave(line) {
      StandardError.write(
        splitter.isOutsideQuotes
          ? "hint: a statement is begun: a semicolon ends it, ^C drops it, \\q leaves\n"
          : "hint: a quote or a comment is open: ^C drops the statement, ^D leaves\n")
    }
    for statement in splitter.add(line + "\n") { try run(statement) }
    return .text
  }

  /// Whether a line is what somebody types who is caught in a statement. It may still be a part of it.
  private static func wantsToLeave(_ line: String) -> Bool {
    MetaCommand(line) == .quit || MetaCommand(word: line) == .quit
  }

  private mutating func run(_ statement: String, isDescription: Bool = false) throws {
    do {
      try runner.run(statement, isDescription: isDescription)
    } catch let failure as CommandFailure {
      // At a terminal ^C stops one statement, in a script all of them.
      if failure.isInterrupt, !runner.isInteractive { throw failure }
      hasFailed = true
      StandardError.write(failure.description + "\n")
    }
  }

  private mutating func obey(_ command: MetaCommand) throws -> Taken {
    switch command {
    case .quit:
      splitter.drop()
      return .farewell
    case .help: StandardError.write(MetaCommand.summary)
    case .tables: try run("SHOW TABLES", isDescription: true)
    case .describe(let table):
      try run("DESCRIBE \(MetaCommand.quoted(table))", isDescription: true)
    case .status: StandardError.write(StatusText.text(status()))
    case .timing(let isOn):
      runner.showsTiming = isOn ?? !runner.showsTiming
      StandardError.write("timing is \(runner.showsTiming ? "on" : "off")\n")
    case .receipt(let isOn):
      runner.showsReceipt = isOn ?? !runner.showsReceipt
      StandardError.write("receipts are \(runner.showsReceipt ? "on" : "off")\n")
    case .format(let format):
      runner.format = format
      StandardError.write("answers are written as \(format.rawValue)\n")
    case .unknown(let message):
      hasFailed = true
      StandardError.write("error: \(message)\nhint: \\? lists the shell's commands\n")
    }
    return .command
  }

  private var greeting: String {
    let tables = runner.engine.store.catalog().tables.count
    return """
      daybook \(daybookVersion), \(Readable.count(tables, "table")) in \(folder). \
      \\? for help, \\q to leave.\n
      """
  }

  /// A statement of several lines becomes one, so that it comes back whole; with a comment to the
  /// end of a line that would change its meaning, and the lines are kept apart.
  private func remember(_ lines: [String], _ editor: LineEditor) {
    if lines.contains(where: { $0.contains("--") }) {
      for line in lines { editor.remember(line) }
    } else {
      editor.remember(lines.joined(separator: " "))
    }
  }

  private static var historyPath: String? {
    Terminal.variable("DAYBOOK_HISTORY")
      ?? Terminal.variable("HOME").map { $0 + "/.daybook_history" }
  }
}
