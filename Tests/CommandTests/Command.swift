import Foundation
import Glibc
import Testing

/// Runs the built `daybook` and keeps what it says.
struct Command {
  let status: Int32
  let output: String
  let errors: String

  /// `input` is what standard input holds; pipes and files, never a terminal. `wrapper` is a command
  /// that runs the one behind it, with limits or as another user.
  init(
    _ arguments: [String], input: String = "", environment: [String] = [],
    through wrapper: [String] = []
  ) throws {
    let folder = try TemporaryFolder()
    let inputPath = folder.path + "/in"
    try folder.write("in", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputPath, O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder.path + "/out", flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder.path + "/err", flags, 0o600)
    let binary = try Self.binary()
    var process: pid_t = 0
    let program = wrapper.first ?? binary
    var words = (wrapper + [binary] + arguments).map { strdup($0) } + [nil]
    var variables =
      (["PATH=/usr/bin:/bin", "HOME=\(folder.path)"] + environment).map { strdup($0) } + [nil]
    defer { for word in words + variables { free(word) } }
    let code = posix_spawn(&process, program, &actions, nil, &words, &variables)
    try #require(code == 0, "\(program) does not start")
    var state: Int32 = 0
    while waitpid(process, &state, 0) < 0, errno == EINTR {}
    // Ended by a signal: negative, so that no test takes it for an exit code.
    status = state & 0x7f == 0 ? (state >> 8) & 0xff : -(state & 0x7f)
    output = try folder.read("out")
    errors = try folder.read("err")
  }

  /// Beside the test bundle.
  static func binary(_ name: String = "daybook") throws -> String {
    let path = try #require(realpath("/proc/self/exe", nil))
    defer { free(path) }
    // The bundle may be run by a helper of the toolchain: then it is named among the arguments.
    let candidates = CommandLine.arguments + [String(cString: path)]
    for candidate in candidates {
      guard let slash = candidate.lastIndex(of: "/") else { continue }
      let binary = candidate[..<slash] + "/\(name)"
      if access(String(binary), X_OK) == 0 { return String(binary) }
    }
    let unknown: String? = nil
    return try #require(unknown, "the \(name) binary is not beside the tests")
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/daybook-tests-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    path = String(cString: try #require(made))
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = try #require(fopen(path + "/" + name, "w"))
    defer { fclose(file) }
    var text = text
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
    try #require(written == text.utf8.count)
    return path + "/" + name
  }

  func read(_ name: String) throws -> String {
    let file = try #require(fopen(path + "/" + name, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }
}
