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
          Self.column(keys.map { $0[column] ?? .null }, isText: column != .validFrom)
        }, rowCount: keys.count)
      try transaction.delete(Set(found.compactMap { $0 }))
      let rows = set.map { change in
        PriceTable.values(change.new).merging([.setAt: .timestamp(time.milliseconds)]) { $1 }
      }
      guard !rows.isEmpty else { return }
      let columns = schema.columns.map { definition -> ColumnValues in
        guard let column = PriceTable.Column(rawValue: definition.name) else {
          return ColumnValues(storage: .nulls)
        }
        return Self.column(
          rows.map { $0[column] ?? .null }, isText: definition.type.physical == .text)
      }
      try transaction.append(
        RowBatch(rowCount: rows.count, columns: columns), onConflict: .replace)
    }
    return (set.count, removed.count)
  }

  private static func column(_ values: [Value], isText: Bool) -> ColumnValues {
    let validity = values.map { UInt8($0.isNull ? 0 : 1) }
    let isWhole = !validity.contains(0)
    guard isText else {
      let integers = values.map { value -> Int64 in
        switch value {
        case .integer(let number), .timestamp(let number): number
        default: 0
        }
      }
      return ColumnValues(storage: .integers(integers), validity: isWhole ? nil : validity)
    }
    let pool = TextPool()
    let codes = values.map { value -> UInt32 in
      if case .text(let text) = value { UInt32(pool.append(text)) } else { UInt32(pool.append("")) }
    }
    return ColumnValues(
      storage: .text(codes: codes, pool: pool), validity: isWhole ? nil : validity)
  }
}
