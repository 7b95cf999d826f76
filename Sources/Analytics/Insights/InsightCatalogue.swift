/// All rules, in the order in which they are documented.
public enum InsightCatalogue {
  public static let rules: [InsightRule] = costs + reliability + use + trust

  public static func rule(_ id: String) -> InsightRule? { rules.first { $0.id == id } }

  // MARK: - What it costs

  private static let costs: [InsightRule] = [
    InsightRule(
      "gpu_usage_up", .costAlert, "gpu_hours", .risesPercent(20), with: .greater(10),
      changing: 10, .warning,
      criticalFrom: 100, "GPU usage up {change} this week",
      "GPU usage increased {change} this week, from {previous} to {value}.",
      action: "Consider optimizing batch sizes."),
    InsightRule(
      "cost_up", .costAlert, "total_cost", .risesPercent(25), with: .greater(10), changing: 10,
      .warning,
      criticalFrom: 100, "Cost up {change} this week",
      "The estimated cost rose {change} this week, from {previous} to {value}.",
      action: "See which models and people cost most, and set limits where needed."),
    InsightRule(
      "cost_down", .costSaving, "total_cost", .fallsPercent(25), with: .greater(10),
      changing: 10, .info,
      "Cost down {change} this week",
      "The estimated cost fell {change} this week, from {previous} to {value}.",
      action: "Check that it fell with what people do, and not for want of data."),
    InsightRule(
      "cost_per_user_up", .costAlert, "cost_per_user", .risesPercent(30),
      with: .metric("active_users", 5), changing: 1, .warning,
      "Cost per user up {change} this week",
      "An active user cost {value} this week, after {previous} the week before.",
      action: "See whose use has changed: few people may explain it."),
    InsightRule(
      "tokens_up", .costAlert, "total_tokens", .risesPercent(50), with: .greater(100_000),
      changing: 100_000, .info,
      "Tokens up {change} this week",
      "{value} tokens were used this week, after {previous} the week before.",
      action: "Check the longest prompts, and whether they could be cached."),
    InsightRule(
      "unpriced_tokens", .costAlert, "unpriced_token_share", .exceeds(0.05),
      with: .denominator(1_000), .warning, "{value} of tokens have no price",
      "{value} of the tokens of this week have no price, so that their cost is not counted.",
      action:
        "Have an administrator of the platform set prices for the models that have none: PUT /api/admin/prices."
    ),
    InsightRule(
      "cost_spike", .costAnomaly, "usage_cost", .oddDay(.high), over: .day, with: .none,
      changing: 10, .warning,
      criticalFrom: 10, "Unusually high cost on {day}",
      "{day} {cost} {value}, where the same day of earlier weeks cost {previous}.",
      action: "See what ran on that day that does not on others."),
    InsightRule(
      "cost_drop", .costAnomaly, "usage_cost", .oddDay(.low), over: .day, with: .none,
      changing: 10, .info,
      "Unusually low cost on {day}",
      "{day} {cost} {value}, where the same day of earlier weeks cost {previous}.",
      action: "Check that all events of that day have come."),
  ]

  // MARK: - Whether it works

