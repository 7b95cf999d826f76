/// The names that other systems have for the same rows.
extension BuiltInView {
  private static let eventFields = """
    ts, event_id, organization_id, user_id, session_id, event_type, category, feature, model, \
    framework, status, error_code, duration_ms, resource_type, resource_id, course_id, project_id, \
    trace_id, endpoint, method, status_code, response_time_ms, metadata, received_at
    """

  static let activityLog = BuiltInView(
    "activity_log", "What people did; records that only count tokens are left out.",
    "SELECT \(eventFields) FROM events WHERE event_type <> 'token_usage'")

  static let activityEvents = BuiltInView(
    "activity_events", "All events, by the names of an activity log.",
    """
    SELECT event_id AS id, user_id, organization_id AS company_id, session_id, \
    event_type AS action_type, event_type, category, resource_type, resource_id, metadata, \
    endpoint, method, status_code, response_time_ms, trace_id, ts AS created_at FROM events
    """)

  static let userActivityLogs = BuiltInView(
    "user_activity_logs", "All events of people who are known.",
    """
    SELECT ts, organization_id, user_id, event_type AS event, feature, model, status, duration_ms, \
    error_code FROM events WHERE user_id IS NOT NULL
    """)

  static let analyticsEvents = BuiltInView(
    "analytics_events", "All events, by the names of an ingestion.",
    """
    SELECT event_id AS client_event_id, organization_id AS org_id, user_id, event_type, course_id, \
    resource_id, metadata AS payload, ts AS occurred_at, received_at FROM events
    """)

  static let tokenUsage = BuiltInView(
    "token_usage", "Tokens per request.",
    """
    SELECT event_id AS id, ts AS created_at, organization_id, user_id, conversation_id, message_id, \
    model, prompt_tokens, completion_tokens, total_tokens, cached_tokens, reasoning_tokens, \
    cost_usd FROM events WHERE total_tokens IS NOT NULL
    """)

  static let requestLogs = BuiltInView(
    "request_logs", "Requests, with timing, model, tokens, cost and where they came from.",
    """
    SELECT ts AS created_at, request_id, organization_id, user_id, session_id, endpoint, method, \
    status_code, coalesce(response_time_ms, duration_ms) AS latency_ms, model AS model_name, \
    prompt_tokens, completion_tokens, total_tokens, cost_usd, finish_reason, authenticated, \
    ip_address, user_agent, country, error_code \
    FROM events WHERE status_code IS NOT NULL OR endpoint IS NOT NULL
    """)

  static let apiCalls = BuiltInView(
    "api_calls", "Calls of the API, by endpoint.",
    """
    SELECT ts, organization_id, user_id, session_id, endpoint, method, status_code, \
    response_time_ms FROM events WHERE event_type = 'api_call'
    """)

  static let jobs = BuiltInView(
    "jobs", "What trainings, inferences, test runs, exports and deployments did.",
    """
    SELECT ts, organization_id, user_id, event_type, category, resource_type, \
    resource_id AS job_id, project_id, model, framework, status, error_code, duration_ms, \
    gpu_seconds, cpu_seconds, gpu_utilization, cost_usd FROM events \
    WHERE category IN ('training', 'inference', 'export', 'deployment')
    """)

  static let storageChanges = BuiltInView(
    "storage_changes", "Bytes added and taken away.",
    """
    SELECT ts, organization_id, user_id, project_id, resource_type, resource_id, storage_type, \
    bytes_delta FROM events WHERE bytes_delta IS NOT NULL
    """)

  static let userSessions = BuiltInView(
    "user_sessions", "Sessions, by the names of a session log.",
    """
    SELECT session_id AS id, organization_id, user_id, user_agent, ip_address, device_type, browser, \
    os, login_at, logout_at, last_activity_at, login_at AS session_start, \
    logout_at AS session_end, active_seconds AS active_duration_seconds, \
    total_seconds AS total_duration_seconds, idle_seconds AS idle_duration_seconds, \
    api_calls AS api_calls_count, page_views AS page_views_count, requests, cost_usd, \
    total_tokens, is_active FROM sessions
    """)

  static let feedbackLogs = BuiltInView(
    "feedback_logs", "Feedback, by the names of a rating log.",
    """
    SELECT feedback_id AS id, ts AS created_at, organization_id, user_id, request_id AS request_log, \
    stars AS rating, comment AS feedback_text FROM feedback
    """)

  static let threatLogs = BuiltInView(
    "threat_logs", "Threats, by the names of a security log.",
    """
    SELECT threat_id AS id, ts AS created_at, organization_id, user_id, threat_type, severity, \
    description, ip_address, country, resolved, resolved_at FROM threats
    """)

  static let auditLogs = BuiltInView(
    "audit_logs", "The audit log, by the names of other systems.",
    """
    SELECT audit_id AS id, ts AS "timestamp", organization_id, user_id, user_email, user_role, \
    entity_type, entity_id, entity_name, action, changes, context, description FROM audit_log
    """)
}
