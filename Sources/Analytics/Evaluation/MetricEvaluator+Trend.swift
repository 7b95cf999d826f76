import ColumnStore
import Engine
public import QueryLanguage

/// Metrics over time: a value for each bucket of the range.
public struct TrendAnswer: Sendable {
  public struct Series: Sendable {
    public let metric: MetricDefinition
    /// One for each bucket. Buckets without rows have what the metric gives for none: 0 of counts, nothing
    /// of rates; `counted(from:)` takes out those before there were any events.
    public var values: [Double?]
    public var unavailable: String?
  }

  public let grain: Grain
  public let buckets: [Grain.Bucket]
  public var series: [Series]
}

extension TrendAnswer {
  /// Buckets that end before the first event have no value instead of a 0: nothing was counted yet. What other
  /// tables know of that time stays. `first` is in milliseconds since 1970-01-01 UTC; `nil`: there are no events.
  public func counted(from first: Int64?) -> TrendAnswer {
    guard let first else { return self }
    let count = buckets.prefix { $0.window.end <= first }.count
    var answer = self
    for index in answer.series.indices {
      for bucket in 0..<count where answer.series[index].values[bucket] == 0 {
        answer.series[index].values[bucket] = nil
      }
    }
    return answer
  }
}

extension MetricDefinition {
  /// How its values over time come about.
  enum TrendKind: Equatable {
    /// In each bucket as in all of the range.
    case bucketed
    /// At the last day of each bucket, from the people of each day before.
    case trailing(days: Int)
    /// By a statement of its own.
    case statement(String)
    /// From the trends of others.
    case composed
  }

  /// `nil`: it has no values over time.
  var trendKind: TrendKind? {
    switch (formula, window) {
    case (.quotient(let upper, let lower), _):
      MetricCatalogue.known(upper).hasTrend && MetricCatalogue.known(lower).hasTrend
        ? .composed : nil
    case (.sum(let ids), .range):
      ids.allSatisfy { MetricCatalogue.known($0).hasTrend } ? .composed : nil
    // What is divided by the days of the range has those of no bucket.
    case (.aggregate(_, _, let value, _, _), .range):
      source.timeColumn == nil || value.contains(":days") ? nil : .bucketed
    case (.byType, .range), (.storageCost, .range): .bucketed
    case (.aggregate(.events, nil, EventRules.activePeople, nil, nil), .trailing(let days)):
      .trailing(days: days)
    case (.statement, .range): trend.map { .statement($0) }
    default: nil
    }
  }

  public var hasTrend: Bool { trendKind != nil }

  /// What it is computed from in each bucket.
  fileprivate var trendParts: [MetricDefinition] {
    switch formula {
    case .quotient(let upper, let lower):
      MetricCatalogue.known(upper).trendParts + MetricCatalogue.known(lower).trendParts
    case .sum(let ids): ids.map(MetricCatalogue.known)
    case .aggregate, .byType, .statement, .growth, .storageCost: [self]
    }
  }

  /// One value for each bucket, from those of its parts; `nil` where tables do not have them.
  fileprivate func trendValues(_ known: [String: [Double?]]) -> [Double?]? {
    switch formula {
    case .quotient(let upper, let lower):
      guard let upper = MetricCatalogue.known(upper).trendValues(known),
        let lower = MetricCatalogue.known(lower).trendValues(known)
      else { return nil }
      return zip(upper, lower).map { upper, lower in
        guard let upper, let lower, lower != 0 else { return nil }
        return upper / lower
      }
    case .sum(let ids):
      let parts = ids.compactMap { known[$0] }
      guard let first = parts.first else { return nil }
      return first.indices.map { place in Self.sum(parts.map { $0[place] }) }
    case .aggregate, .byType, .statement, .growth, .storageCost: return known[id]
    }
  }

  fileprivate func trendProblem(_ reasons: [String: String]) -> String? {
    switch formula {
    case .quotient(let upper, let lower):
      return MetricCatalogue.known(upper).trendProblem(reasons)
        ?? MetricCatalogue.known(lower).trendProblem(reasons)
    case .sum(let ids):
      let missing = ids.compactMap { reasons[$0] }
      return missing.count == ids.count ? missing.first : nil
    case .aggregate, .byType, .statement, .growth, .storageCost: return reasons[id]
    }
  }
}

