import Synchronization

/// Rows and time by operator of one query.
///
/// Operators are numbered in preorder of the plan: the root is 0, a join's left side comes before
/// its right.
public final class QueryProfile: Sendable {
  public struct Entry: Sendable {
    /// Rows that the operator gave to the one above.
    public var rows = 0
    /// Time spent in the operator and those below, added up over threads.
    public var busy = Duration.zero
    public var segmentsRead = 0
    public var segmentsSkipped = 0
    public var partitionsRead = 0
    public var partitionsSkipped = 0
  }

  private let entries = Mutex<[Int: Entry]>([:])

  public init() {}

  public subscript(operatorID: Int) -> Entry? {
    entries.withLock { $0[operatorID] }
  }

  func update(_ operatorID: Int, _ change: (inout Entry) -> Void) {
    entries.withLock { change(&$0[operatorID, default: Entry()]) }
  }
}
