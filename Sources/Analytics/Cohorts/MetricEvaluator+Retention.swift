import ColumnStore
import Engine
public import QueryLanguage

extension MetricEvaluator {
  /// The cohorts of the range of the question, and who of them came back until its end; `nil` where there
  /// are too many cohorts. Filters restrict the events that are looked at, first ones and later ones alike.
  public mutating func retention(
    _ asked: RetentionQuestion
  ) throws(QueryError) -> RetentionAnswer? {
    let range = question.range
    let grain = asked.grain
    guard let buckets = grain.buckets(of: range),
      buckets.count <= RetentionQuestion.largestCohortCount
    else { return nil }
    var places: [Int64: Int] = [:]
    for (index, bucket) in buckets.enumerated() { places[bucket.start] = index }
    func place(_ value: Value) -> Int? {
      guard let time = value.time else { return nil }
      return places[time] ?? buckets.lastIndex { $0.start <= time }
    }
    var arguments: [String: Value] = [:]
    for (index, type) in asked.returnTypes.enumerated() {
      arguments["return_\(index + 1)"] = .text(type)
    }
    var sizes = [Int64](repeating: 0, count: buckets.count)
    for row in try rows(
      "SELECT cohort, count(*) AS people FROM (\n\(firsts(asked))) AS firsts GROUP BY 1")
    {
      guard row.count == 2, let cohort = place(row[0]) else { continue }
      sizes[cohort] += row[1].count
    }
    /// By cohort and by period after it.
    var counts = buckets.map { _ in [Int64](repeating: 0, count: buckets.count) }
    for row in try rows(matrix(asked), arguments) {
      guard row.count == 3, let cohort = place(row[0]), let period = place(row[1]),
        period >= cohort
      else { continue }
      counts[cohort][period - cohort] += row[2].count
    }
    if asked.mode == .unbounded {
      for cohort in counts.indices {
        for period in counts[cohort].indices.dropLast().reversed() {
          counts[cohort][period] += counts[cohort][period + 1]
        }
      }
    }
    let known = min(range.window.end, max(range.now, range.window.start))
    let isOver = buckets.map { grain.next(after: $0.start, in: range.zone) <= known }
    return RetentionAnswer(
      question: asked,
      cohorts: buckets.enumerated().map { index, bucket in
        RetentionCohort(
          bucket: bucket, userCount: sizes[index],
          retained: (0...asked.periodCount).map { period in
            let end = index + period
            return end < buckets.count && isOver[end] ? counts[index][period] : nil
          })
      })
  }

  /// Who belongs to which cohort of the range.
  private func firsts(_ asked: RetentionQuestion) -> String {
    let condition =
      switch asked.first {
      case .signup: "event_type = 'signup' AND user_id IS NOT NULL"
      case .firstActivity: EventRules.isActivity
      }
    let first = context.instant("min(ts)", named: "ts", of: .events)
    return """
        SELECT user_id, date_trunc('\(asked.grain.rawValue)', \(first)) AS cohort FROM events
        WHERE ts < :to AND \(condition){filters}
        GROUP BY user_id HAVING min(ts) >= :from
      """
  }

  /// How many of which cohort were there in which period, or for the last time in it.
  private func matrix(_ asked: RetentionQuestion) -> String {
    let names = asked.returnTypes.indices.map { ":return_\($0 + 1)" }.joined(separator: ", ")
    let condition =
      asked.returnTypes.isEmpty
      ? EventRules.isActivity : "user_id IS NOT NULL AND event_type IN (\(names))"
    let last = context.instant("max(ts)", named: "ts", of: .events)
    let period =
      switch asked.mode {
      case .bounded: "date_trunc('\(asked.grain.rawValue)', {ts})"
      case .unbounded: "date_trunc('\(asked.grain.rawValue)', \(last))"
      }
    return """
      SELECT cohort, period, count(*) AS people
      FROM (
        SELECT user_id, \(period) AS period FROM events
        WHERE ts >= :from AND ts < :to AND \(condition){filters}
        GROUP BY \(asked.mode == .bounded ? "1, 2" : "1")) AS active
      JOIN (
      \(firsts(asked))) AS firsts USING (user_id)
      GROUP BY 1, 2
      """
  }
}
