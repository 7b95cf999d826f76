import Foundation
import Glibc
import Testing

/// Runs the built `daybook` at a terminal of its own: `^C` reaches it as from a keyboard.
final class PseudoTerminal {
  private let descriptor: Int32
  private let process: pid_t
  private var hasEnded = false
  private var bytes: [UInt8] = []

  init(_ arguments: [String]) throws {
    descriptor = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(descriptor >= 0 && grantpt(descriptor) == 0 && unlockpt(descriptor) == 0)
    let name = String(cString: try #require(ptsname(descriptor)))
    // Whoever opens a terminal in a session of its own without one gets it as its controlling one.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSID))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
    let binary = try Command.binary()
    var words = ([binary] + arguments).map { strdup($0) } + [nil]
    var variables =
      ["PATH=/usr/bin:/bin", "HOME=/nonexistent", "TERM=dumb"].map { strdup($0) } + [nil]
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, binary, &actions, &attributes, &words, &variables)
    try #require(code == 0, "\(binary) does not start")
    self.process = process
  }

  deinit {
    close(descriptor)
    if !hasEnded {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  /// All that was shown so far.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Reads until something is shown that was not before; false where it is not within a minute.
  func waits(for wanted: String) -> Bool {
    let seen = bytes.count
    while true {
      let added = String(decoding: bytes[seen...], as: UTF8.self)
      if added.contains(wanted) { return true }
      guard readMore() else { return false }
    }
  }

  func type(_ text: String) {
    var text = text
    _ = text.withUTF8 { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// ^C, to whoever has the terminal.
  func interrupt() { kill(-process, SIGINT) }

  /// Waits for the end; negative: a signal.
  func status() -> Int32 {
    while readMore() {}
    var state: Int32 = 0
    while waitpid(process, &state, 0) < 0, errno == EINTR {}
    hasEnded = true
    return state & 0x7f == 0 ? (state >> 8) & 0xff : -(state & 0x7f)
  }

  /// False once the terminal is closed or nothing is shown for a minute.
  private func readMore() -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, 60_000) > 0 else { return false }
    var block = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &block, block.count)
    guard count > 0 else { return false }
    bytes += block[..<count]
    return true
  }
}
