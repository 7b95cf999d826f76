import Synchronization

/// One line on the terminal that says how far something is that is counted. Shows nothing where there
/// is no terminal.
final class ProgressLine: Sendable {
  private let title: String
  private let terminal: Terminal?
  private let start = ContinuousClock.now
  private let shown = Mutex<ContinuousClock.Instant?>(nil)
  private static let pause = Duration.milliseconds(100)

  init(title: String, terminal: Terminal?) {
    self.title = title
    self.terminal = terminal
  }

  /// `part` of `whole` are done.
  func show(rows: Int, part: Int, of whole: Int) {
    guard let width = terminal?.width else { return }
    let now = ContinuousClock.now
    shown.withLock { shown in
      if let last = shown, now - last < Self.pause { return }
      shown = now
      let share = whole > 0 ? Double(part) / Double(whole) : 1
      let full = Int(share * 20)
      let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
      let seconds = (now - start) / .seconds(1)
      let rate = seconds > 0.01 ? Double(rows) / seconds : 0
      let line =
        "\(title)  \(bar)  \(Int(share * 100)) %  \(Readable.short(Double(rows))) rows, "
        + "\(Readable.short(rate)) rows/s"
      StandardError.write("\r\u{1b}[K" + DisplayWidth.cut(line, to: width - 1))
    }
  }

  func clear() {
    shown.withLock { shown in
      guard shown != nil else { return }
      shown = nil
      StandardError.write("\r\u{1b}[K")
    }
  }
}
