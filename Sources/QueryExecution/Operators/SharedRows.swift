import Synchronization

/// Rows of plans that stand in several places of one query, by the plan's number.
final class SharedRows: Sendable {
  private let batches = Mutex<[Int: [Batch]]>([:])

  subscript(id: Int) -> [Batch]? {
    get { batches.withLock { $0[id] } }
    set { batches.withLock { $0[id] = newValue } }
  }
}
