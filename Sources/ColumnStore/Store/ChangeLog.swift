/// What keeps the changes of a store, so that those that were acknowledged outlive the process.
///
/// `begin`, `submit`, `keep` and `startCheckpoint` are called by one writer at a time, in the order
/// of the changes; `wait` and what `startCheckpoint` gave by any number of threads.
public protocol ChangeLog: AnyObject, Sendable {
  /// Changes with more bytes of rows than this are not recorded, but kept with the whole catalog.
  var recordByteLimit: Int { get }

  /// When the tables were read, in milliseconds since 1970-01-01 UTC, while others may have changed
  /// what they were read from; `nil`: every change comes through this log.
  var readAt: Int64? { get }

  /// Asked before each change: what nothing can be kept of is refused here. Gives a catalog to go on
  /// from where the store's own is not the newest.
  func begin(_ catalog: Catalog) throws(StoreError) -> Catalog?

  /// Takes the changes of one transaction and gives them their place in the order. They are not kept
  /// before `wait` returned. When it throws, the transaction is as if it had never been.
  func submit(_ changes: [StoreChange]) throws(StoreError) -> UInt64

  /// Returns once this transaction, and so all before it, is kept. When it throws, nothing will be
  /// kept any more.
  func wait(for position: UInt64) throws(StoreError)

  /// Keeps a catalog as a whole, with all that was submitted before and a change that was not.
  func keep(_ catalog: Catalog) throws(StoreError)

  /// Begins to keep a catalog as a whole, so that what was submitted before is not needed any more;
  /// what it gives does that, while others go on.
  func startCheckpoint(
    _ catalog: Catalog
  ) throws(StoreError) -> @Sendable () throws(StoreError) -> Void
}

extension ChangeLog {
  public var readAt: Int64? { nil }
}