extension MetricCatalogue {
  public static let trendIDs = metrics.filter(\.hasTrend).map(\.id)
}

extension MetricEvaluator {
  /// `nil` where the range has too many buckets. Distinct people of a bucket are counted in it; buckets are
  /// never added up.
  public mutating func trend(
    _ metrics: [MetricDefinition], by grain: Grain
  ) throws(QueryError) -> TrendAnswer? {
    let bucketCount = grain.buckets(of: question.range)?.count ?? 0
    return try remembered(
      "trend \(grain.rawValue) \(metrics.map(\.id))",
      byteCount: (metrics.count + 2) * (bucketCount * 16 + 256)
    ) { evaluator throws(QueryError) in try evaluator.computedTrend(metrics, by: grain) }
  }

  private mutating func computedTrend(
    _ metrics: [MetricDefinition], by grain: Grain
  ) throws(QueryError) -> TrendAnswer? {
    guard let buckets = grain.buckets(of: question.range) else { return nil }
    try readPrices()
    /// What parts share that are one statement.
    struct Pass: Hashable {
      var source: MetricSource
      var condition: String?
    }
    var passes: [(pass: Pass, parts: [MetricDefinition])] = []
    var trails: [TrailingPart] = []
    var known: [String: [Double?]] = [:]
    var unavailable: [String: String] = [:]
    let parts = metrics.flatMap(\.trendParts)
    let hasTrails = parts.contains { if case .trailing = $0.trendKind { true } else { false } }
    for part in parts where known[part.id] == nil {
      if case .failure(let reason) = MetricStatement.of(
        part, over: question.range.window, context)
      {
        unavailable[part.id] = reason.text
        continue
      }
      switch part.trendKind {
      case .bucketed: break
      case .trailing(let days):
        guard grain != .hour else {
          unavailable[part.id] = "it is taken at whole days: ask by day, week or month"
          continue
        }
        known[part.id] = []
        trails.append(TrailingPart(id: part.id, days: days))
        continue
      case .statement(let sql):
        var values = try values(of: sql, by: grain, buckets)
        if let kept = goneUntil(question.range.window, of: part.source) {
          for index in buckets.indices where buckets[index].start < kept { values[index] = nil }
          let reason = NotRolledUp(text: "single events, which no roll-up keeps")
          trace.noteMissing(part.id, Self.text(reason, keptFrom: kept), keptFrom: kept)
        }
        known[part.id] = values
        continue
      case .composed, nil: preconditionFailure("\(part.id) has no trend of its own")
      }
      // The people of a day are those of the trail of one day.
      if hasTrails, part == MetricCatalogue.known("active_users"), grain == .day,
        buckets.first.map({ $0.start == $0.window.start }) ?? false
      {
        known[part.id] = []
        trails.append(TrailingPart(id: part.id, days: 1))
        continue
      }
      if part == MetricCatalogue.known("active_users"), grain != .hour,
        question.distinct == .approximate
      {
        known[part.id] = try people(of: buckets)
        continue
      }
      if case .storageCost = part.formula {
        var values = try storageTrend(buckets)
        if let kept = keptFrom(.events) {
          for index in buckets.indices where buckets[index].start < kept { values[index] = nil }
          trace.noteMissing(part.id, Self.storageBefore(kept), keptFrom: kept)
        }
        known[part.id] = values
        continue
      }
      known[part.id] = Array(repeating: part.unit.isCounted ? 0 : nil, count: buckets.count)
      var pass = Pass(source: part.source)
      if case .aggregate(_, let condition, _, _, _) = part.formula { pass.condition = condition }
      if let place = passes.firstIndex(where: { $0.pass == pass }) {
        passes[place].parts.append(part)
      } else {
        passes.append((pass, [part]))
      }
    }
    for (id, values) in try trailing(trails, buckets) { known[id] = values }
    var statements: [MetricStatement] = []
    var asked: [[MetricDefinition]] = []
    for (pass, parts) in passes {
      var rest = question.range.window
      if let kept = goneUntil(rest, of: pass.source) {
        let gone = Array(buckets.prefix { $0.start < kept })
        rest.start = gone.last?.window.end ?? rest.start
        for part in parts {
          let values = try rolledUp(part, over: gone, by: grain, keptFrom: kept)
          known[part.id]?.replaceSubrange(gone.indices, with: values)
        }
        if rest.isEmpty { continue }
      }
      statements.append(bucketStatement(parts, pass.source, pass.condition, grain, over: rest))
      asked.append(parts)
    }
    for (result, parts) in zip(try answers(statements), asked) {
      for row in result.rows {
        guard let time = row.first?.time else { continue }
        let values = row.dropFirst().map(\.number)
        guard let bucket = buckets.lastIndex(where: { $0.start <= time }) else { continue }
        for (part, value) in zip(parts, values) { known[part.id]?[bucket] = value }
      }
    }
    let nothing: [Double?] = Array(repeating: nil, count: buckets.count)
    return TrendAnswer(
      grain: grain, buckets: buckets,
      series: metrics.map { metric in
        TrendAnswer.Series(
          metric: metric, values: metric.trendValues(known) ?? nothing,
          unavailable: metric.trendProblem(unavailable))
      })
  }

