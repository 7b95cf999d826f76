/// What one change does to the rows of several tables. Used by one thread, until the change ends.
public final class StoreTransaction {
  /// All tables as the change found them; nobody else changes them before it ends.
  public let catalog: Catalog
  fileprivate private(set) var parts: [(name: String, known: TableWriter, rows: TableTransaction)] =
    []
  private let writers: [String: TableWriter]
  private let recordByteLimit: Int?

  fileprivate init(_ catalog: Catalog, writers: [String: TableWriter], recordByteLimit: Int?) {
    self.catalog = catalog
    self.writers = writers
    self.recordByteLimit = recordByteLimit
  }

  /// The one transaction of a table, begun when it is first asked for.
  public func table(_ name: String) throws(StoreError) -> TableTransaction {
    if let part = parts.first(where: { $0.name == name }) { return part.rows }
    guard let contents = catalog.tables[name] else { throw .unknownTable(name) }
    let known = writers[name] ?? TableWriter(contents)
    let rows = TableTransaction(
      contents, catalog, writer: known, limits: nil, conflict: .fail,
      recordByteLimit: recordByteLimit)
    parts.append((name, known, rows))
    return rows
  }
}

extension Store {
  /// Changes the rows of any tables as one change: all of it is kept and becomes visible at once, or
  /// nothing of it.
  ///
  /// `whenAccepted` is called when the change has its place in the order and nobody can refuse it any
  /// more, before the next writer begins; it is not kept yet, which it is when this returns. What must
  /// agree with the order of the changes (an index of the rows that there are) is brought up to date
  /// there. Where `body` changed nothing, `whenAccepted` is called all the same, and nothing is waited
  /// for. Both must not change the store other than by the transaction.
  @discardableResult
  public func change<Result>(
    whenAccepted: (Result) -> Void = { _ in }, _ body: (StoreTransaction) throws -> Result
  ) throws -> Result {
    let (result, accepted) = try changeHead {
      let (result, accepted) = try changeTables(body)
      whenAccepted(result)
      return (result, accepted)
    }
    if let accepted { try settle(accepted) }
    return result
  }

  /// Under the lock; `nil` where nothing changed.
  private func changeTables<Result>(
    _ body: (StoreTransaction) throws -> Result
  ) throws -> (Result, Accepted?) {
    try begin()
    var catalog = writer.head
    let transaction = StoreTransaction(
      catalog, writers: writer.tables, recordByteLimit: log?.recordByteLimit)
    var isAccepted = false
    defer {
      if !isAccepted { keepKeys(of: transaction) }
    }
    let result = try body(transaction)
    var effects: [TableEffect?] = []
    var changes: [StoreChange]? = []
    for part in transaction.parts {
      let effect = try part.rows.finish(writer: part.known)
      effects.append(effect)
      guard let effect else { continue }
      catalog.tables[part.name]?.partitions = effect.partitions
      if let change = effect.change { changes?.append(change) } else { changes = nil }
    }
    guard effects.contains(where: { $0 != nil }) else { return (result, nil) }
    let accepted = try accept(catalog, changes)
    isAccepted = true
    for (part, effect) in zip(transaction.parts, effects) {
      var known = effect?.writer ?? part.known
      known.keys = effect.map { part.rows.keys(after: $0) } ?? part.rows.knownKeys
      writer.tables[part.name] = known
    }
    return (result, accepted)
  }

  /// Keys that were read for a change that came to nothing are those of the next one.
  private func keepKeys(of transaction: StoreTransaction) {
    for part in transaction.parts {
      guard let index = part.rows.knownKeys else { continue }
      var known = part.known
      known.keys = index
      writer.tables[part.name] = known
    }
  }
}
