// Its headers bring the types of pthreads with them.
import CPgQuery
import Glibc

/// Runs parses on threads with a stack that the grammar cannot exhaust.
///
/// The threads are kept, and are few: the grammar takes a thread-specific key of the process for each
/// thread that it ever runs on and never gives it back, and there are 1,024. The stack is address
/// space; only touched pages cost.
enum ParserThread {
  static func run(_ text: TokenizedText) throws(QueryError) -> [Statement] {
    guard let threads else {
      throw QueryError(.outOfMemory, "no thread can be started to read the query")
    }
    let job = ParserJob(text)
    threads.run(job)
    return try job.outcome.get()
  }

  private static let threads = ParserThreads(count: 4)
}

/// What goes into a thread and comes out of it. Not shared: the parser touches it only between being
/// queued and `finished`, and whoever queued it only before and after.
private final class ParserJob {
  let text: TokenizedText
  var outcome: Result<[Statement], QueryError> = .failure(
    QueryError(.internalError, "the parser did not answer"))
  var isFinished = false

  init(_ text: TokenizedText) {
    self.text = text
  }

  func parse() {
    do throws(QueryError) {
      outcome = .success(try StatementReader(text: text).read())
    } catch {
      outcome = .failure(error)
    }
  }
}

/// Threads that live as long as the process, and the jobs that wait for them.
///
/// Sound because everything that changes is touched under `mutex` only.
private final class ParserThreads: @unchecked Sendable {
  private static let stackSize = 256 << 20

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let queued: UnsafeMutablePointer<pthread_cond_t>
  private let finished: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [ParserJob] = []

  /// `nil` when not even one thread can be started.
  init?(count: Int) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    queued = .allocate(capacity: 1)
    queued.initialize(to: pthread_cond_t())
    pthread_cond_init(queued, nil)
    finished = .allocate(capacity: 1)
    finished.initialize(to: pthread_cond_t())
    pthread_cond_init(finished, nil)
    guard (0..<count).count(where: { _ in startThread() }) > 0 else { return nil }
  }

  /// Waits until the job is done.
  func run(_ job: ParserJob) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(queued)
    while !job.isFinished { pthread_cond_wait(finished, mutex) }
    pthread_mutex_unlock(mutex)
  }

  private func work() {
    pthread_mutex_lock(mutex)
    while true {
      while jobs.isEmpty { pthread_cond_wait(queued, mutex) }
      let job = jobs.removeFirst()
      pthread_mutex_unlock(mutex)
      job.parse()
      pthread_mutex_lock(mutex)
      job.isFinished = true
      pthread_cond_broadcast(finished)
    }
  }

  private func startThread() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context {
          Unmanaged<ParserThreads>.fromOpaque(context).takeRetainedValue().work()
        }
        return nil
      }, context.toOpaque())
    if status != 0 { context.release() }
    return status == 0
  }
}
