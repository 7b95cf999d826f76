package import AccessControl
internal import Authentication
package import ColumnStore
package import Engine
package import Pricing

/// The prices of a database, and the one way to change them: checked, as a whole, and on the record.
package struct PriceList: Sendable {
  private let engine: Engine
  private let audit: AuditLog

  package init(_ engine: Engine, audit: AuditLog) {
    self.engine = engine
    self.audit = audit
  }

  package static func book(in catalog: Catalog) throws(DamagedChunk) -> PriceBook {
    try catalog.tables[PriceTable.name].map { (table) throws(DamagedChunk) in
      try PriceTable.read(table)
    } ?? .empty
  }

  /// Recorded first: nothing is changed that is not in the audit log. Events keep the cost that they came
  /// with.
  package func change(
    _ change: PriceChange, by actor: AuditActor, at time: UnixTime, requestID: String? = nil
  ) throws -> (set: Int, removed: Int) {
    let (set, removed) = try change.resolved(in: Self.book(in: engine.store.catalog()))
    guard !set.isEmpty || !removed.isEmpty else { return (0, 0) }
    let acts =
      set.map { ($0.new.organization, AdministrativeAct.priceSet($0.new, old: $0.old)) }
      + removed.map { ($0.organization, .priceRemoved($0)) }
    try audit.append(
      acts.map { $1.entry(by: actor, of: $0, at: time, requestID: requestID) })
    try engine.store.change(PriceTable.name) { transaction in
      guard let schema = transaction.catalog.tables[PriceTable.name]?.schema else {
        throw StoreError.unknownTable(PriceTable.name)
      }
      let keys = removed.map { PriceTable.keyValues($0.key) }
      let found = try transaction.locations(
        ofKeys: PriceTable.key.map { column in
          ColumnValues(
            keys.map { $0[column] ?? .null }, of: column == .validFrom ? .timestamp : .text)
        }, rowCount: keys.count)
      try transaction.delete(Set(found.compactMap { $0 }))
      let rows = set.map { change in
        PriceTable.values(change.new).merging([.setAt: .timestamp(time.milliseconds)]) { $1 }
      }
      guard !rows.isEmpty else { return }
      let values = rows.map { row in
        schema.columns.map { definition in
          PriceTable.Column(rawValue: definition.name).flatMap { row[$0] } ?? .null
        }
      }
      try transaction.append(RowBatch(rows: values, of: schema), onConflict: .replace)
    }
    return (set.count, removed.count)
  }
}
