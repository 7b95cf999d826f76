@preconcurrency import Glibc

/// What the operating system tells a service: to stop, to stop at once, to read its keys again.
///
/// The signals wait for one thread, which may do all that a thread may do.
enum StopSignals {
  private final class Handlers: Sendable {
    let stop: @Sendable () -> Void
    let reload: @Sendable () -> Void

    init(_ stop: @escaping @Sendable () -> Void, _ reload: @escaping @Sendable () -> Void) {
      self.stop = stop
      self.reload = reload
    }
  }

  /// To be called before other threads are started: these must have the signals blocked too.
  static func block() {
    var signals = set
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// The first SIGTERM or SIGINT calls `stop`; the second one ends the process at once.
  static func handle(
    stop: @escaping @Sendable () -> Void, reload: @escaping @Sendable () -> Void
  ) {
    var thread = pthread_t()
    let handlers = Unmanaged.passRetained(Handlers(stop, reload))
    let code = pthread_create(
      &thread, nil,
      { handlers in
        guard let handlers else { return nil }
        StopSignals.wait(Unmanaged<Handlers>.fromOpaque(handlers).takeRetainedValue())
      }, handlers.toOpaque())
    if code == 0 { pthread_detach(thread) }
  }

  private static func wait(_ handlers: Handlers) -> Never {
    var signals = set
    var isStopping = false
    while true {
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { continue }
      if signal == SIGHUP {
        handlers.reload()
      } else if isStopping {
        _exit(128 + signal)
      } else {
        isStopping = true
        handlers.stop()
      }
    }
  }

  private static var set: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    return signals
  }
}
