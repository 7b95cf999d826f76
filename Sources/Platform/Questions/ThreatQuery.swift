internal import ColumnStore

/// A question about some threats, as a statement of SQL.
package enum ThreatQuery {
  /// Names and organisations of some threats that are, or are not, resolved.
  package static func named(_ ids: [String], isResolved: Bool) -> SQLStatement {
    var conditions = Conditions()
    conditions.add("threat_id", among: ids.map { .text($0) })
    conditions.add("resolved IS \(isResolved ? "" : "NOT ")TRUE")
    return (
      "SELECT threat_id, organization_id FROM threats\(conditions.sql) ORDER BY threat_id",
      conditions.parameters
    )
  }
}
