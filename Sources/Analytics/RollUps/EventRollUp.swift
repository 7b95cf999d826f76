import ColumnStore
import Engine

/// A roll-up of events, as metrics can be had from it: what is left of days whose events are gone. It has whole
/// days of UTC.
struct EventRollUp: Sendable {
  var name: String
  /// What its rows are grouped by, beside the day.
  var keys: Set<String>
  /// Columns that are sums of those of events with the same name.
  var sums: Set<String> = []
  /// Of SQL: the state of a distinct count of people.
  var people: String?
  /// Columns that are digests of those of events with the same name.
  var digests: Set<String> = []

  /// The first that has all that a metric needs is taken: the coarsest first.
  private static let all = [
    EventRollUp(
      name: "events_daily",
      keys: ["organization_id", "event_type", "category", "feature", "model", "status"],
      sums: [
        "prompt_tokens", "completion_tokens", "total_tokens", "cost_usd", "gpu_seconds",
        "cpu_seconds", "bytes_delta",
      ], people: "hll_merge(users)", digests: ["duration_ms", "response_time_ms"]),
    EventRollUp(
      name: "errors_daily",
      keys: [
        "organization_id", "event_type", "endpoint", "status", "status_code", "error_code",
        "country",
      ]),
    EventRollUp(
      name: "usage_daily", keys: ["organization_id", "user_id", "event_type"],
      sums: ["total_tokens", "cost_usd", "gpu_seconds"], people: "hll(user_id)"),
  ]

  /// Those that there are, with the columns that they have: a folder of an older version may have fewer.
  static func known(to session: Session) -> [EventRollUp] {
    all.compactMap { rollUp in
      guard let columns = session.pinnedColumns(of: rollUp.name), columns["day"] != nil else {
        return nil
      }
      var rollUp = rollUp
      rollUp.keys.formIntersection(columns.keys)
      return rollUp
    }
  }

  /// Why parts of a metric cannot be had from it; `nil`: they can.
  func lacks(_ parts: [MergeablePart], columns: Set<String>) -> String? {
    for part in parts {
      switch part.kind {
      case .count: break
      case .people: if people == nil { return "people" }
      case .sum(let column): if !sums.contains(column) { return column }
      case .quantile(let column, _): if !digests.contains(column) { return column }
      }
    }
    return columns.union(parts.flatMap(\.columns)).subtracting(keys).min()
  }
}
