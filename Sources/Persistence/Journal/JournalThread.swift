internal import Glibc

/// State that the journal's thread shares with those who wait for it.
///
/// Sound because the state is touched between locking and unlocking the mutex only.
final class JournalMonitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func look<Value>(_ body: (State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(state)
  }

  /// Changes the state and wakes all who wait.
  func change<Value>(_ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    pthread_cond_broadcast(condition)
    return body(&state)
  }

  /// Waits until `body` gives a value, or `limit` asks to stop waiting by giving no time more: then
  /// `nil`.
  func await<Value>(
    limit: () -> Duration? = { nil }, _ body: (inout State) -> Value?
  ) -> Value? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = body(&state) {
        pthread_cond_broadcast(condition)
        return value
      }
      guard let limit = limit() else {
        pthread_cond_wait(condition, mutex)
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
      pthread_cond_timedwait(condition, mutex, &time)
    }
  }
}

/// A thread of its own; `join` waits for its end.
final class JournalThread: Sendable {
  private let thread: pthread_t

  /// Fails where the system has no threads left.
  init(_ body: @escaping @Sendable () -> Void) throws(PersistenceError) {
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
      throw .system(FileError(path: "the journal's thread", operation: "start", code: code))
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