  /// What a statement with the columns `bucket` and `value` says of each bucket.
  private mutating func values(
    of sql: String, by grain: Grain, _ buckets: [Grain.Bucket]
  ) throws(QueryError) -> [Double?] {
    var values = [Double?](repeating: nil, count: buckets.count)
    for row in try rows(sql.filling("{grain}", with: grain.rawValue)) where row.count == 2 {
      guard let time = row[0].time, let place = buckets.lastIndex(where: { $0.start <= time })
      else { continue }
      values[place] = row[1].number
    }
    return values
  }

  /// Gives, for each bucket that has rows, when it begins and the values of the metrics.
  private func bucketStatement(
    _ metrics: [MetricDefinition], _ source: MetricSource, _ condition: String?, _ grain: Grain,
    over window: TimeWindow
  ) -> MetricStatement {
    guard let time = source.timeColumn else {
      preconditionFailure("what has a trend has a time")
    }
    let columns = metrics.map { metric in
      switch metric.formula {
      case .aggregate(_, _, let value, _, _): value
      case .byType(let value, _, _): TypeCounts.plain(value)
      case .statement, .quotient, .growth, .sum, .storageCost:
        preconditionFailure("\(metric.id) has no trend")
      }
    }
    let sql = """
      SELECT date_trunc('\(grain.rawValue)', \(context.instant(time, of: source))) AS bucket,
        \(columns.joined(separator: ",\n  "))
      FROM \(source.rawValue)
      WHERE \(time) >= :from AND \(time) < :to\(condition.map { " AND \($0)" } ?? ""){filters}
      GROUP BY 1 ORDER BY 1
      """
    do throws(InapplicableFilter) {
      return try MetricStatement(
        sql: sql, from: source, over: window, [:], context)
    } catch {
      preconditionFailure("each of the metrics has a statement of its own")
    }
  }
}

extension MetricDefinition.Unit {
  /// Whether nothing is 0, rather than no data.
  var isCounted: Bool {
    switch self {
    case .people, .count: true
    case .ratio, .milliseconds, .hours, .gigabytes, .gigabytesPerDay, .dollars, .tokens, .stars,
      .mean:
      false
    }
  }
}

extension MetricDefinition {
  /// The table that it is about; of one that is made of others, the first one's.
  public var source: MetricSource {
    switch formula {
    case .aggregate(let source, _, _, _, _): source
    case .byType, .statement: .events
    case .quotient(let id, _), .growth(let id): MetricCatalogue.known(id).source
    case .sum(let ids): ids.first.map { MetricCatalogue.known($0).source } ?? .events
    case .storageCost: .events
    }
  }
}
