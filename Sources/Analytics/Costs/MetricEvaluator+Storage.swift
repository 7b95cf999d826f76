internal import ColumnStore
internal import Engine
internal import Pricing
internal import QueryLanguage

extension MetricStatement {
  /// What keeping things stored costs over a window, as far as it has run.
  static func storage(
    _ sql: String, over window: TimeWindow, _ context: StatementContext
  ) throws(InapplicableFilter) -> MetricStatement {
    let zone = context.range.zone
    let until = min(window.end, max(context.range.now, window.start))
    let (filled, rates) = StorageStatement.filled(
      sql, context.prices, for: context.rateScope,
      chargesAll: context.tables[.events]?["cost_source"] == nil,
      cutsDay: zone.start(of: zone.day(of: window.start)) != window.start)
    let times: [String: Value] = [
      "from_instant": .timestampWithTimeZone(window.start),
      "until_instant": .timestampWithTimeZone(until), "until": context.time(until, in: .events),
    ]
    return try MetricStatement(
      sql: filled, from: .events, over: window, rates.merging(times) { first, _ in first }, context)
  }
}

extension MetricEvaluator {
  /// Of the range, by day; a day that is not over counts as far as it has run.
  mutating func storage() throws(QueryError) -> StorageUse {
    var use = StorageUse()
    for row in try storageRows(StorageStatement.byDay) where row.count == 4 {
      guard let day = row[0].name.flatMap({ Day($0) }) else { continue }
      use.add(
        day, gigabyteDays: row[1].number ?? 0, microdollars: row[2].whole,
        isRateMissing: row[3].count > 0)
    }
    let stored = """
      SELECT coalesce(sum(bytes_delta), 0) AS bytes FROM events WHERE ts < :until{filters}
      """
    use.byteCount = try storageRows(stored).first?.first?.count ?? 0
    return use
  }

  private mutating func storageRows(_ sql: String) throws(QueryError) -> [[Value]] {
    let statement: MetricStatement
    do throws(InapplicableFilter) {
      statement = try .storage(sql, over: question.range.window, context)
    } catch {
      throw QueryError(.invalidParameter, "the filter \(error.name) does not apply to events")
    }
    return try execute(statement.template, statement.arguments).rows
  }

  /// What a storage trend has for each bucket, in dollars.
  mutating func storageTrend(_ buckets: [Grain.Bucket]) throws(QueryError) -> [Double?] {
    let range = question.range
    return try storage().costs(in: buckets, of: range).map { cost in
      cost.map { Double($0) / 1_000_000 }
    }
  }
}

extension Value {
  /// A sum of whole numbers that came as a double; `nil` where it is null.
  fileprivate var whole: Int64? {
    number.map { Int64(exactly: $0.rounded()) ?? ($0 < 0 ? .min : .max) }
  }
}
