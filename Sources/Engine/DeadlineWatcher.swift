import Glibc
import QueryExecution

/// One thread that tells statements when their time is over, so that no loop has to read a clock.
///
/// Started by the first statement that has a deadline.
final class DeadlineWatcher: @unchecked Sendable {
  private struct Watch {
    var due: ContinuousClock.Instant
    var token: CancellationToken
  }

  /// Everything below is touched under the mutex only.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var watches: [ObjectIdentifier: Watch] = [:]
  private var isRunning = false

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A clock that is set back must not give a query more time.
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

  /// Calls `timeOut` of the token when the time is over. Without a thread to spare nobody does.
  func watch(_ token: CancellationToken, timeout: Duration) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if !isRunning {
      guard startThread() else { return }
      isRunning = true
    }
    watches[ObjectIdentifier(token)] = Watch(due: .now + timeout, token: token)
    pthread_cond_signal(condition)
  }

  func forget(_ token: CancellationToken) {
    pthread_mutex_lock(mutex)
    watches[ObjectIdentifier(token)] = nil
    pthread_mutex_unlock(mutex)
  }

  private func startThread() -> Bool {
    var thread = pthread_t()
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<DeadlineWatcher>.fromOpaque(context).takeRetainedValue().loop()
        return nil
      }, context.toOpaque())
    if code != 0 { context.release() }
    return code == 0
  }

  private func loop() {
    pthread_mutex_lock(mutex)
    while true {
      let now = ContinuousClock.now
      for (id, watch) in watches where watch.due <= now {
        watch.token.timeOut()
        watches[id] = nil
      }
      // With nobody to watch it stays a second longer, in case another statement follows.
      let next = watches.values.map(\.due).min()
      var time = Self.monotonicTime(after: next.map { $0 - now } ?? .seconds(1))
      let outcome = pthread_cond_timedwait(condition, mutex, &time)
      if next == nil, outcome == ETIMEDOUT, watches.isEmpty { break }
    }
    isRunning = false
    pthread_mutex_unlock(mutex)
  }

  private static func monotonicTime(after wait: Duration) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let (seconds, attoseconds) = max(wait, .zero).components
    // A day at most: later deadlines are looked at again then.
    time.tv_sec += Int(min(seconds, 86_400))
    time.tv_nsec += Int(attoseconds / 1_000_000_000)
    if time.tv_nsec >= 1_000_000_000 {
      time.tv_sec += 1
      time.tv_nsec -= 1_000_000_000
    }
    return time
  }
}
