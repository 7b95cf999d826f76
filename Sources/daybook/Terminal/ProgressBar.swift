import Ingestion
import Synchronization

/// One line on the terminal that says how far a load is. Shows nothing where there is no terminal.
final class ProgressBar: Sendable {
  private struct State {
    var start: ContinuousClock.Instant
    var shown: ContinuousClock.Instant?
    var attempt: Int?
  }

  private let title: String
  private let terminal: Terminal
  private let state: Mutex<State>
  private static let pause = Duration.milliseconds(100)

  init(title: String, terminal: Terminal) {
    self.title = title
    self.terminal = terminal
    state = Mutex(State(start: .now))
  }

  func show(_ progress: LoadProgress) {
    guard let width = terminal.width else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      // A load that starts anew starts its rate anew.
      if state.attempt != progress.attempt {
        state.attempt = progress.attempt
        state.start = now
      }
      if let shown = state.shown, now - shown < Self.pause { return }
      state.shown = now
      let line = Self.line(progress, title: title, elapsed: now - state.start)
      StandardError.write("\r\u{1b}[K" + DisplayWidth.cut(line, to: width - 1))
    }
  }

  func clear() {
    state.withLock { state in
      guard terminal.isTerminal, state.shown != nil else { return }
      state.shown = nil
      StandardError.write("\r\u{1b}[K")
    }
  }

  private static func line(_ progress: LoadProgress, title: String, elapsed: Duration) -> String {
    let seconds = elapsed / .seconds(1)
    let rate = seconds > 0.01 ? Double(progress.rows) / seconds : 0
    let rows = "\(Readable.short(Double(progress.rows))) rows, \(Readable.short(rate)) rows/s"
    guard let total = progress.totalBytes, total > 0 else {
      return "\(title)  \(Readable.bytes(progress.bytesRead))  \(rows)"
    }
    let share = min(1, Double(progress.bytesRead) / Double(total))
    let left = share > 0.01 ? Readable.milliseconds(seconds * 1_000 * (1 - share) / share) : "?"
    let full = Int(share * 20)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
    return "\(title)  \(bar)  \(Int(share * 100)) %  \(rows)  \(left) left"
  }
}
