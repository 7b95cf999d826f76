public import ColumnStore
public import Persistence

/// Erasing a person. Statements that run go on with the tables as they found them; nothing else in memory
/// has what was erased when this returns.
extension Engine {
  /// Erases somebody from the engine's tables and the folder that they are kept in.
  public func erase(
    _ erasure: Erasure, from database: Database
  ) throws(ErasureError) -> ErasureReceipt {
    precondition(database.store === store, "the database of other tables")
    let receipt = try database.erase(erasure)
    forgetOlderTables()
    return receipt
  }

  /// Erases somebody from tables that are kept nowhere.
  public func erase(_ erasure: Erasure) throws(ErasureError) -> ErasureEffect {
    guard let effect = try store.erase(erasure) else {
      throw ErasureError(.notFound, "no row or text names this user: nothing was changed")
    }
    forgetOlderTables()
    return effect
  }

  /// Answers and states of aggregations that were kept, older tables, and texts of statements that ended.
  private func forgetOlderTables() {
    forgetKeptResults()
    history?.forgetRemoved()
    registry.forgetFinished()
  }
}
