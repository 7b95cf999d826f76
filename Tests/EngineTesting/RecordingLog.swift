public import ColumnStore
internal import Synchronization

/// A log in memory that keeps every change at once, until it is told to refuse.
public final class RecordingLog: ChangeLog {
  public let recordByteLimit: Int
  private let state = Mutex(State())

  private struct State {
    var changes: [[StoreChange]] = []
    var kept: [Catalog] = []
    var refusal: StoreError?
    var failure: StoreError?
  }

  public init(recordByteLimit: Int = .max) {
    self.recordByteLimit = recordByteLimit
  }

  /// By transaction.
  public var changes: [[StoreChange]] { state.withLock { $0.changes } }
  /// Catalogs that were kept as a whole.
  public var kept: [Catalog] { state.withLock { $0.kept } }

  /// What comes is refused.
  public func refuse(with error: StoreError?) { state.withLock { $0.refusal = error } }

  /// What comes is taken, and not kept.
  public func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

  public func begin(_ catalog: Catalog) throws(StoreError) -> Catalog? { nil }

  public func submit(_ changes: [StoreChange]) throws(StoreError) -> UInt64 {
    try state.withLock { state -> Result<UInt64, StoreError> in
      if let refusal = state.refusal { return .failure(refusal) }
      state.changes.append(changes)
      return .success(UInt64(state.changes.count))
    }.get()
  }

  public func wait(for position: UInt64) throws(StoreError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  public func keep(_ catalog: Catalog) throws(StoreError) {
    state.withLock { $0.kept.append(catalog) }
  }

  public func startCheckpoint(
    _ catalog: Catalog
  ) throws(StoreError) -> @Sendable () throws(StoreError) -> Void {
    try keep(catalog)
    return { () throws(StoreError) in }
  }
}
