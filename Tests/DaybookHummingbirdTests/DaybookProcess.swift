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
    port = try Self.freePort()
    key = try Self.run([
      "emitter-key", "create", "--data", folder, "--organization", "acme", "--kind", "event",
      "--label", "host",
    ]).trimmingCharacters(in: .whitespacesAndNewlines)
    process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.binary())
    process.arguments = ["serve", "--data", folder, "--port", "\(port)"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<2000 {
      if Self.answers(port) { return }
      try #require(process.isRunning, "the service does not start")
      usleep(10_000)
    }
    try #require(Self.answers(port), "the service does not listen")
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

  private static func socketAddress(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = socketAddress(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
      }
    }
    try #require(code == 0)
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func answers(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = socketAddress(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
