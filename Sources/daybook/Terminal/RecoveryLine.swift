import Persistence
import Synchronization

/// One line on the terminal while a folder is read, once that takes a while.
final class RecoveryLine: Sendable {
  private struct State {
    var shown: ContinuousClock.Instant?
    var isShown = false
  }

  private let folder: String
  private let terminal: Terminal
  private let start = ContinuousClock.now
  private let state = Mutex(State())
  private static let pause = Duration.milliseconds(100)

  init(folder: String, terminal: Terminal) {
    self.folder = folder
    self.terminal = terminal
  }

  func show(_ progress: RecoveryProgress) {
    guard let width = terminal.width else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      if let shown = state.shown, now - shown < Self.pause { return }
      state.shown = now
      state.isShown = true
      let text =
        switch progress {
        case .readingSnapshot(let byteCount, let total):
          "reading \(folder)  \(Readable.bytes(byteCount)) of \(Readable.bytes(total))"
        case .replaying(let count):
          "reading \(folder)  \(Readable.count(Int(clamping: count), "change")) of the journal"
        }
      StandardError.write("\r\u{1b}[K" + DisplayWidth.cut(text, to: width - 1))
    }
  }

  func clear() {
    state.withLock { state in
      guard terminal.isTerminal, state.isShown else { return }
      state.isShown = false
      StandardError.write("\r\u{1b}[K")
    }
  }
}
