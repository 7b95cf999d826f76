internal import ColumnStore

/// A question to the insights, as a statement of SQL. Whose they are, the session says.
package struct InsightQuery: Sendable, Equatable {
  package var kind: String?
  package var severity: String?
  /// Only of this day: `2026-01-31`.
  package var day: String?
  /// Only about all organisations together: where all are in reach, a summary is of the whole.
  package var isOfAllTogether = false
  package var limit = 100
  package var offset = 0

  package init() {}

  package static let columns = [
    "insight_id", "organization_id", "insight_type", "severity", "title", "message", "action",
    "rule_id", "metric_id", "metric_unit", "value", "previous_value", "change_percent",
    "threshold", "window_from", "window_to", "anchor_day", "evidence", "ts",
  ]

  /// The newest days first, within a day the gravest.
  package var list: SQLStatement {
    let conditions = conditions
    return (
      """
      SELECT \(Self.columns.joined(separator: ", ")) FROM insights\(conditions.sql) \
      ORDER BY anchor_day DESC NULLS LAST, \
      CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, \
      organization_id NULLS FIRST, insight_id LIMIT \(limit) OFFSET \(offset)
      """, conditions.parameters
    )
  }

  package var count: SQLStatement {
    let conditions = conditions
    return ("SELECT count(*) FROM insights\(conditions.sql)", conditions.parameters)
  }

  /// How many insights about single organisations need attention on some days, and of how many organisations.
  package static func attention(on days: [String]) -> SQLStatement {
    var conditions = Conditions()
    conditions.add("anchor_day", among: days.map { .text($0) })
    conditions.add("organization_id IS NOT NULL AND severity IN ('warning', 'critical')")
    return (
      "SELECT count(*), count(DISTINCT organization_id) FROM insights\(conditions.sql)",
      conditions.parameters
    )
  }

  private var conditions: Conditions {
    var conditions = Conditions()
    if let kind { conditions.add("insight_type", "=", .text(kind)) }
    if let severity { conditions.add("severity", "=", .text(severity)) }
    if let day { conditions.add("anchor_day", "=", .text(day)) }
    if isOfAllTogether { conditions.add("organization_id IS NULL") }
    return conditions
  }
}
