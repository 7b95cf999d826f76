import Synchronization

/// Rows and time by operator of one query.
///
/// Operators are numbered in preorder of the plan: the root is 0, a join's left side comes before
/// its right.
public final class QueryProfile: Sendable {
  /// What a join expects of its inputs, in rows.
  public struct JoinSides: Sendable {
    public var left: Int
    public var right: Int
    /// Whether the left side is kept in memory, and not the right one.
    public var buildsLeft: Bool
  }

  public struct Entry: Sendable {
    /// Rows that the operator gave to the one above.
    public var rows = 0
    /// Time of an operator that reads its input to the end, without those below, added up over
    /// threads.
    public var own = Duration.zero
    /// Time of a pipelined operator and the pipelined ones below it, added up over threads.
    public var pipelined = Duration.zero
    public var segmentsRead = 0
    public var segmentsSkipped = 0
    /// For an aggregation: segments that it did not ask for, since their part was known.
    public var segmentsCached = 0
    public var partitionsRead = 0
    public var partitionsSkipped = 0
    public var joinSides: JoinSides?
  }

  private let entries = Mutex<[Int: Entry]>([:])

  public init() {}

  public subscript(operatorID: Int) -> Entry? {
    entries.withLock { $0[operatorID] }
  }

  /// Takes the time until `stop`.
  func start() -> Timer { Timer(profile: self, begin: ContinuousClock().now) }

  struct Timer {
    fileprivate let profile: QueryProfile
    fileprivate let begin: ContinuousClock.Instant

    func stop(_ operatorID: Int) {
      let busy = ContinuousClock().now - begin
      profile.update(operatorID) { $0.own += busy }
    }
  }

  func update(_ operatorID: Int, _ change: (inout Entry) -> Void) {
    entries.withLock { change(&$0[operatorID, default: Entry()]) }
  }
}
