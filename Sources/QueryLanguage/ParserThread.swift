// Its headers bring the types of pthreads with them.
import CPgQuery
import Glibc

/// Runs a parse on a thread with a stack that the grammar cannot exhaust.
///
/// The thread lives for one parse: starting it costs 30 to 50 µs, and a pool would keep its stack
/// pages and the grammar's memory for ever. The stack is address space; only touched pages cost.
enum ParserThread {
  private static let stackSize = 256 << 20

  /// What goes into the thread and comes out of it. Not shared: the starting thread touches it
  /// only before the start and after the join.
  private final class Job {
    let text: TokenizedText
    var outcome: Result<[Statement], QueryError> = .failure(
      QueryError(.internalError, "the parser did not answer"))

    init(_ text: TokenizedText) {
      self.text = text
    }
  }

  static func run(_ text: TokenizedText) throws(QueryError) -> [Statement] {
    let job = Job(text)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(job)
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
        do throws(QueryError) {
          job.outcome = .success(try StatementReader(text: job.text).read())
        } catch {
          job.outcome = .failure(error)
        }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw QueryError(.outOfMemory, "no thread can be started to read the query")
    }
    pthread_join(thread, nil)
    return try job.outcome.get()
  }
}