  private static let reliability: [InsightRule] = [
    InsightRule(
      "training_success_up", .successImprovement, "training_success_rate", .risesPoints(3),
      with: .denominator(10), .info, "Training success {previous} → {value}",
      "Training success rate improved from {previous} to {value} this week.",
      action: "Keep up the good work!"),
    InsightRule(
      "training_success_down", .successDecline, "training_success_rate", .fallsPoints(3),
      with: .denominator(10), .warning, criticalFrom: 20,
      "Training success {previous} → {value}",
      "Training success rate fell from {previous} to {value} this week.",
      action: "See with which errors trainings end."),
    InsightRule(
      "content_success_up", .successImprovement, "content_success_rate", .risesPoints(3),
      with: .denominator(50), .info, "Content success {previous} → {value}",
      "{value} of the generations of this week succeeded, after {previous} the week before.",
      action: "Keep what was changed."),
    InsightRule(
      "content_success_down", .successDecline, "content_success_rate", .fallsPoints(3),
      with: .denominator(50), .warning, criticalFrom: 20, "Content success {previous} → {value}",
      "{value} of the generations of this week succeeded, after {previous} the week before.",
      action: "See which models fail, and with which error codes."),
    InsightRule(
      "error_rate_up", .errorIncrease, "error_rate", .risesPoints(2), with: .denominator(100),
      .warning, criticalFrom: 10, "Error rate {previous} → {value}",
      "{value} of what people did failed this week, after {previous} the week before.",
      action: "See the most frequent error codes, and since when they come."),
    InsightRule(
      "error_rate_down", .errorDecrease, "error_rate", .fallsPoints(2), with: .denominator(100),
      .info, "Error rate {previous} → {value}",
      "{value} of what people did failed this week, after {previous} the week before.",
      action: "Keep what was changed."),
    InsightRule(
      "latency_up", .slowdown, "generation_latency_p95", .risesPercent(25),
      with: .metric("generations", 50), changing: 500, .warning, criticalFrom: 200,
      "Generations slower by {change} this week",
      "95 of 100 generations took up to {value} this week, after {previous} the week before.",
      action: "See which models became slower, and whether they have more to do."),
    InsightRule(
      "latency_down", .speedup, "generation_latency_p95", .fallsPercent(25),
      with: .metric("generations", 50), changing: 500, .info,
      "Generations faster by {change} this week",
      "95 of 100 generations took up to {value} this week, after {previous} the week before.",
      action: "Keep what was changed."),
    InsightRule(
      "response_time_up", .slowdown, "api_response_time_mean", .risesPercent(50),
      with: .metric("api_calls", 100), changing: 100, .warning, "API slower by {change} this week",
      "Calls of the API took {value} on average this week, after {previous} the week before.",
      action: "See which endpoints became slower."),
  ]

  // MARK: - Who uses it

  private static let use: [InsightRule] = [
    InsightRule(
      "active_users_up", .growth, "active_users", .risesPercent(10), with: .greater(20),
      changing: 5, .info,
      "Active users up {change} this week",
      "{value} people were active this week, after {previous} the week before.",
      action: "See where the new ones come from, and what they do first."),
    InsightRule(
      "active_users_down", .decline, "active_users", .fallsPercent(10), with: .greater(20),
      changing: 5, .warning, criticalFrom: 50, "Active users down {change} this week",
      "{value} people were active this week, after {previous} the week before.",
      action: "See who is missing, and what they did last."),
    InsightRule(
      "signups_up", .growth, "new_signups", .risesPercent(25), with: .greater(10), changing: 5,
      .info,
      "Signups up {change} this week",
      "{value} people signed up this week, after {previous} the week before.",
      action: "See whether they get to their first generation."),
    InsightRule(
      "signups_down", .decline, "new_signups", .fallsPercent(25), with: .greater(10), changing: 5,
      .warning,
      "Signups down {change} this week",
      "{value} people signed up this week, after {previous} the week before.",
      action: "Check that signing up works."),
    InsightRule(
      "activation_up", .growth, "activation_rate", .risesPoints(5), over: .month,
      with: .denominator(20), .info, "Activation {previous} → {value}",
      """
      {value} of those who signed up in the last 30 days had a generation within a week, after {previous} \
      in the 30 days before.
      """, action: "Keep what was changed."),
    InsightRule(
      "activation_down", .decline, "activation_rate", .fallsPoints(5), over: .month,
      with: .denominator(20), .warning, "Activation {previous} → {value}",
      """
      {value} of those who signed up in the last 30 days had a generation within a week, after {previous} \
      in the 30 days before.
      """, action: "See at which step new people stop."),
  ]

  // MARK: - What they say of it

  private static let trust: [InsightRule] = [
    InsightRule(
      "rating_down", .feedback, "rating_mean", .fallsPoints(0.3), with: .metric("ratings", 20),
      .warning, "Ratings {previous} → {value} stars",
      "People gave {value} stars on average this week, after {previous} the week before.",
      action: "Read what those wrote who gave one or two stars."),
    InsightRule(
      "rating_up", .feedback, "rating_mean", .risesPoints(0.3), with: .metric("ratings", 20), .info,
      "Ratings {previous} → {value} stars",
      "People gave {value} stars on average this week, after {previous} the week before.",
      action: "Keep what was changed."),
    InsightRule(
      "threats_up", .security, "threats", .risesPercent(100), with: .greater(10), changing: 10,
      .warning,
      criticalFrom: 400, "Threats up {change} this week",
      "{value} requests looked like attacks this week, after {previous} the week before.",
      action: "See which kinds there are, and deal with those that are open."),
  ]
}
