internal import Dispatch
internal import Glibc
internal import Synchronization

/// Calls `body` with 0 ..< `count`, each once, on up to `threads` threads (all cores by default);
/// returns when all calls have. For loading and saving; queries have threads of their own.
package func inParallel(
  _ count: Int, threads: Int? = nil, _ body: @escaping @Sendable (Int) -> Void
) {
  let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  let workers = min(count, max(1, threads ?? cores))
  guard workers > 1 else {
    for index in 0..<count { body(index) }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
    }
  }
}
