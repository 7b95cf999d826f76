/// Totals by the names of tables that other systems fill by nightly jobs. Here they are questions:
/// what they answer is never stale.
extension BuiltInView {
  static let activityAggregates = BuiltInView(
    "activity_aggregates", "Events per day, organisation, person and type.",
    """
    SELECT date_trunc('day', ts)::date AS date, organization_id, user_id, event_type AS action_type, \
    count(*) AS count FROM events WHERE event_type <> 'token_usage' GROUP BY 1, 2, 3, 4
    """)

  static let tokenUsageAggregates = BuiltInView(
    "token_usage_aggregates", "Tokens per day, organisation, person and model.",
    """
    SELECT date_trunc('day', ts)::date AS date, organization_id, user_id, model, \
    sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, \
    sum(total_tokens) AS total_tokens FROM events WHERE total_tokens IS NOT NULL GROUP BY 1, 2, 3, 4
    """)

  /// Of rows with a model: requests where they end, once each, as the metric `model_requests` counts them.
  private static let isModelRequest = """
    (event_type IN ('image_generate_succeeded', 'image_generate_failed', 'video_generate_succeeded', \
    'video_generate_failed', 'inference_completed', 'inference_failed', 'test_run', 'chat', 'rag_query') \
    OR status IN ('succeeded', 'failed') AND event_type NOT IN ('token_usage', \
    'image_generate_requested', 'video_generate_requested'))
    """

  static let modelUsageStats = BuiltInView(
    "model_usage_stats",
    "Requests, failures, latency, tokens and cost per day, organisation and model.",
    """
    SELECT date_trunc('day', ts)::date AS date, organization_id, model AS model_name, \
    count(*) FILTER (WHERE \(isModelRequest)) AS requests, \
    count(*) FILTER (WHERE \(isModelRequest) \
    AND (status = 'succeeded' OR (status IS NULL AND status_code < 400))) AS succeeded, \
    count(*) FILTER (WHERE \(isModelRequest) AND (status = 'failed' OR status_code >= 400)) AS failed, \
    avg(coalesce(response_time_ms, duration_ms)) AS avg_latency_ms, \
    sum(total_tokens) AS total_tokens, sum(cost_usd) AS cost_usd \
    FROM events WHERE model IS NOT NULL GROUP BY 1, 2, 3
    """)

  static let apiUsage = BuiltInView(
    "api_usage", "Calls and errors per day, organisation, person and endpoint.",
    """
    SELECT date_trunc('day', ts)::date AS date, organization_id, user_id, endpoint, \
    count(*) AS calls, count(*) FILTER (WHERE status_code >= 400) AS errors, \
    avg(response_time_ms) AS avg_response_time_ms \
    FROM events WHERE event_type = 'api_call' GROUP BY 1, 2, 3, 4
    """)
}
