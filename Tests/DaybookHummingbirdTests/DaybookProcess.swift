import Foundation
import Glibc
import Testing

/// The built service, in a process that can be stopped and killed.
final class DaybookProcess {
  let port: Int
  let key: String
  let folder: String
  private let process: Process

  init() throws {
    var template = Array("/tmp/daybook-host-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    folder = String(cString: try #require(made))
    key = try Self.run([
      "emitter-key", "create", "--data", folder, "--organization", "acme", "--kind", "event",
      "--label", "host",
    ]).trimmingCharacters(in: .whitespacesAndNewlines)
    process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.binary())
    process.arguments = ["serve", "--data", folder, "--port", "0"]
    let log = folder + "/service.log"
    try Data().write(to: URL(fileURLWithPath: log))
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
    port = try Self.port(log, process)
  }

  /// Of `daybook serves http://127.0.0.1:40123`, which it says once it listens on a port of its choice: one
  /// that was free a moment ago may be somebody's by now.
  private static func port(_ log: String, _ process: Process) throws -> Int {
    while true {
      let isRunning = process.isRunning
      let text = try String(contentsOfFile: log, encoding: .utf8)
      if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("daybook serves http") }
      ),
        text.contains("\n"), let port = line.split(separator: ":").last.flatMap({ Int($0) })
      {
        return port
      }
      try #require(isRunning, "the service does not start: \(text)")
      usleep(10_000)
    }
  }

  deinit {
    resume()
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// It keeps its connections, and answers nothing.
  func stall() { Glibc.kill(process.processIdentifier, SIGSTOP) }
  func resume() { Glibc.kill(process.processIdentifier, SIGCONT) }

  func kill() {
    guard process.isRunning else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Of the tables that are on disk; the service must have ended.
  func query(_ sql: String) throws -> String {
    try Self.run(["query", "--data", folder, "--format", "csv", sql])
  }

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: try binary())
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments) failed")
    return String(decoding: text, as: UTF8.self)
  }

  /// Beside the test bundle.
  private static func binary() throws -> String {
    let path = try #require(realpath("/proc/self/exe", nil))
    defer { free(path) }
    let found = (CommandLine.arguments + [String(cString: path)]).lazy
      .compactMap { candidate in
        candidate.lastIndex(of: "/").map { candidate[..<$0] + "/daybook" }
      }
      .first { access(String($0), X_OK) == 0 }
    return String(try #require(found, "the daybook binary is not beside the tests"))
  }
}
