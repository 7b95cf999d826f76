internal import ColumnStore
internal import Engine
public import QueryLanguage

/// What was used in a day, week or month.
public struct UsageBucket: Sendable {
  public var bucket: Grain.Bucket
  /// Of the catalogue, by their ids.
  public var values: [String: Double] = [:]
  /// Events and storage.
  public var microdollars: Int64?
  public var activeSeconds: Double?
  public var storedBytes: Int64?
  public var topModel: String?
  /// The most trainings that ran at one moment: of those that ended in the range and say how long they took, and of
  /// those that began in it or in the week before and have not ended.
  public var largestJobCount: Int64?
}

extension MetricEvaluator {
  /// `nil` where the range has too many buckets. `storage` is of the same question.
  public mutating func usageSeries(
    by grain: Grain, _ costs: CostAnswer
  ) throws(QueryError) -> [UsageBucket]? {
    guard let trend = try trend(UsageReport.seriesMetrics, by: grain),
      let priced = try costTrend(by: grain, storage: costs.storage)
    else { return nil }
    var series = trend.buckets.map { UsageBucket(bucket: $0) }
    for line in trend.series {
      for (index, value) in line.values.enumerated() {
        series[index].values[line.metric.id] = value
      }
    }
    for (index, bucket) in priced.enumerated() where index < series.count {
      series[index].microdollars = bucket.total
    }
    func place(_ value: Value?) -> Int? {
      value?.time.flatMap { time in trend.buckets.lastIndex { $0.start <= time } }
    }
    let bucket = "date_trunc('\(grain.rawValue)', "
    let sessions = try rows(
      """
      SELECT \(bucket)\(context.instant("login_at", of: .sessions))) AS bucket,
        sum(active_seconds) AS active
      FROM sessions WHERE login_at >= :from AND login_at < :to{filters} GROUP BY 1
      """, from: .sessions)
    for row in sessions where row.count == 2 {
      if let place = place(row.first) { series[place].activeSeconds = row[1].number }
    }
    let events = try rows(
      """
      SELECT \(bucket){ts}) AS bucket, sum(bytes_delta) AS bytes,
        mode() WITHIN GROUP (ORDER BY model) FILTER (WHERE \(EventRules.isModelRequest)) AS model
      FROM events WHERE ts >= :from AND ts < :to{filters} GROUP BY 1
      """)
    for row in events where row.count == 3 {
      guard let place = place(row.first) else { continue }
      if case .integer(let bytes) = row[1] { series[place].storedBytes = bytes }
      series[place].topModel = row[2].name
    }
    for row in try concurrentJobs(bucket) where row.count == 2 {
      if let place = place(row.first) { series[place].largestJobCount = row[1].count }
    }
    return series
  }

  /// Trainings that run, counted whenever one begins and just before one ends: the most of each bucket. Those that
  /// ended and say how long they took, and those that began and did not end, for as long as that may be true.
  private mutating func concurrentJobs(_ bucket: String) throws(QueryError) -> [[Value]] {
    let ends = "event_type IN ('training_completed', 'training_failed', 'training_cancelled')"
    let ended = """
      FROM events WHERE ts >= :from AND ts < :to AND duration_ms IS NOT NULL AND \(ends){filters}
      """
    let open = """
      FROM events WHERE ts >= :open_from AND ts < :to AND event_type = 'training_started'
        AND resource_id IS NOT NULL AND resource_id NOT IN (
          SELECT resource_id FROM events
          WHERE ts >= :open_from AND resource_id IS NOT NULL AND \(ends){filters}){filters}
      """
    let begin = question.range.window.start
    return try rows(
      """
      SELECT \(bucket)at) AS bucket, max(running - least(change, 0)) AS running
      FROM (
        SELECT at, change, sum(change) OVER (ORDER BY at, change) AS running FROM (
          SELECT {ts} - duration_ms * INTERVAL '1 millisecond' AS at, 1 AS change \(ended)
          UNION ALL
          SELECT {ts}, -1 \(ended)
          UNION ALL
          SELECT greatest({ts}, :beginning), 1 \(open)
          UNION ALL
          SELECT {ts} + INTERVAL '\(UsageReport.longestOpenJobDays) days', -1 \(open)) AS changes) AS jobs
      WHERE at >= :beginning AND at < :known_until
      GROUP BY 1
      """, from: .events,
      [
        "beginning": .timestampWithTimeZone(begin),
        "known_until": .timestampWithTimeZone(
          max(begin, min(question.range.now, question.range.window.end))),
        "open_from": context.time(
          begin - Int64(UsageReport.longestOpenJobDays) * Calendar.millisecondsPerDay,
          in: .events),
      ])
  }
}

extension UsageReport {
  /// After so many days a training without an end is taken for one whose end was lost.
  static let longestOpenJobDays = 7

  static let seriesMetrics = [
    "sessions", "api_calls", "gpu_hours", "training_jobs", "training_completed",
    "training_failed", "training_hours_mean",
  ].map(MetricCatalogue.known)
}

/// Something that was found in the numbers of a person, or an organisation.
public struct StoredInsight: Sendable, Equatable {
  public var type: String
  public var severity: String
  public var message: String
  public var action: String?
  public var time: Int64
}

extension MetricEvaluator {
  /// Of the range, the newest first. `person` is whom they are about; `nil`: the organisation.
  public mutating func insights(
    of person: String?, limit: Int = 10
  ) throws(QueryError) -> [StoredInsight] {
    let condition = person == nil ? "user_id IS NULL" : "user_id = :person"
    let found = try rows(
      """
      SELECT insight_type, severity, message, action, ts FROM insights
      WHERE ts >= :from AND ts < :to AND \(condition) ORDER BY ts DESC, insight_id LIMIT :limit
      """, from: .events,
      ["person": person.map { .text($0) } ?? .null, "limit": .integer(Int64(limit))])
    return found.compactMap { row in
      guard row.count == 5, let type = row[0].name, let severity = row[1].name,
        let message = row[2].name, let time = row[4].time
      else { return nil }
      return StoredInsight(
        type: type, severity: severity, message: message, action: row[3].name, time: time)
    }
  }
}
