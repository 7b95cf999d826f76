import ColumnStore
import Engine
import Platform
import Testing

/// Each field that a kind of record must have, and where it is: `table.column`, or a view's column.
/// Totals are made of raw columns; they name those.
private let fields: [(record: String, field: String, places: [String])] = [
  ("event", "id", ["events.event_id"]),
  ("event", "organisation", ["events.organization_id"]),
  ("event", "user", ["events.user_id"]),
  ("event", "session", ["events.session_id"]),
  ("event", "event type", ["events.event_type"]),
  ("event", "category", ["events.category"]),
  ("event", "feature", ["events.feature"]),
  ("event", "model", ["events.model"]),
  ("event", "framework", ["events.framework"]),
  ("event", "status", ["events.status"]),
  ("event", "duration, latency", ["events.duration_ms"]),
  ("event", "error code", ["events.error_code"]),
  ("event", "resource type and id", ["events.resource_type", "events.resource_id"]),
  ("event", "metadata", ["events.metadata"]),
  ("event", "trace id", ["events.trace_id"]),
  ("event", "endpoint", ["events.endpoint"]),
  ("event", "method", ["events.method"]),
  ("event", "status code", ["events.status_code"]),
  ("event", "response time", ["events.response_time_ms"]),
  ("event", "event time", ["events.ts"]),
  ("event", "receive time", ["events.received_at"]),
  ("learning", "course", ["events.course_id"]),
  (
    "file", "hash of the name, type, size",
    ["events.file_hash", "events.mime_type", "events.size_bytes"]
  ),

  ("session", "id", ["sessions.session_id"]),
  ("session", "organisation", ["sessions.organization_id"]),
  ("session", "user", ["sessions.user_id"]),
  ("session", "token hash", ["sessions.token_hash"]),
  ("session", "user agent", ["sessions.user_agent"]),
  (
    "session", "device type, browser, OS",
    ["sessions.device_type", "sessions.browser", "sessions.os"]
  ),
  ("session", "IP", ["sessions.ip_address"]),
  (
    "session", "login, logout, last activity",
    ["sessions.login_at", "sessions.logout_at", "sessions.last_activity_at"]
  ),
  (
    "session", "active, idle, total seconds",
    ["sessions.active_seconds", "sessions.idle_seconds", "sessions.total_seconds"]
  ),
  (
    "session", "API calls, page views, requests",
    ["sessions.api_calls", "sessions.page_views", "sessions.requests"]
  ),
  ("session", "cost, tokens", ["sessions.cost_usd", "sessions.total_tokens"]),
  ("session", "is active", ["sessions.is_active"]),

  ("token usage", "id, time", ["token_usage.id", "token_usage.created_at"]),
  ("token usage", "user, organisation", ["token_usage.user_id", "token_usage.organization_id"]),
  ("token usage", "conversation, message", ["events.conversation_id", "events.message_id"]),
  ("token usage", "model", ["token_usage.model"]),
  (
    "token usage", "prompt, completion, total tokens",
    ["events.prompt_tokens", "events.completion_tokens", "events.total_tokens"]
  ),
  ("token usage", "cached, reasoning tokens", ["events.cached_tokens", "events.reasoning_tokens"]),
  ("token usage", "a total that conflicts is flagged", ["events.tokens_conflict"]),

  ("request log", "timing", ["request_logs.created_at", "request_logs.latency_ms"]),
  (
    "request log", "model, tokens, cost",
    ["request_logs.model_name", "request_logs.total_tokens", "request_logs.cost_usd"]
  ),
  ("request log", "source of the cost", ["events.cost_source"]),
  ("request log", "finish reason", ["events.finish_reason"]),
  (
    "request log", "IP, user agent, country",
    ["events.ip_address", "events.user_agent", "events.country"]
  ),
  ("request log", "authenticated", ["events.authenticated"]),
  (
    "request log", "session, status code, endpoint",
    ["request_logs.session_id", "request_logs.status_code", "request_logs.endpoint"]
  ),

  ("feedback", "stars", ["feedback.stars"]),
  ("feedback", "text", ["feedback.comment"]),
  ("feedback", "request, user", ["feedback.request_id", "feedback.user_id", "events.request_id"]),

  (
    "threat", "type, severity, description",
    ["threats.threat_type", "threats.severity", "threats.description"]
  ),
  ("threat", "IP, country, user", ["threats.ip_address", "threats.country", "threats.user_id"]),
  ("threat", "resolved, resolved time", ["threats.resolved", "threats.resolved_at"]),

  (
    "audit entry", "actor id, email, role",
    ["audit_log.user_id", "audit_log.user_email", "audit_log.user_role"]
  ),
  (
    "audit entry", "entity type, id, name",
    ["audit_log.entity_type", "audit_log.entity_id", "audit_log.entity_name"]
  ),
  ("audit entry", "action", ["audit_log.action"]),
  ("audit entry", "changes", ["audit_log.changes"]),
  ("audit entry", "context", ["audit_log.context", "audit_log.sealed_context"]),
  ("audit entry", "description", ["audit_log.description", "audit_log.sealed_description"]),
  ("audit entry", "time", ["audit_log.ts"]),

  ("usage totals", "sessions", ["sessions.session_id"]),
  (
    "usage totals", "login, active, idle seconds",
    ["sessions.total_seconds", "sessions.active_seconds", "sessions.idle_seconds"]
  ),
  (
    "usage totals", "last login, last activity", ["sessions.login_at", "sessions.last_activity_at"]
  ),
  ("usage totals", "GPU, CPU seconds", ["events.gpu_seconds", "events.cpu_seconds"]),
  ("usage totals", "storage by type", ["events.storage_type", "events.bytes_delta"]),
  (
    "usage totals", "trainings, test runs, inferences, exports, deployments",
    ["jobs.event_type", "jobs.category", "jobs.status"]
  ),
  (
    "usage totals", "features, models, frameworks",
    ["events.feature", "events.model", "events.framework"]
  ),
  (
    "usage totals", "projects and data sets created, joined, owned, shared",
    ["resources.created_by", "resources.user_id", "resources.member_count", "resources.is_shared"]
  ),
  ("usage totals", "people invited", ["audit_log.action", "audit_log.user_id"]),
  ("usage totals", "cost", ["events.cost_usd"]),
  ("usage totals", "success rate, training hours", ["jobs.status", "jobs.duration_ms"]),
  ("usage totals", "GPU utilisation", ["events.gpu_utilization"]),
  (
    "usage totals", "API calls, errors, by endpoint",
    ["api_usage.calls", "api_usage.errors", "api_usage.endpoint"]
  ),
  ("usage series", "jobs at once", ["jobs.ts", "jobs.duration_ms"]),
  (
    "model days", "requests, success, failure",
    ["model_usage_stats.requests", "model_usage_stats.succeeded", "model_usage_stats.failed"]
  ),
  (
    "model days", "latency, tokens, cost",
    [
      "model_usage_stats.avg_latency_ms", "model_usage_stats.total_tokens",
      "model_usage_stats.cost_usd",
    ]
  ),
  (
    "activity aggregate", "day, user, organisation, action, count",
    [
      "activity_aggregates.date", "activity_aggregates.user_id",
      "activity_aggregates.organization_id",
      "activity_aggregates.action_type", "activity_aggregates.count",
    ]
  ),
  (
    "token aggregate", "day, user, organisation, model, sums",
    [
      "token_usage_aggregates.date", "token_usage_aggregates.user_id",
      "token_usage_aggregates.organization_id", "token_usage_aggregates.model",
      "token_usage_aggregates.prompt_tokens", "token_usage_aggregates.completion_tokens",
      "token_usage_aggregates.total_tokens",
    ]
  ),
  (
    "insight", "type, severity, message, action",
    ["insights.insight_type", "insights.severity", "insights.message", "insights.action"]
  ),
  (
    "user", "role, status, domain, signup",
    ["users.role", "users.status", "users.domain", "users.signed_up_at", "users.email"]
  ),
  (
    "dead letter", "reason, payload, replay",
    [
      "dead_letters.reason_code", "dead_letters.reason", "dead_letters.payload",
      "dead_letters.state", "dead_letters.replayed_at",
    ]
  ),
  ("resource", "organisation of a resource", ["resources.organization_id"]),
]

