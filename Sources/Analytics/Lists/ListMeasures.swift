public import ColumnStore

/// What is added up of the rows of a list, and what it may be told apart by beside time.
public struct ListMeasures: Sendable {
  public let list: RowList
  public let measures: [(name: String, sql: String)]
  /// Columns of the table.
  public let dimensions: [String]

  /// How often things were done.
  public static func activity(includesTokenUsage: Bool) -> ListMeasures {
    ListMeasures(
      list: .activity(includesTokenUsage: includesTokenUsage), measures: [("count", "count(*)")],
      dimensions: ["event_type", "user_id", "organization_id"])
  }

  /// What requests used.
  public static let tokens = ListMeasures(
    list: .tokens,
    measures: [
      ("requests", "count(*)"),
      ("prompt_tokens", "coalesce(sum(prompt_tokens), 0)"),
      ("completion_tokens", "coalesce(sum(completion_tokens), 0)"),
      ("total_tokens", "coalesce(sum(total_tokens), 0)"),
      ("cached_tokens", "coalesce(sum(cached_tokens), 0)"),
      ("reasoning_tokens", "coalesce(sum(reasoning_tokens), 0)"),
      ("conflicting_requests", "count(*) FILTER (WHERE tokens_conflict)"),
      ("unpriced_tokens", CostRules.unpricedTokens),
      ("cost_usd", "sum(cost_usd)"),
    ], dimensions: ["model", "user_id", "organization_id"])

  /// As the list calls a dimension.
  public func name(of dimension: String) -> String {
    list.columns.first { $0.sql == dimension }?.name ?? dimension
  }
}

/// Sums of a list by time and dimensions.
public struct ListTotals: Sendable {
  public struct Row: Sendable, Equatable {
    /// When its hour, day, week or month begins.
    public var start: Int64
    /// In the order asked for.
    public var names: [String?]
    public var measures: [Value]
  }

  public var rows: [Row]
  /// How many rows there are, whatever the page.
  public var total: Int64
  /// Over the whole range, in the order of the measures.
  public var sums: [Value]
}
