import ColumnStore
import Engine
public import QueryLanguage

/// A top list, answered.
public struct BreakdownAnswer: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var name: String
    public var count: Int64
    /// Of all that the list is about, those below the top included.
    public var share: Double
  }

  public let breakdown: Breakdown
  public var entries: [Entry] = []
  /// What the list's metric says.
  public var total: Int64 = 0
  /// What is below the top, in how many kinds.
  public var other: Int64 = 0
  public var otherKinds: Int64 = 0
  /// What says nothing: requests that name no country.
  public var none: Int64 = 0
  public var unavailable: String?
}

extension MetricEvaluator {
  /// The most frequent values over the range; `nil` of `limit` is the list's own.
  public mutating func answer(
    _ breakdown: Breakdown, limit: Int? = nil
  ) throws(QueryError) -> BreakdownAnswer {
    try remembered(
      "breakdown \(breakdown.id) \(limit.map(String.init) ?? "")",
      byteCount: (limit ?? breakdown.defaultLimit) * 128 + 256
    ) { evaluator throws(QueryError) in try evaluator.computedAnswer(breakdown, limit: limit) }
  }

  private mutating func computedAnswer(
    _ breakdown: Breakdown, limit: Int?
  ) throws(QueryError) -> BreakdownAnswer {
    var answer = BreakdownAnswer(breakdown: breakdown)
    let length = limit ?? breakdown.defaultLimit
    let statement: MetricStatement
    do throws(InapplicableFilter) {
      statement = try MetricStatement(
        sql: breakdown.sql, from: breakdown.source, over: question.range.window,
        ["rows": .integer(Int64(length + 1))], context)
    } catch {
      answer.unavailable = "the filter \(error.name) does not apply to this list"
      return answer
    }
    if let reason = context.missing(for: statement.template, from: breakdown.source) {
      answer.unavailable = reason
      return answer
    }
    let rows: [[Value]]
    if let kept = goneUntil(question.range.window, of: breakdown.source) {
      switch try rolledUp(breakdown, length, kept) {
      case .success(let found): rows = found
      case .failure(let reason):
        answer.unavailable = Self.text(reason, keptFrom: kept)
        trace.noteMissing(breakdown.id, Self.text(reason, keptFrom: kept), keptFrom: kept)
        return answer
      }
    } else {
      rows = try execute(statement.template, statement.arguments).rows
    }
    for row in rows {
      guard row.count == 4, case .integer(let count) = row[1], case .integer(let total) = row[2],
        case .integer(let kinds) = row[3]
      else { continue }
      answer.total = total
      answer.otherKinds = kinds
      guard case .text(let name) = row[0] else {
        answer.none = count
        continue
      }
      guard answer.entries.count < length else { break }
      answer.entries.append(.init(name: name, count: count, share: Double(count) / Double(total)))
    }
    answer.other = answer.total - answer.none - answer.entries.reduce(0) { $0 + $1.count }
    answer.otherKinds -= Int64(answer.entries.count) + (answer.none > 0 ? 1 : 0)
    return answer
  }

  /// The same over a roll-up for the days that are gone, and over events for the others.
  private mutating func rolledUp(
    _ breakdown: Breakdown, _ length: Int, _ kept: Int64
  ) throws(QueryError) -> Result<[[Value]], NotRolledUp> {
    guard breakdown.source == .events else {
      return .failure(NotRolledUp(text: "single rows, which no roll-up keeps"))
    }
    let window = question.range.window
    let condition = "\(breakdown.condition) AND \(breakdown.key) IS NOT NULL"
    switch source(of: [MergeablePart(kind: .count)], where: condition, over: window) {
    case .failure(let reason): return .failure(reason)
    case .success(let rollUp):
      var parts = """
        SELECT \(breakdown.key) AS name, sum(events) AS counted FROM \(rollUp.name)
        WHERE day >= :rolled_from AND day < :rolled_to AND \(breakdown.condition){filters}
        GROUP BY 1
        """
      if kept < window.end {
        parts += """

          UNION ALL
          SELECT \(breakdown.key) AS name, count(*) AS counted FROM events
          WHERE ts >= :kept_from AND ts < :to AND \(breakdown.condition){filters} GROUP BY 1
          """
      }
      return try readRollUp(
        """
        SELECT name, sum(counted) AS count, sum(sum(counted)) OVER () AS total,
          count(*) OVER () AS kinds
        FROM (
        \(parts)) AS parts GROUP BY 1 ORDER BY name IS NULL DESC, 2 DESC, 1 LIMIT :rows
        """, rollUp, over: window, kept, ["rows": .integer(Int64(length + 1))])
    }
  }
}
