/// What costs are counted under, as conditions of SQL: each is written down once.
enum CostRules {
  /// An event has one cost: of the GPU where it says GPU time, else of a call of a model.
  static let isGPU = "coalesce(gpu_seconds, 0) > 0"

  /// Bytes whose cost was sent with them are not charged by the month as well.
  static let isChargedStorage = "cost_source IS DISTINCT FROM 'sent'"

  static let unpricedTokens = "coalesce(sum(total_tokens) FILTER (WHERE cost_usd IS NULL), 0)"
}
