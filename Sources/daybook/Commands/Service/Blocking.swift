@preconcurrency import Glibc
import Synchronization

/// Waits, in a command, for what is asynchronous.
enum Blocking {
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let box = Box<Value>()
    Task.detached {
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
      box.outcome.withLock { $0 = outcome }
      sem_post(box.signal)
    }
    while sem_wait(box.signal) != 0 {}
    guard let outcome = box.outcome.withLock({ $0 }) else { preconditionFailure("no outcome") }
    return try outcome.get()
  }

  /// `@unchecked Sendable`: a semaphore is for several threads.
  private final class Box<Value: Sendable>: @unchecked Sendable {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    let signal = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(signal, 0, 0) }

    deinit {
      sem_destroy(signal)
      signal.deallocate()
    }
  }
}
