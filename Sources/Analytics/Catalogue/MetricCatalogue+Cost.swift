/// Tokens and money. Costs are estimates, in whole micro-dollars, as they stand in `events.cost_usd`.
extension MetricCatalogue {
  static let tokens: [MetricDefinition] = [
    tokens("prompt_tokens", "Prompt tokens", "Tokens sent to models, cached ones included."),
    tokens("completion_tokens", "Completion tokens", "Tokens of answers, reasoning included."),
    tokens("total_tokens", "Tokens", "Tokens sent and answered."),
    MetricDefinition(
      "unpriced_token_share", "Unpriced tokens",
      "The share of all tokens for which no cost is known.", .ratio, better: .down, in: .tokens,
      .ratio(
        .events, "coalesce(sum(total_tokens) FILTER (WHERE cost_usd IS NULL), 0)",
        of: "sum(total_tokens)")),
  ]

  private static func tokens(
    _ column: String, _ title: String, _ definition: String
  ) -> MetricDefinition {
    MetricDefinition(
      column, title, definition, .tokens, better: .none, in: .tokens,
      .events("sum(\(column))"))
  }

  /// What everything costs is made of.
  private static let parts = ["usage_cost", "storage_cost"]

  static let cost: [MetricDefinition] = [
    MetricDefinition(
      "total_cost", "Cost", "Estimated cost of all that was done, and of all that was stored.",
      .dollars, better: .down, in: .cost, version: 2, .sum(parts)),
    MetricDefinition(
      "usage_cost", "Cost of use",
      "Estimated cost of all that was done: GPU time and requests to models. Storage is not in it.",
      .dollars, better: .down, in: .cost, .events("sum(cost_usd)")),
    MetricDefinition(
      "gpu_cost", "Cost of GPUs", "Estimated cost of what says GPU time.", .dollars, better: .down,
      in: .cost, .events("sum(cost_usd) FILTER (WHERE \(CostRules.isGPU))")),
    MetricDefinition(
      "inference_cost", "Cost of requests to models",
      "Estimated cost of all else that was done: tokens and requests to models.", .dollars,
      better: .down, in: .cost, .events("sum(cost_usd) FILTER (WHERE NOT \(CostRules.isGPU))")),
    MetricDefinition(
      "storage_cost", "Cost of storage",
      """
      Estimated cost of keeping what is stored, for as long as it is there: GB-days divided by 30, times the \
      rate of the day.
      """, .dollars, better: .down, in: .cost, .storageCost),
    MetricDefinition(
      "cost_per_user", "Cost per user",
      "Estimated cost, storage included, divided by the distinct users who were active.", .dollars,
      better: .down, in: .cost, version: 2, .quotient("total_cost", "active_users")),
    MetricDefinition(
      "training_cost", "Cost of training", "Estimated cost of all that belongs to training.",
      .dollars, better: .down, in: .cost,
      .aggregate(.events, where: "category = 'training'", value: "sum(cost_usd)")),
    MetricDefinition(
      "cost_per_training_job", "Cost per training",
      "Estimated cost of training, divided by the trainings that were started.", .dollars,
      better: .down, in: .cost, .quotient("training_cost", "training_jobs")),
    MetricDefinition(
      "cost_30d", "Cost, 30 days",
      "Estimated cost, storage included, of the 30 days that end with the last day of the range.",
      .dollars, better: .down, in: .cost, over: .trailing(days: 30), version: 2, .sum(parts)),
    MetricDefinition(
      "cost_growth_rate", "Cost growth",
      "How much the cost of 30 days has changed against the 30 days before them.", .ratio,
      better: .down, in: .cost, over: .trailing(days: 30), version: 2, .growth(of: "cost_30d")),
  ]
}
