internal import ColumnStore
internal import Engine
public import QueryLanguage

/// How long requests over HTTP took, in milliseconds. Quantiles are estimated by t-digest, whose error the
/// receipt states.
public struct RequestLatency: Sendable, Equatable {
  public var mean: Double?
  public var median: Double?
  public var quantile95: Double?

  init(mean: Double? = nil, median: Double? = nil, quantile95: Double? = nil) {
    self.mean = mean
    self.median = median
    self.quantile95 = quantile95
  }
}

extension MetricEvaluator {
  /// Over the whole range, and over time; `nil` where the range has too many buckets.
  public mutating func requestLatency(
    by grain: Grain
  ) throws(QueryError) -> (all: RequestLatency, buckets: [(Grain.Bucket, RequestLatency)])? {
    guard let buckets = grain.buckets(of: question.range) else { return nil }
    let bucket = "date_trunc('\(grain.rawValue)', {ts})"
    let duration = RowList.requestDuration
    let found = try rows(
      """
      SELECT \(bucket) AS bucket, avg(\(duration)) AS mean,
        approx_quantile(\(duration), 0.5) AS p50, approx_quantile(\(duration), 0.95) AS p95
      FROM events WHERE ts >= :from AND ts < :to AND \(EventRules.isRequest)
        AND NOT \(EventRules.isTokenRecord){filters}
      GROUP BY ROLLUP (\(bucket))
      """)
    var all = RequestLatency()
    var series = buckets.map { ($0, RequestLatency()) }
    for row in found where row.count == 4 {
      let latency = RequestLatency(
        mean: row[1].number, median: row[2].number, quantile95: row[3].number)
      guard let time = row[0].time else {
        all = latency
        continue
      }
      if let place = buckets.lastIndex(where: { $0.start <= time }) { series[place].1 = latency }
    }
    return (all, series)
  }
}
