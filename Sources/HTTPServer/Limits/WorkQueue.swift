internal import NIOPosix
internal import Synchronization

/// The threads on which the engine's synchronous calls run: a fixed number, with a bounded line before
/// them. Event loops and the tasks of requests never block.
package final class WorkQueue: Sendable {
  package let threadCount: Int
  /// How many wait at most, beside those that run.
  package let largestWaitingCount: Int
  private let pool: NIOThreadPool
  private let admitted = Atomic<Int>(0)

  package init(threadCount: Int, largestWaitingCount: Int) {
    self.threadCount = threadCount
    self.largestWaitingCount = largestWaitingCount
    pool = NIOThreadPool(numberOfThreads: threadCount)
    pool.start()
  }

  /// Those that run and those that wait.
  package var count: Int { admitted.load(ordering: .relaxed) }

  /// Runs `body` on one of the threads. Too many at once are refused with 503.
  package func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let before = admitted.wrappingAdd(1, ordering: .relaxed).oldValue
    defer { admitted.wrappingSubtract(1, ordering: .relaxed) }
    guard before < threadCount + largestWaitingCount else {
      throw Problem.busy("\(before) requests are being answered or wait: try again in a second")
    }
    return try await pool.runIfActive { try body() }
  }

  /// To be called once, when nothing runs any more.
  package func stop() async { try? await pool.shutdownGracefully() }
}
