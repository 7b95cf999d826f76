internal import Glibc

/// What only the one writer of a store touches, and the lock that makes it the only one.
///
/// Sound because the rest is touched between `lock` and `unlock` only. Not a `Mutex`, since a
/// transaction lasts as long as its caller's code, which may throw anything.
final class Writer: @unchecked Sendable {
  /// With all changes that were submitted.
  var head: Catalog
  var tables: [String: TableWriter] = [:]
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init(head: Catalog) {
    self.head = head
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() {
    let result = pthread_mutex_lock(mutex)
    precondition(result == 0, "a store was changed from inside of its own transaction")
  }

  func unlock() {
    pthread_mutex_unlock(mutex)
  }
}
