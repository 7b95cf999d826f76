/// What costs are counted under, as conditions of SQL: each is written down once.
enum CostRules {
  /// An event has one cost: of the GPU where it says GPU time, else of a call of a model.
  static let isGPU = "coalesce(gpu_seconds, 0) > 0"

  /// Requests to models that have come to an end, well or not, once each.
  static let isRequest = """
    (event_type IN ('image_generate_succeeded', 'image_generate_failed', \
    'video_generate_succeeded', 'video_generate_failed', 'inference_completed', \
    'inference_failed', 'test_run', 'chat', 'rag_query') \
    OR event_type = 'inference' AND status IN ('succeeded', 'failed'))
    """

  /// Bytes whose cost was sent with them are not charged by the month as well.
  static let isChargedStorage = "cost_source IS DISTINCT FROM 'sent'"

  static let unpricedTokens = "coalesce(sum(total_tokens) FILTER (WHERE cost_usd IS NULL), 0)"
}
