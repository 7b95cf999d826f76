internal import AccessControl
internal import ColumnStore
internal import Engine
public import QueryLanguage

/// How a model fares over a range.
///
/// Requests are counted where they end, as the list of top models counts them, and so are those that succeeded and
/// those that failed. Tokens, cost and people are the catalogue's metrics of the same names for the model.
public struct ModelStatistics: Sendable, Equatable {
  public var model: String
  public var requests: Int64
  /// Requests that succeeded, divided by those that succeeded or failed.
  public var successRate: Double?
  /// Requests that ended as errors, divided by those whose end has an outcome. Unlike `error_rate` of the
  /// catalogue, it leaves out that a request was accepted, which is an outcome of its own there.
  public var errorRate: Double?
  /// Of the requests that succeeded, in milliseconds, by t-digest: the receipt states the error.
  public var latencyMedian: Double?
  public var latency95: Double?
  public var tokens: Int64?
  public var cost: Double?
  public var people: Int64
  public var ratingMean: Double?
  public var ratings: Int64 = 0
}

public struct ModelPage: Sendable {
  public var models: [ModelStatistics]
  public var total: Int64
}

extension MetricEvaluator {
  /// Those with the most requests first.
  public mutating func models(limit: Int, offset: Int) throws(QueryError) -> ModelPage {
    let ended = Breakdown.models.condition
    func latency(_ share: String) -> String {
      "approx_quantile(duration_ms, \(share)) FILTER (WHERE status = 'succeeded')"
    }
    let values = ["total_tokens", "usage_cost", "active_users"].map {
      MetricCatalogue.known($0).plainValue
    }
    let found = try rows(
      """
      SELECT model, count(*) FILTER (WHERE \(ended)) AS requests,
        count(*) FILTER (WHERE status = 'succeeded' AND \(ended))::double precision
          / nullif(count(*) FILTER (WHERE status IN ('succeeded', 'failed') AND \(ended)), 0)
          AS success_rate,
        count(*) FILTER (WHERE \(EventRules.isError) AND \(ended))::double precision
          / nullif(count(*) FILTER (WHERE \(EventRules.hasOutcome) AND \(ended)), 0) AS error_rate,
        \(latency("0.5")) AS p50, \(latency("0.95")) AS p95,
        \(values.joined(separator: ",\n  ")),
        count(*) OVER () AS models
      FROM events WHERE ts >= :from AND ts < :to AND model IS NOT NULL{filters}
      GROUP BY model ORDER BY 2 DESC, 1 LIMIT :limit OFFSET :offset
      """, from: .events,
      ["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))])
    var page = ModelPage(models: [], total: 0)
    for row in found where row.count == 10 {
      guard let model = row[0].name else { continue }
      var tokens: Int64?
      if case .integer(let sum) = row[6] { tokens = sum }
      page.models.append(
        ModelStatistics(
          model: model, requests: row[1].count, successRate: row[2].number,
          errorRate: row[3].number, latencyMedian: row[4].number, latency95: row[5].number,
          tokens: tokens, cost: row[7].number, people: row[8].count))
      page.total = row[9].count
    }
    if found.isEmpty, offset > 0 {
      page.total =
        try rows(
          """
          SELECT count(DISTINCT model) AS models FROM events
          WHERE ts >= :from AND ts < :to AND model IS NOT NULL{filters}
          """
        ).first?.first?.count ?? 0
    }
    guard !page.models.isEmpty else { return page }
    let places = Dictionary(
      page.models.enumerated().map { (ExactText($1.model), $0) },
      uniquingKeysWith: { first, _ in first })
    let (names, arguments) = Self.list(page.models.map(\.model))
    let ratings = try rows(
      """
      SELECT model, \(MetricCatalogue.known("rating_mean").plainValue) AS mean,
        \(MetricCatalogue.known("ratings").plainValue) AS ratings
      FROM feedback WHERE ts >= :from AND ts < :to AND model IN \(names){filters} GROUP BY model
      """, from: .feedback, arguments)
    for row in ratings where row.count == 3 {
      guard let place = row[0].name.flatMap({ places[ExactText($0)] }) else { continue }
      page.models[place].ratingMean = row[1].number
      page.models[place].ratings = row[2].count
    }
    return page
  }

  /// The stars that requests were rated with: of several ratings of one, the first.
  public mutating func stars(
    of requests: some Sequence<RequestName>
  ) throws(QueryError) -> [RequestName: Int64] {
    let wanted = Set(requests)
    guard !wanted.isEmpty else { return [:] }
    let (names, arguments) = Self.list(Set(wanted.map(\.id)).map(\.text))
    let found = try rows(
      """
      SELECT organization_id, request_id, arg_min(stars, ts) AS stars FROM feedback
      WHERE request_id IN \(names) AND stars IS NOT NULL GROUP BY organization_id, request_id
      """, from: .feedback, arguments)
    var stars: [RequestName: Int64] = [:]
    for row in found where row.count == 3 {
      guard let id = row[1].name else { continue }
      let request = RequestName(organization: row[0].name, id: id)
      if wanted.contains(request) { stars[request] = row[2].count }
    }
    return stars
  }
}

/// Each organisation names its requests as it likes.
public struct RequestName: Sendable, Hashable {
  let organization: ExactText?
  let id: ExactText

  public init(organization: String?, id: String) {
    self.organization = organization.map(ExactText.init)
    self.id = ExactText(id)
  }
}
