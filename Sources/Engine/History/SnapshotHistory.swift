public import ColumnStore
public import Persistence
internal import Synchronization

/// The snapshots of a data folder as older states of its tables.
///
/// What was read is kept for the next query, that of the last few snapshots only: each is as large
/// as the tables themselves.
public final class SnapshotHistory: CatalogHistory {
  private let snapshots: SnapshotStore
  private let limit: Int
  /// The one used last comes last.
  private let opened = Mutex<[(number: UInt64, catalog: Catalog)]>([])

  public init(_ snapshots: SnapshotStore, keeping limit: Int = 2) {
    self.snapshots = snapshots
    self.limit = max(1, limit)
  }

  public func moment(
    _ reference: CatalogReference
  ) throws(CatalogHistoryError) -> CatalogMoment {
    do throws(PersistenceError) {
      switch reference {
      case .number(let number):
        let id = SnapshotID(number: number)
        _ = try snapshots.summary(id)
        return CatalogMoment(number: number, name: id.description)
      case .time(let time):
        for id in try snapshots.ids().reversed() where try snapshots.summary(id).createdAt <= time {
          return CatalogMoment(number: id.number, name: id.description)
        }
      }
    } catch {
      throw CatalogHistoryError(error)
    }
    throw CatalogHistoryError(
      .notThere, "there is no snapshot of that time or before",
      hint: "'daybook snapshot list' shows those that there are")
  }

  public func catalog(at moment: CatalogMoment) throws(CatalogHistoryError) -> Catalog {
    forgetRemoved()
    let known = opened.withLock { opened -> Catalog? in
      guard let index = opened.firstIndex(where: { $0.number == moment.number }) else { return nil }
      let found = opened.remove(at: index)
      opened.append(found)
      return found.catalog
    }
    if let known { return known }
    // Not under the lock: who asks for another one must not wait for this.
    do throws(PersistenceError) {
      let catalog = try snapshots.open(
        SnapshotID(number: moment.number), forWriting: false
      ).catalog
      opened.withLock { opened in
        opened.removeAll { $0.number == moment.number }
        opened.append((moment.number, catalog))
        if opened.count > limit { opened.removeFirst(opened.count - limit) }
      }
      // It may have been removed while it was read.
      forgetRemoved()
      return catalog
    } catch {
      throw CatalogHistoryError(error)
    }
  }
}

extension SnapshotHistory {
  public func forgetRemoved() {
    let ids = (try? snapshots.ids()) ?? []
    opened.withLock { $0.removeAll { !ids.contains(SnapshotID(number: $0.number)) } }
  }
}

extension CatalogHistoryError {
  fileprivate init(_ error: PersistenceError) {
    if case .noSnapshot = error {
      self.init(.notThere, "\(error)", hint: error.hint)
    } else {
      self.init(.unreadable, "\(error)", hint: error.hint)
    }
  }
}
