public import AccessControl
internal import ColumnStore

extension Intake {
  /// What became of one threat that was to be resolved, or not to be any more.
  public enum ThreatOutcome: String, Sendable {
    case resolved
    case unresolved
    /// It was so before, and stays as it was.
    case unchanged
    /// There is none of this name in the organisations.
    case unknown
  }

  /// Says of threats that somebody dealt with them, or that they are open again: all as one change.
  ///
  /// Those of other organisations are as good as not there. One that was resolved before keeps its time
  /// and who it was.
  public func resolveThreats(
    _ ids: [String], _ isResolved: Bool, by user: String, within organizations: OrganizationScope,
    at now: UnixTime
  ) throws(IntakeRefusal) -> [String: ThreatOutcome] {
    func resolve(_ transaction: StoreTransaction) throws -> [String: ThreatOutcome] {
      let schema = try schema(of: .threats, transaction)
      var outcomes: [String: ThreatOutcome] = [:]
      var rows = TableRows(schema)
      for id in Set(ids).sorted() {
        guard var row = try storedRow(id, schema, transaction),
          organizations.contains(
            schema.columnIndex("organization_id").flatMap { row[$0].words }
              .flatMap { OrganizationID($0) })
        else {
          outcomes[id] = .unknown
          continue
        }
        let wasResolved = schema.columnIndex("resolved").map { row[$0].flag == true } ?? false
        guard wasResolved != isResolved else {
          outcomes[id] = .unchanged
          continue
        }
        for (column, definition) in schema.columns.enumerated() {
          switch definition.name {
          case "resolved": row[column] = .boolean(isResolved)
          case "resolved_at": row[column] = isResolved ? .timestamp(now.milliseconds) : .null
          case "resolved_by": row[column] = isResolved ? .text(user) : .null
          default: break
          }
        }
        rows.append(row)
        outcomes[id] = isResolved ? .resolved : .unresolved
      }
      if !rows.rows.isEmpty {
        try transaction.table(schema.name).append(rows.batch, onConflict: .replace)
      }
      return outcomes
    }
    do {
      return try store.change(resolve)
    } catch {
      throw Self.refusal(error)
    }
  }

  /// The row of a table whose key is one text; `nil` where there is none.
  func storedRow(
    _ key: String, _ schema: TableSchema, _ transaction: StoreTransaction
  ) throws -> [Value]? {
    let pool = TextPool()
    pool.append(key)
    let places = try transaction.table(schema.name).locations(
      ofKeys: [ColumnValues(storage: .text(codes: [0], pool: pool))], rowCount: 1)
    guard let place = places.first ?? nil else { return nil }
    return try transaction.catalog.tables[schema.name]?.row(at: place)
  }
}
