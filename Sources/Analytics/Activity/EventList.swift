public import ColumnStore

/// Events that are listed one by one, and counted: what people did, or what requests used.
public enum EventList: Sendable, Equatable {
  /// What people and services did. Records that only count tokens are not activities of their own (C26).
  case activity(includesTokenUsage: Bool)
  /// Records with tokens: one per request.
  case tokens

  /// The columns of a row, in their order. None of them is sealed.
  public var columns: [String] {
    switch self {
    case .activity:
      [
        "event_id", "ts", "organization_id", "user_id", "session_id", "event_type", "category",
        "feature", "model", "status", "error_code", "duration_ms", "resource_type", "resource_id",
        "project_id", "course_id", "trace_id", "metadata",
      ]
    case .tokens:
      [
        "event_id", "ts", "organization_id", "user_id", "request_id", "conversation_id",
        "message_id", "event_type", "model", "prompt_tokens", "completion_tokens", "total_tokens",
        "cached_tokens", "reasoning_tokens", "tokens_conflict", "cost_usd", "cost_source",
      ]
    }
  }

  var condition: String {
    switch self {
    case .activity(includesTokenUsage: true): ""
    case .activity(includesTokenUsage: false): " AND event_type <> 'token_usage'"
    case .tokens: " AND total_tokens IS NOT NULL"
    }
  }

  /// What is added up, by name.
  public var measures: [(name: String, sql: String)] {
    switch self {
    case .activity: [("count", "count(*)")]
    case .tokens:
      [
        ("requests", "count(*)"),
        ("prompt_tokens", "coalesce(sum(prompt_tokens), 0)"),
        ("completion_tokens", "coalesce(sum(completion_tokens), 0)"),
        ("total_tokens", "coalesce(sum(total_tokens), 0)"),
        ("cached_tokens", "coalesce(sum(cached_tokens), 0)"),
        ("reasoning_tokens", "coalesce(sum(reasoning_tokens), 0)"),
        ("conflicting_requests", "count(*) FILTER (WHERE tokens_conflict)"),
        ("unpriced_tokens", CostRules.unpricedTokens),
        ("cost_usd", "sum(cost_usd)"),
      ]
    }
  }

  /// What may be counted by, beside time.
  public var dimensions: [String] {
    switch self {
    case .activity: ["event_type", "user_id", "organization_id"]
    case .tokens: ["model", "user_id", "organization_id"]
    }
  }

  /// A page of rows; further back one asks for a shorter range.
  public static let limits = 1...500
  public static let offsets = 0...100_000
}

/// A page of a list.
public struct EventPage: Sendable {
  /// In the order of the list's columns.
  public var rows: [[Value]]
  /// How many there are, whatever the page.
  public var total: Int64
}

/// Sums of a list by time and dimensions.
public struct EventTotals: Sendable {
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
  /// Over the whole range, in the order of the list's measures.
  public var sums: [Value]
}
