import ColumnStore
public import Engine
public import QueryLanguage

/// Whether things worked in a short time, of an organisation or of all together: what alerts look at.
///
/// The same expressions as those of the metrics `error_rate`, `generation_latency_p95` and
/// `api_response_time_mean`, for all organisations in one pass.
public struct RecentUse: Sendable, Equatable {
  /// `nil`: all together, rows of no organisation included.
  public var organization: String?
  public var errorCount: Int64 = 0
  public var outcomeCount: Int64 = 0
  public var generationCount: Int64 = 0
  public var latencyP95: Double?
  public var callCount: Int64 = 0
  public var responseTimeMean: Double?

  /// All together first; those without any event are missing.
  public static func read(
    _ engine: Engine, _ session: Session, over window: TimeWindow
  ) throws(QueryError) -> [RecentUse] {
    let measures = """
      count(*) FILTER (WHERE \(EventRules.isError)), count(*) FILTER (WHERE \(EventRules.hasOutcome)), \
      count(*) FILTER (WHERE \(EventRules.generated)), \
      percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE \(EventRules.generated)), \
      count(*) FILTER (WHERE \(EventRules.isCall)), \
      avg(coalesce(response_time_ms, duration_ms)) FILTER (WHERE \(EventRules.isCall))
      """
    let rows = "FROM events WHERE ts >= $1 AND ts < $2"
    let parameters: [Value] = [.timestamp(window.start), .timestamp(window.end)]
    var session = engine.pinned(session)
    var uses: [RecentUse] = []
    for (sql, isAll) in [
      ("SELECT NULL, \(measures) \(rows)", true),
      (
        """
        SELECT organization_id, \(measures) \(rows) AND organization_id IS NOT NULL \
        GROUP BY organization_id ORDER BY organization_id
        """, false
      ),
    ] {
      for row in try engine.execute(sql, parameters: parameters, in: &session).rows
      where row.count == 7 {
        var use = RecentUse()
        if !isAll, case .text(let name) = row[0] { use.organization = name }
        (use.errorCount, use.outcomeCount) = (row[1].count, row[2].count)
        (use.generationCount, use.latencyP95) = (row[3].count, row[4].number)
        (use.callCount, use.responseTimeMean) = (row[5].count, row[6].number)
        uses.append(use)
      }
    }
    return uses
  }
}
