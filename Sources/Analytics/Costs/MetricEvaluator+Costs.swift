internal import ColumnStore
internal import Engine
public import QueryLanguage

/// Costs over the range of a question, of the rows that its filters leave.
extension MetricEvaluator {
  /// Costs of events are as they were stored, those of storage by the rates of the prices.
  public mutating func costs() throws(QueryError) -> CostAnswer {
    try readPrices()
    let row =
      try rows(
        """
        SELECT sum(cost_usd) FILTER (WHERE cost_source = 'sent') AS sent,
          sum(cost_usd) FILTER (WHERE cost_source = 'model_price') AS model_price,
          sum(cost_usd) FILTER (WHERE cost_source IS NULL OR cost_source = 'resource_rate') AS rate,
          sum(cost_usd) FILTER (WHERE \(CostRules.isGPU)) AS gpu,
          sum(cost_usd) FILTER (WHERE NOT \(CostRules.isGPU)) AS inference,
          coalesce(sum(gpu_seconds), 0) AS gpu_seconds,
          count(*) FILTER (WHERE \(EventRules.isModelRequest)) AS requests,
          coalesce(sum(total_tokens), 0) AS tokens, \(CostRules.unpricedTokens) AS unpriced
        FROM events WHERE ts >= :from AND ts < :to{filters}
        """
      ).first ?? []
    var answer = CostAnswer(storage: try storage())
    guard row.count == 9 else { return answer }
    (answer.sent, answer.modelPrice, answer.resourceRate) = (
      row[0].microdollars, row[1].microdollars, row[2].microdollars
    )
    (answer.gpu, answer.inference) = (row[3].microdollars, row[4].microdollars)
    answer.gpuSeconds = row[5].number ?? 0
    answer.requestCount = row[6].count
    answer.tokenCount = row[7].count
    answer.unpricedTokenCount = row[8].count
    return answer
  }

  /// Costs over time; `nil` where the range has too many buckets. Hours are not among the grains: storage
  /// is counted by the day.
  public mutating func costTrend(
    by grain: Grain, storage: StorageUse
  ) throws(QueryError) -> [CostBucket]? {
    precondition(grain != .hour, "costs are counted by the day")
    guard let buckets = grain.buckets(of: question.range) else { return nil }
    var costs = buckets.map { CostBucket(bucket: $0) }
    func place(_ time: Int64) -> Int? { buckets.lastIndex { $0.start <= time } }
    let found = try rows(
      """
      SELECT date_trunc('\(grain.rawValue)', {ts}) AS bucket,
        sum(cost_usd) FILTER (WHERE \(CostRules.isGPU)) AS gpu,
        sum(cost_usd) FILTER (WHERE NOT \(CostRules.isGPU)) AS inference
      FROM events WHERE ts >= :from AND ts < :to AND cost_usd IS NOT NULL{filters}
      GROUP BY 1 ORDER BY 1
      """)
    for row in found {
      guard row.count == 3, let time = row[0].time, let index = place(time) else { continue }
      costs[index].gpu = row[1].microdollars
      costs[index].inference = row[2].microdollars
    }
    for (index, cost) in storage.costs(in: buckets, of: question.range).enumerated() {
      costs[index].storage = cost
    }
    return costs
  }

  /// What cost most, by one dimension.
  public mutating func costShares(
    by dimension: CostDimension, limit: Int
  ) throws(QueryError) -> CostShares {
    try costShares(by: [dimension], limit: limit).first ?? CostShares(dimension: dimension)
  }

  /// What cost most, by each of some dimensions, which are asked about side by side.
  public mutating func costShares(
    by dimensions: [CostDimension], limit: Int
  ) throws(QueryError) -> [CostShares] {
    var statements: [MetricStatement] = []
    for dimension in dimensions {
      statements.append(
        try statement(
          """
          SELECT \(dimension.rawValue) AS name, sum(cost_usd) AS cost, count(*) AS events,
            coalesce(sum(total_tokens), 0) AS tokens, \(CostRules.unpricedTokens) AS unpriced,
            sum(sum(cost_usd)) OVER () AS total, count(*) OVER () AS kinds
          FROM events
          WHERE ts >= :from AND ts < :to
            AND (cost_usd IS NOT NULL OR total_tokens IS NOT NULL){filters}
          GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1 LIMIT :limit
          """, ["limit": .integer(Int64(limit))]))
    }
    return zip(dimensions, try answers(statements)).map { dimension, found in
      var shares = CostShares(dimension: dimension)
      for row in found.rows where row.count == 7 {
        let name: String? = if case .text(let text) = row[0] { text } else { nil }
        shares.shares.append(
          CostShares.Share(
            name: name, microdollars: row[1].microdollars, eventCount: row[2].count,
            tokenCount: row[3].count, unpricedTokenCount: row[4].count))
        shares.total = row[5].microdollars
        shares.kindCount = row[6].count
      }
      return shares
    }
  }

  /// Days of the range whose costs of events are far from those of the same day of the week before.
  /// `first` is when data begin: days before it are no days without cost.
  public mutating func costAnomalies(first: Int64?) throws(QueryError) -> [CostAnomaly] {
    guard let first else { return [] }
    let range = question.range
    let zone = range.zone
    let start = range.firstDay.advanced(by: -7 * CostAnomaly.weekCount)
    let earliest = max(start, zone.day(of: first))
    let window = TimeWindow(start: zone.start(of: earliest), end: range.window.end)
    var costs: [Day: Int64] = [:]
    let found = try rows(
      """
      SELECT date_trunc('day', {ts}) AS bucket, sum(cost_usd) AS cost
      FROM events WHERE ts >= :from AND ts < :to AND cost_usd IS NOT NULL{filters}
      GROUP BY 1 ORDER BY 1
      """, over: window)
    for row in found where row.count == 2 {
      if let time = row[0].time { costs[zone.day(of: time)] = row[1].microdollars }
    }
    // Days that the range has whole; of the one that is running only what is too much already shows.
    let firstDay =
      zone.start(of: range.firstDay) == range.window.start
      ? range.firstDay : range.firstDay.advanced(by: 1)
    let last = min(range.anchor, zone.day(of: range.now))
    guard firstDay <= last else { return [] }
    let running = range.isRunning ? zone.day(of: range.now) : nil
    return CostAnomaly.find(
      in: costs, days: firstDay...last, since: earliest, running: running)
  }
}

extension Value {
  /// Dollars as whole micro-dollars, which sums of such are but for what a double rounds away.
  var microdollars: Int64? {
    number.map { Int64(exactly: ($0 * 1_000_000).rounded()) ?? ($0 < 0 ? .min : .max) }
  }

  /// Of a column that is never null.
  var count: Int64 { if case .integer(let count) = self { count } else { 0 } }
}
