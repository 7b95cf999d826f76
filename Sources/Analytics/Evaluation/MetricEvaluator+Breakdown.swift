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
    for row in try execute(statement.template, statement.arguments).rows {
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
}
