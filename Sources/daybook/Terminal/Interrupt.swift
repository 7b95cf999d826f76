@preconcurrency import Glibc
import Synchronization

/// What ^C does while statements run: the first cancels the statement, the second ends the process.
///
/// No signal handler: the signal is blocked in all threads, and one of them waits for it, so that
/// everything may be called that a thread may call. Between statements ^C ends the process as it
/// does by default.
enum Interrupt {
  /// As shells have it for a process that SIGINT ended.
  static let exitCode: Int32 = 128 + SIGINT

  private struct State {
    var isInstalled = false
    var cancel: (@Sendable () -> Void)?
  }

  private static let state = Mutex(State())
  private static let isRequested = Atomic<Bool>(false)

  /// Whether the statement that runs, or whose answer is written, has to stop.
  static var isPending: Bool { isRequested.load(ordering: .relaxed) }

  /// To be called before other threads are started: these must have the signal blocked too.
  static func install() {
    let isFirst = state.withLock { state in
      defer { state.isInstalled = true }
      return !state.isInstalled
    }
    guard isFirst else { return }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { _ in
        Interrupt.wait()
        return nil
      }, nil)
    if code == 0 {
      pthread_detach(thread)
    } else {
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
  }

  /// Runs `body`; ^C meanwhile calls `cancel`, on another thread.
  static func cancelling<Result>(
    with cancel: @escaping @Sendable () -> Void, _ body: () throws -> Result
  ) rethrows -> Result {
    isRequested.store(false, ordering: .relaxed)
    state.withLock { $0.cancel = cancel }
    defer {
      state.withLock { $0.cancel = nil }
      isRequested.store(false, ordering: .relaxed)
    }
    return try body()
  }

  private static func wait() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    while true {
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { continue }
      // Under the lock, so that a statement that ends meanwhile is not mistaken for the next one.
      state.withLock { state in
        guard let cancel = state.cancel else { return end(signals) }
        if isRequested.exchange(true, ordering: .relaxed) { _exit(exitCode) }
        cancel()
      }
    }
  }

  /// As if nobody had waited for the signal.
  private static func end(_ signals: sigset_t) {
    var signals = signals
    signal(SIGINT, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    kill(getpid(), SIGINT)
  }
}
