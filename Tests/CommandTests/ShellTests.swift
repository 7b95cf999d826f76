import Testing

/// How the shell takes what is no SQL.
@Suite struct ShellTests {
  private func shell(_ input: String) throws -> Command {
    try Command(["repl", "--format", "csv"], input: input)
  }

  @Test(arguments: ["exit", "quit", "QUIT;", "  exit ;", "\\q"])
  func `words of farewell end it where a statement would begin`(word: String) throws {
    let command = try shell("SELECT 1 AS a;\n\(word)\nSELECT 2 AS b;\n")
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.output == "a\n1\n")
    #expect(command.errors.isEmpty)
  }

  @Test func `a backslash is obeyed in the middle of a statement, which goes on after it`() throws {
    let command = try shell("SELECT 1\n\\format ndjson\nAS a;\nSELECT 2\n\\q\n")
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.output == "{\"a\":1}\n")
  }

  @Test func `in quotes and among words of a statement they are text`() throws {
    let command = try shell("SELECT '\n\\q\n' AS a;\nSELECT 2 AS\nexit\n;\n")
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.output == "a\n\"\n\\q\n\"\nexit\n2\n")
  }

  @Test func `at a terminal, somebody who is caught in a statement is told the way out`() throws {
    let folder = try TemporaryFolder()
    let terminal = try PseudoTerminal(["repl", "--data", folder.path + "/data"])
    #expect(terminal.waits(for: "daybook> "), "\(terminal.text)")
    terminal.type("select 1\r")
    #expect(terminal.waits(for: "-> "), "\(terminal.text)")
    terminal.type("exit\r")
    // The hint comes before the next prompt.
    #expect(terminal.waits(for: "-> "), "\(terminal.text)")
    #expect(terminal.text.contains("\\q leaves"), "\(terminal.text)")
    terminal.type("\\q\r")
    #expect(terminal.status() == 0, "\(terminal.text)")
  }
}
