public import ColumnStore

/// What erasing somebody would do.
public struct ErasurePlan: Sendable {
  /// What would go; empty where only older snapshots or the journal have this person.
  public var effect: ErasureEffect
  /// Rows of other columns that have the same value, and would stay.
  public var remaining: [ValuePlace]
  /// Snapshots that would be removed: all.
  public var snapshots: [SnapshotID]
}

extension Database {
  /// What `erase` would do now; changes nothing. Fails where nothing names this person.
  public func erasurePlan(_ erasure: Erasure) throws(ErasureError) -> ErasurePlan {
    let catalog = store.catalog()
    try erasure.validate(against: catalog)
    do throws(StoreError) {
      let erased = try catalog.erasing(erasure)
      if erased.effect.isEmpty { try log.requireLeftovers(of: erasure) }
      return ErasurePlan(
        effect: erased.effect,
        remaining: try erased.catalog.finding(SoughtValue(erasure.identity)).places,
        snapshots: try log.snapshotIDs())
    } catch {
      throw refused(error)
    }
  }

  /// Erases somebody: from the tables, from every text that no other row has, from the journal and all
  /// snapshots. Older snapshots are removed. Leaves a receipt that does not say who it was.
  ///
  /// Changes wait until it is done; queries go on with the tables as they found them. When it throws,
  /// nothing was erased. Fails where nothing names this person.
  public func erase(_ erasure: Erasure) throws(ErasureError) -> ErasureReceipt {
    try erasure.validate(against: store.catalog())
    var problem: ErasureError?
    do throws(StoreError) {
      let receipt = try store.rewrite {
        (catalog) throws(StoreError) -> (catalog: Catalog, result: ErasureReceipt)? in
        // Others may have changed it since.
        do throws(ErasureError) { try erasure.validate(against: catalog) } catch {
          problem = error
          return nil
        }
        var erased = try catalog.erasing(erasure)
        if erased.effect.isEmpty {
          try log.requireLeftovers(of: erasure)
          erased.catalog.version += 1
        }
        return (erased.catalog, try log.keep(erased, for: erasure))
      }
      if let receipt { return receipt }
    } catch {
      throw refused(error)
    }
    throw problem ?? Self.nobody
  }

  /// What is known of erasures that are finished, the oldest first.
  public func erasures() throws(PersistenceError) -> [ErasureReceipt] {
    try log.folder.receipts.all()
  }

  private static let nobody = ErasureError(
    .notFound, "no row, text, snapshot or record names this user: nothing was changed")

  private func refused(_ error: StoreError) -> ErasureError {
    if case .unknownRow = error { return Self.nobody }
    return ErasureError(error)
  }
}

extension DatabaseLog {
  fileprivate func snapshotIDs() throws(StoreError) -> [SnapshotID] {
    try refusing { () throws(PersistenceError) in try snapshots.ids() }
  }

  /// Fails where nothing on disk has the value.
  fileprivate func requireLeftovers(of erasure: Erasure) throws(StoreError) {
    let isThere = try refusing { () throws(PersistenceError) in
      try hasLeftovers(of: SoughtValue(erasure.identity))
    }
    guard isThere else { throw .unknownRow(table: "") }
  }
}
