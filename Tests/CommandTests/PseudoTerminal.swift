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
    // What posix_openpt, unlockpt and ptsname do, which the C library hides from Swift.
    let (setsLock, getsNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    var number: Int32 = 0
    try #require(
      descriptor >= 0 && ioctl(descriptor, setsLock, &isLocked) == 0
        && ioctl(descriptor, getsNumber, &number) == 0)
    let name = "/dev/pts/\(number)"
    // Whoever opens a terminal in a session of its own without one gets it as its controlling one.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Whoever runs the tests may ignore ^C, or hold it back: the process does as it does by default.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // And POSIX_SPAWN_SETSID, which the C library hides from Swift.
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | 0x80)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
    let binary = try Command.binary()
    var words = Self.copies([binary] + arguments)
    var variables = Self.copies(["PATH=/usr/bin:/bin", "HOME=/nonexistent", "TERM=dumb"])
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, binary, &actions, &attributes, &words, &variables)
    try #require(code == 0, "\(binary) does not start")
    self.process = process
  }

  /// As C wants a list of strings: with `nil` at its end, to be freed.
  private static func copies(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var copies: [UnsafeMutablePointer<CChar>?] = []
    for word in words { copies.append(strdup(word)) }
    return copies + [nil]
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

  func send(_ signal: Int32) { kill(process, signal) }

  /// ^C, to whoever has the terminal, once what was shown last has ended and the next has begun.
  func interrupt() {
    usleep(500_000)
    kill(-process, SIGINT)
  }

  /// Waits for the end; negative: a signal.
  func status() -> Int32 {
    while readMore() {}
    var state: Int32 = 0
    for _ in 0..<600 {
      if waitpid(process, &state, WNOHANG) == process {
        hasEnded = true
        return Self.exitCode(state)
      }
      usleep(100_000)
    }
    // It has not ended by itself.
    return -1
  }

  private static func exitCode(_ state: Int32) -> Int32 {
    state & 0x7f == 0 ? (state >> 8) & 0xff : -(state & 0x7f)
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
