import QueryExecution
import QueryLanguage
import Synchronization
import Testing

struct WorkerPoolTests {
  @Test(arguments: [1, 2, 5])
  func `every task runs once, whatever the number of threads`(threads: Int) throws {
    let pool = WorkerPool(threadCount: threads)
    for count in [0, 1, 2, 100] {
      let calls = Mutex([Int](repeating: 0, count: count))
      try pool.run(taskCount: count) { task throws(QueryError) in
        calls.withLock { $0[task] += 1 }
      }
      #expect(calls.withLock { $0 } == Array(repeating: 1, count: count))
    }
  }

  @Test(arguments: [1, 4])
  func `of several failures the lowest task's is thrown`(threads: Int) {
    let pool = WorkerPool(threadCount: threads)
    #expect(throws: QueryError(.divisionByZero, "task 3")) {
      try pool.run(taskCount: 50) { task throws(QueryError) in
        if task >= 3 { throw QueryError(.divisionByZero, "task \(task)") }
      }
    }
  }

  @Test func `queries of several threads share one pool`() async throws {
    let pool = WorkerPool(threadCount: 3)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let sum = Atomic<Int>(0)
          try pool.run(taskCount: 100) { task throws(QueryError) in
            sum.add(task, ordering: .relaxed)
          }
          return sum.load(ordering: .relaxed)
        }
      }
      for try await sum in group { #expect(sum == 4_950) }
    }
  }
}
