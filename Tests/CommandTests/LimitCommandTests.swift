import Foundation
import Glibc
import Testing

/// Limits as users meet them: options, ^C, exit codes.
@Suite struct LimitCommandTests {
  /// Runs for as long as it may.
  private static let endless = "SELECT count(*) FROM generate_series(1, 9223372036854775807)"

  @Test func `a time-out ends a query with 1 and says how to get more time`() throws {
    for command in [
      try Command(["query", "--timeout", "20ms", Self.endless]),
      try Command(["query", "SET statement_timeout = '20ms'; \(Self.endless)"]),
    ] {
      #expect(command.status == 1)
      #expect(command.output == "")
      #expect(
        command.errors.hasPrefix("error: the query took longer than its time-out of 20 ms\n"))
      #expect(command.errors.contains("hint: SET statement_timeout"))
    }
  }

  @Test func `a memory limit ends a query with 1 and says what wanted the memory`() throws {
    let sql = "SELECT n, count(*) FROM generate_series(1, 3000000) AS t(n) GROUP BY n"
    let command = try Command(["query", "--max-memory", "4MB", sql])
    #expect(command.status == 1)
    #expect(command.output == "")
    #expect(
      command.errors.hasPrefix(
        "error: the query would need more than its memory limit of 4 MB: "))
  }

  @Test(arguments: [["--timeout", "soon"], ["--max-memory", "much"], ["--max-memory", "1kB"]])
  func `limits that are none are refused`(arguments: [String]) throws {
    let command = try Command(["query"] + arguments + ["SELECT 1"])
    #expect(command.status == 64)
    #expect(command.errors.contains(arguments[0]))
  }

  @Test func `an interrupt ends a query with 130, after what came before it was saved`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    _ = try Command(["load", try folder.write("t.csv", "a\n1\n"), "--data", data])
    let sql = "CREATE TABLE u (x bigint); SELECT 'begun' AS word; \(Self.endless); SELECT 2"
    let terminal = try PseudoTerminal(["query", "--data", data, "--format", "csv", sql])
    #expect(terminal.waits(for: "begun"))
    terminal.interrupt()
    #expect(terminal.status() == 130)
    #expect(terminal.text.contains("error: the query was cancelled"))
    let tables = try Command(["query", "--data", data, "--format", "csv", "SELECT count(*) FROM u"])
    #expect(tables.output.hasSuffix("\n0\n"), "\(tables.errors)")
  }

  @Test func `an interrupt in the shell ends the statement, not the shell`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    _ = try Command(["load", try folder.write("t.csv", "a\n1\n"), "--data", data])
    let terminal = try PseudoTerminal(["repl", "--data", data, "--format", "csv"])
    #expect(terminal.waits(for: "daybook> "))
    terminal.type("SELECT 'be' || 'gun' AS word; \(Self.endless);\n")
    #expect(terminal.waits(for: "begun"))
    terminal.interrupt()
    #expect(terminal.waits(for: "error: the query was cancelled"))
    terminal.type("SELECT 6 * 7 AS answer;\n")
    #expect(terminal.waits(for: "42"))
    terminal.type("\\q\n")
    #expect(terminal.status() == 0)
  }
}
