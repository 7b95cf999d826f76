internal import Glibc

/// State that the journal's thread shares with those who wait for it.
///
/// Sound because the state is touched between locking and unlocking the mutex only.
final class JournalMonitor<State>: @unchecked Sendable {
  /// Who waits: the journal's thread for work, or all others for the thread. One side wakes the
  /// other, so that those who bring records do not wake each other.
  enum Side { case thread, callers }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let progress = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(work, &attributes)
    pthread_cond_init(progress, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(work)
    pthread_cond_destroy(progress)
    pthread_mutex_destroy(mutex)
    work.deallocate()
    progress.deallocate()
    mutex.deallocate()
  }

  func look<Value>(_ body: (State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(state)
  }

  private func condition(_ side: Side) -> UnsafeMutablePointer<pthread_cond_t> {
    side == .thread ? work : progress
  }

  /// Changes the state and wakes a side.
  func change<Value>(waking side: Side, _ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    pthread_cond_broadcast(condition(side))
    return body(&state)
  }

  /// Waits until `body` gives a value, then wakes the other side if it is to know; or until `limit`
  /// says that no time is left: then `nil`.
  func await<Value>(
    as side: Side, waking other: Side? = nil, limit: () -> Duration? = { nil },
    _ body: (inout State) -> Value?
  ) -> Value? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = body(&state) {
        if let other { pthread_cond_broadcast(condition(other)) }
        return value
      }
      guard let limit = limit() else {
        pthread_cond_wait(condition(side), mutex)
        continue
      }
      guard limit > .zero else { return nil }
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      // At most a second, so that a clock which stands still is asked again.
      let wait = min(limit, .seconds(1)) / .nanoseconds(1)
      let end = time.tv_nsec + Int(wait)
      time.tv_sec += end / 1_000_000_000
      time.tv_nsec = end % 1_000_000_000
      pthread_cond_timedwait(condition(side), mutex, &time)
    }
  }
}

/// A thread of its own; `join` waits for its end.
final class JournalThread: Sendable {
  private let thread: pthread_t

  /// Fails where the system has no threads left; `name` is for the error.
  init(
    named name: String = "the journal's thread", _ body: @escaping @Sendable () -> Void
  ) throws(PersistenceError) {
    let start = Unmanaged.passRetained(Start(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw .system(FileError(path: name, operation: "start", code: code))
    }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }

  private final class Start: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
