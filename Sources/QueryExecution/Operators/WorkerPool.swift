import Glibc
public import QueryLanguage
import Synchronization

/// The engine's own threads, which share the morsels of each query.
///
/// The caller of `run` works too, so that a pool of n threads starts n - 1. Threads wait for work
/// for as long as the pool lives.
public final class WorkerPool: Sendable {
  public let threadCount: Int
  private let queue: JobQueue

  public init(threadCount: Int = WorkerPool.coreCount) {
    self.threadCount = max(threadCount, 1)
    queue = JobQueue()
    for _ in 1..<self.threadCount { queue.startThread() }
  }

  deinit {
    queue.close()
  }

  public static var coreCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

  /// Calls `body` once for each task, on at most `threads` threads, and returns when all are done.
  ///
  /// Tasks start in ascending order. After a failure no further task starts; of several failures
  /// the one of the lowest task is thrown, which is the same on any number of threads.
  public func run(
    taskCount: Int, threads: Int? = nil,
    _ body: @Sendable (Int) throws(QueryError) -> Void
  ) throws(QueryError) {
    guard taskCount > 0 else { return }
    let limit = min(threads ?? threadCount, threadCount)
    if limit <= 1 || taskCount == 1 {
      for task in 0..<taskCount { try body(task) }
      return
    }
    let failure = withoutActuallyEscaping(body) { body in
      let job = Job(taskCount: taskCount, helperLimit: limit - 1, body: body)
      queue.add(job)
      job.work()
      queue.remove(job)
      job.waitForHelpers()
      // A helper may hold the job a moment longer, but must not hold the body.
      job.releaseBody()
      return job.failure
    }
    if let failure { throw failure }
  }
}

/// One call of `run`.
private final class Job: @unchecked Sendable {
  private struct State {
    var failure: (task: Int, error: QueryError)?
    var helpers = 0
  }

  private let taskCount: Int
  private let helperLimit: Int
  private var body: (@Sendable (Int) throws(QueryError) -> Void)?
  private let next = Atomic<Int>(0)
  private let state = Mutex(State())
  private let idle = ConditionLock()

  init(
    taskCount: Int, helperLimit: Int, body: @escaping @Sendable (Int) throws(QueryError) -> Void
  ) {
    self.taskCount = taskCount
    self.helperLimit = helperLimit
    self.body = body
  }

  var failure: QueryError? { state.withLock { $0.failure?.error } }
  var hasWork: Bool { next.load(ordering: .relaxed) < taskCount }

  /// Takes a place among the helpers, if there is one.
  func join() -> Bool {
    state.withLock { state in
      guard state.helpers < helperLimit, hasWork else { return false }
      state.helpers += 1
      return true
    }
  }

  func leave() {
    idle.signal { state.withLock { $0.helpers -= 1 } }
  }

  /// After this nobody may work on the job.
  func releaseBody() { body = nil }

  func work() {
    guard let body else { return }
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard task < taskCount else { return }
      do throws(QueryError) {
        try body(task)
      } catch {
        state.withLock { state in
          if state.failure.map({ task < $0.task }) ?? true { state.failure = (task, error) }
        }
        next.store(taskCount, ordering: .relaxed)
        return
      }
    }
  }

  func waitForHelpers() {
    idle.wait { state.withLock { $0.helpers == 0 } }
  }
}

/// The jobs that still have tasks to hand out, and the threads that take them.
private final class JobQueue: @unchecked Sendable {
  private var jobs: [Job] = []
  private var isClosed = false
  private let condition = ConditionLock()

  func add(_ job: Job) {
    condition.signal { jobs.append(job) }
  }

  func remove(_ job: Job) {
    condition.signal { jobs.removeAll { $0 === job } }
  }

  func close() {
    condition.signal { isClosed = true }
  }

  func startThread() {
    var thread = pthread_t()
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    pthread_attr_setstacksize(attributes, 8 << 20)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().loop()
        return nil
      }, context.toOpaque())
    // Without a helper the callers do the work alone.
    if code != 0 { context.release() }
    pthread_attr_destroy(attributes)
  }

  private func loop() {
    while let job = take() {
      job.work()
      job.leave()
    }
  }

  private func take() -> Job? {
    var taken: Job?
    condition.wait {
      if isClosed { return true }
      taken = jobs.first { $0.join() }
      return taken != nil
    }
    return taken
  }
}

/// A mutex with a condition to wait for.
final class ConditionLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes something under the lock and wakes all who wait.
  func signal(_ change: () -> Void) {
    pthread_mutex_lock(mutex)
    change()
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Waits until `holds`, which is called under the lock.
  func wait(_ holds: () -> Bool) {
    pthread_mutex_lock(mutex)
    while !holds() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
