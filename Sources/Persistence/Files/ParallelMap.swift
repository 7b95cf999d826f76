internal import ColumnStore
internal import Synchronization

extension Array where Element: Sendable {
  /// Applies `transform` to all elements on several threads; the first failure ends it.
  func mapInParallel<Result: Sendable>(
    threads: Int, _ transform: @escaping @Sendable (Element) throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> [Result] {
    let results = Mutex<[Result?]>(map { _ in nil })
    let failure = Mutex(FirstFailure())
    inParallel(count, threads: threads) { index in
      guard failure.withLock({ $0.error == nil }) else { return }
      do throws(PersistenceError) {
        let result = try transform(self[index])
        results.withLock { $0[index] = result }
      } catch {
        failure.withLock { $0.note(error) }
      }
    }
    if let error = failure.withLock({ $0.error }) { throw error }
    return results.withLock { $0.compactMap(\.self) }
  }
}

/// The first failure of work that is spread over threads.
private struct FirstFailure: Sendable {
  private(set) var error: PersistenceError?

  mutating func note(_ error: PersistenceError) {
    if self.error == nil { self.error = error }
  }
}

extension [UInt8] {
  /// As `withUnsafeBytes`, which forgets the type of the error.
  func withUnsafeBytesTyped<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(bytes))
    }
  }
}