@Suite struct RequiredFields {
  @Test func `each has its column`() throws {
    let engine = try Engine.withBuiltInTables()
    let catalog = engine.store.catalog()
    var places: Set<String> = []
    for table in catalog.tables.values {
      places.formUnion(table.schema.columns.map { "\(table.schema.name).\($0.name)" })
    }
    for view in catalog.views.values {
      places.formUnion(view.columns.map { "\(view.name).\($0.name)" })
    }
    for (record, field, expected) in fields {
      for place in expected { #expect(places.contains(place), "\(record): \(field)") }
    }
  }

  @Test func `names that other systems have are views`() throws {
    let names = [
      "activity_log", "activity_events", "user_activity_logs", "analytics_events", "token_usage",
      "request_logs", "api_usage", "user_sessions", "feedback_logs", "threat_logs", "audit_logs",
      "activity_aggregates", "token_usage_aggregates", "model_usage_stats",
    ]
    #expect(Set(names).isSubset(of: BuiltInSchema.views.map(\.name)))
  }

  @Test func `whatever may name a person is hidden`() {
    for table in BuiltInSchema.tables {
      for column in table.columns where BuiltInSchema.mustBeHidden(column.name) {
        #expect(column.label?.hides == true, "\(table.name).\(column.name)")
      }
    }
    let hidden = BuiltInSchema.tables.flatMap { table in
      table.columns.filter { $0.label?.hides == true }.map { "\(table.name).\($0.name)" }
    }
    #expect(
      Set(hidden) == [
        "events.ip_address", "events.user_agent", "feedback.comment", "audit_log.user_email",
        "audit_log.changes", "audit_log.sealed_entity_name", "audit_log.sealed_description",
        "audit_log.sealed_context", "dead_letters.payload", "users.email", "users.full_name",
        "sessions.token_hash", "sessions.user_agent", "sessions.ip_address",
        "threats.description", "threats.ip_address",
      ])
  }

  @Test func `what must not be kept has no column`() {
    let forbidden = ["prompt", "content", "password", "message_text", "file_name", "token"]
    for table in BuiltInSchema.tables {
      for column in table.columns {
        #expect(!forbidden.contains(column.name), "\(table.name).\(column.name)")
      }
    }
  }

  @Test func `every table says whose rows they are, but the service's own`() {
    for table in BuiltInSchema.tables {
      let labels = table.columns.compactMap(\.label)
      let isServices = [
        "built_in_relations", "prices", "scheduled_jobs", "webhook_deliveries",
      ].contains(table.name)
      #expect(labels.filter { $0 == .organization }.count == (isServices ? 0 : 1), "\(table.name)")
      #expect(labels.filter { $0 == .user }.count <= 1)
    }
  }

  @Test func `ids of events, traces and resources are in no dictionary`() throws {
    for name in ["event_id", "trace_id", "resource_id", "request_id"] {
      let column = try #require(BuiltInSchema.table("events")?[column: name])
      #expect([.uuid, .identifier].contains(column.kind))
    }
  }
}
