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
    let gone = Set(stored.keys).subtracting(found.map(\.id)).sorted()
    if !gone.isEmpty {
      var conditions = Conditions()
      conditions.add("insight_id", among: gone.map { .text($0) })
      try run("DELETE FROM insights\(conditions.sql)", conditions.parameters)
    }
    var changed: [InsightRecord] = []
    for record in found where stored[record.id] != record.values { changed.append(record) }
    guard !changed.isEmpty else { return gone.count }
    var parameters: [Value] = []
    var rows: [String] = []
    for record in changed {
      let values = [.timestamp(now.milliseconds)] + record.values
      let places = values.indices.map { "$\(parameters.count + $0 + 1)" }
      rows.append("(\(places.joined(separator: ", ")))")
      parameters += values
    }
    let updates = InsightRecord.columns.dropFirst().map { "\($0) = excluded.\($0)" }
    try run(
      """
      INSERT INTO insights (ts, \(InsightRecord.columns.joined(separator: ", "))) \
      VALUES \(rows.joined(separator: ", ")) \
      ON CONFLICT (insight_id) DO UPDATE SET \(updates.joined(separator: ", "))
      """, parameters)
    return gone.count + changed.count
  }

  private func stored(
    of organization: OrganizationID?, _ days: [String], _ rules: [String]
  ) throws(QueryError) -> [String: [Value]] {
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
      "SELECT \(InsightRecord.columns.joined(separator: ", ")) FROM insights\(conditions.sql)",
      conditions.parameters
    ).rows
    var stored: [String: [Value]] = [:]
    for row in rows { if case .text(let id)? = row.first { stored[id] = row } }
    return stored
  }

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
