internal import Synchronization

/// All tables in memory: one writer at a time, any number of readers.
///
/// Readers copy the published catalog and are never held up. Writers wait for each other while they
/// change the *head*, the catalog with all changes that were submitted. With a `ChangeLog`, a change
/// is published once the log has kept it, so that readers see nothing which could be lost; the lock
/// is not held meanwhile, and many changes are kept at once.
public final class Store: Sendable {
  private let published: Mutex<Catalog>
  let writer: Writer
  let log: (any ChangeLog)?

  public convenience init() {
    self.init(adopting: Catalog())
  }

  /// A store that goes on from a catalog, such as one that was read from disk.
  public init(adopting catalog: Catalog, log: (any ChangeLog)? = nil) {
    published = Mutex(catalog)
    self.log = log
    writer = Writer(head: catalog)
  }

  /// The newest published state.
  public func catalog() -> Catalog { published.withLock { $0 } }

  /// The moment up to which the catalog is sure to have all that was accepted, where that is not now:
  /// milliseconds since 1970-01-01 UTC.
  public var knownUntil: Int64? { log?.readAt }

  /// Fails where no change could be kept. Where the log knows of changes that others made, these are
  /// seen from now on.
  public func prepareForChanges() throws(StoreError) {
    guard log != nil else { return }
    writer.lock()
    defer { writer.unlock() }
    try begin()
  }

  /// Keeps all that was changed as a whole, so that less is left to do at the next start; nothing
  /// without a log.
  public func checkpoint() throws(StoreError) {
    guard let log else { return }
    let finish = try startCheckpoint(log)
    try finish()
  }

  private func startCheckpoint(
    _ log: any ChangeLog
  ) throws(StoreError) -> @Sendable () throws(StoreError) -> Void {
    writer.lock()
    defer { writer.unlock() }
    try begin()
    return try log.startCheckpoint(writer.head)
  }

  /// Changes the head by what `body` does, then waits until that is kept.
  func change(
    _ body: (inout Catalog, inout [String: TableWriter]) throws(StoreError) -> [StoreChange]
  ) throws(StoreError) {
    let accepted = try changeHead { () throws(StoreError) in
      try begin()
      var catalog = writer.head
      var writers = writer.tables
      let changes = try body(&catalog, &writers)
      let accepted = try accept(catalog, changes)
      writer.tables = writers
      return accepted
    }
    try settle(accepted)
  }

  /// Runs `body` as the one writer.
  func changeHead<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    writer.lock()
    defer { writer.unlock() }
    return try body()
  }

  /// Under the lock: the log's say before anything is changed.
  func begin() throws(StoreError) {
    guard let log, let newest = try log.begin(writer.head) else { return }
    writer.head = newest
    writer.tables = [:]
    published.withLock { $0 = newest }
  }

  /// A change that is in the head and not published yet.
  struct Accepted {
    var catalog: Catalog
    /// `nil`: it is kept already.
    var position: UInt64?
  }

  /// Under the lock: makes `catalog` the head. `changes` says what is new in it; `nil`: too much for
  /// a record. When it throws, the head is as it was.
  func accept(_ catalog: Catalog, _ changes: [StoreChange]?) throws(StoreError) -> Accepted {
    var accepted = Accepted(catalog: catalog)
    accepted.catalog.version = writer.head.version + 1
    if let log {
      if let changes {
        accepted.position = try log.submit(changes)
      } else {
        try log.keep(accepted.catalog)
      }
    }
    writer.head = accepted.catalog
    // Its own writer sees what nobody has to wait for at once.
    if accepted.position == nil { publish(accepted.catalog) }
    return accepted
  }

  /// Not under the lock: waits until the change is kept, then publishes it. All before it are in its
  /// catalog, and kept too.
  func settle(_ accepted: Accepted) throws(StoreError) {
    guard let log, let position = accepted.position else { return }
    try log.wait(for: position)
    publish(accepted.catalog)
  }

  /// Several changes that count as one, on a store without a log.
  func restate(version: UInt64) {
    changeHead {
      writer.head.version = version
      let head = writer.head
      published.withLock { $0 = head }
    }
  }

  /// The one place where changes become visible.
  func publish(_ catalog: Catalog) {
    published.withLock { if $0.version < catalog.version { $0 = catalog } }
  }
}
