package import AccessControl
internal import ColumnStore

/// A question to the threats, as a statement of SQL.
package struct ThreatQuery: Sendable, Equatable {
  package var type: String?
  package var severity: String?
  package var isResolved: Bool?
  package var from: UnixTime?
  /// The first moment that is not asked for.
  package var to: UnixTime?
  package var limit = 100
  package var offset = 0

  package init() {}

  package static let columns = [
    "threat_id", "ts", "organization_id", "user_id", "threat_type", "severity", "description",
    "ip_address", "country", "request_id", "resolved", "resolved_at", "resolved_by",
  ]

  /// The newest first.
  package var list: SQLStatement {
    let conditions = conditions
    return (
      """
      SELECT \(Self.columns.joined(separator: ", ")) FROM threats\(conditions.sql) \
      ORDER BY ts DESC, threat_id DESC LIMIT \(limit) OFFSET \(offset)
      """, conditions.parameters
    )
  }

  package var count: SQLStatement {
    let conditions = conditions
    return ("SELECT count(*) FROM threats\(conditions.sql)", conditions.parameters)
  }

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

  private var conditions: Conditions {
    var conditions = Conditions()
    if let type { conditions.add("threat_type", "=", .text(type)) }
    if let severity { conditions.add("severity", "=", .text(severity)) }
    if let isResolved { conditions.add("resolved IS \(isResolved ? "" : "NOT ")TRUE") }
    if let from { conditions.add("ts", ">=", .timestamp(from.milliseconds)) }
    if let to { conditions.add("ts", "<", .timestamp(to.milliseconds)) }
    return conditions
  }
}
