package import AccessControl
internal import ColumnStore
package import Engine
package import QueryLanguage
internal import QueryPlanning

/// Keeps what rules found in the table `insights`.
package struct InsightStore: Sendable {
  private let engine: Engine

  package init(_ engine: Engine) { self.engine = engine }

  /// Makes what is stored about some days of an organisation, or of all together where it is `nil`, what
  /// these rules found about them. What is there already stays as it is, with the time at which it was found
  /// first; what does not hold any more goes. Returns how many rows were changed: none the second time.
  @discardableResult
  package func replace(
    _ found: [InsightRecord], of organization: OrganizationID?, days: [String], rules: [String],
    at now: UnixTime
  ) throws(QueryError) -> Int {
    precondition(
      found.allSatisfy {
        $0.organization == organization && days.contains($0.day) && rules.contains($0.rule)
      }, "an insight of another organisation, day or rule")
    guard !days.isEmpty, !rules.isEmpty else { return 0 }
    let stored = try stored(of: organization, days, rules)
    let ids = Set(found.map { Value.text($0.id) })
    let gone = stored.keys.filter { !ids.contains($0) }
    let changed = found.filter { stored[.text($0.id)]?.values != $0.values }
    guard !gone.isEmpty || !changed.isEmpty else { return 0 }
    let times = changed.map { stored[.text($0.id)]?.time ?? .timestamp(now.milliseconds) }
    do {
      try engine.store.change(Self.table) { transaction in
        guard let schema = transaction.catalog.tables[Self.table]?.schema else {
          throw StoreError.unknownTable(Self.table)
        }
        let places = try transaction.locations(
          ofKeys: [ColumnValues(gone, of: .text)], rowCount: gone.count)
        try transaction.delete(places.compactMap { $0 })
        guard !changed.isEmpty else { return }
        let rows = zip(changed, times).map { record, time in
          let values = Dictionary(
            uniqueKeysWithValues: zip(["ts"] + InsightRecord.columns, [time] + record.values))
          return schema.columns.map { values[$0.name] ?? .null }
        }
        try transaction.append(RowBatch(rows: rows, of: schema), onConflict: .replace)
      }
    } catch {
      throw QueryError(error, table: Self.table)
    }
    return gone.count + changed.count
  }

  private static let table = BuiltInTable.insights.name

  private func stored(
    of organization: OrganizationID?, _ days: [String], _ rules: [String]
  ) throws(QueryError) -> [Value: (time: Value, values: [Value])] {
    var conditions = Conditions()
    if let organization {
      conditions.add("organization_id", "=", .text(organization.text))
    } else {
      conditions.add("organization_id IS NULL")
    }
    conditions.add("user_id IS NULL")
    conditions.add("anchor_day", among: days.map { .text($0) })
    conditions.add("rule_id", among: rules.map { .text($0) })
    let rows = try run(
      """
      SELECT ts, \(InsightRecord.columns.joined(separator: ", ")) FROM \(Self.table)\(conditions.sql)
      """,
      conditions.parameters
    ).rows
    var stored: [Value: (time: Value, values: [Value])] = [:]
    for row in rows where row.count > 1 { stored[row[1]] = (row[0], Array(row.dropFirst())) }
    return stored
  }

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
