/// Active users of each day's last 30 days, in one pass over daily sketches: beside the series of
/// daily users it should cost little. DuckDB has no states that merge, so that `compare` leaves it out.
enum RollingUsers {
  private static let query = QuerySuite.Query(
    name: "rolling-mau", question: "active users of the last 30 days, for each day",
    sql: """
      SELECT day, hll_cardinality(
        hll_merge(state) OVER (ORDER BY day ROWS BETWEEN 29 PRECEDING AND CURRENT ROW)) AS users
      FROM (
        SELECT date_trunc('day', ts) AS day, hll(user_id) AS state FROM events GROUP BY day
      ) AS days
      ORDER BY day
      """)

  static func selected(_ names: [String]) -> [QuerySuite.Query] {
    names.isEmpty || names.contains(query.name) ? [query] : []
  }

  /// How much more than the daily series it takes, where both were measured.
  static func ratio(_ measurements: [Measurement]) -> String? {
    func least(_ name: String) -> Double? { measurements.first { $0.name == name }?.least }
    guard let rolling = least(query.name), let daily = least("dau-hll"), daily > 0 else {
      return nil
    }
    return "\(query.name) takes \((rolling / daily).shortText) times as long as dau-hll, cold"
  }
}
