import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import QueryPlanning
import Testing

/// A few rows that figures can be counted on by hand. Now is 2026-01-15 12:00 UTC, a Thursday.
struct ReadHarness {
  let harness: AdministrationHarness

  init(isEmpty: Bool = false) async throws {
    harness = try await AdministrationHarness()
    guard !isEmpty else { return }
    try run(
      """
      INSERT INTO users (user_id, organization_id, role, status, domain, email, signed_up_at) VALUES
        ('ann', 'acme', 'admin', 'active', 'a.example', 'planted@a.example', '2025-12-01'),
        ('bob', 'acme', 'user', 'active', 'b.example', 'planted@b.example', NULL),
        ('cid', 'acme', 'user', 'invited', 'b.example', NULL, NULL),
        ('eve', 'bolt', 'user', 'active', 'b.example', 'planted@e.example', NULL)
      """)
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category, feature, model, status,
        error_code, duration_ms, request_id, cost_usd, cost_source, country) VALUES
        ('2026-01-10 10:00', 'acme', 'ann', 'image_generate_succeeded', 'inference', 'images', 'iris',
          'succeeded', NULL, 100, 'r1', 0.25, 'sent', 'DE'),
        ('2026-01-10 10:05', 'acme', 'ann', 'image_generate_failed', 'inference', 'images', 'iris',
          'failed', 'timeout', 50, 'r2', NULL, NULL, 'DE'),
        ('2026-01-12 08:00', 'bolt', 'eve', 'chat', 'inference', 'chat', 'atlas', 'succeeded', NULL, 900,
          'r9', 7, 'sent', 'US'),
        ('2025-11-01 07:00', 'acme', 'bob', 'page_view', 'ui', 'account', NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL),
        ('2026-01-14 07:00', 'acme', 'ann', 'email_sent', 'email', 'email', NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL)
      """)
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, model, status, duration_ms, request_id,
        prompt_tokens, completion_tokens, total_tokens, cost_usd, cost_source, status_code, endpoint,
        country, course_id, metadata) VALUES
        ('2026-01-11 09:00', 'acme', 'bob', 'chat', 'atlas', 'succeeded', 300, 'r3', 10, 20, 30, 0.5, 'sent',
          200, '/chat', 'FR', 'c1', '{"n": 1}'),
        ('2026-01-11 09:00:01', 'acme', 'bob', 'token_usage', 'atlas', NULL, NULL, NULL, 2, 3, 5, NULL,
          NULL, NULL, NULL, NULL, NULL, NULL),
        ('2026-01-12 08:00', 'acme', 'dan', 'api_call', NULL, NULL, 20, 'r4', NULL, NULL, NULL, NULL, NULL,
          500, '/v1/x', 'DE', NULL, NULL),
        ('2026-01-12 08:01', 'acme', 'dan', 'api_call', NULL, NULL, 40, 'r5', NULL, NULL, NULL, NULL, NULL,
          200, '/v1/x', NULL, NULL, NULL)
      """)
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category, feature, status, duration_ms,
        gpu_seconds, cost_usd, cost_source, bytes_delta, storage_type, project_id, framework) VALUES
        ('2026-01-13 05:00', 'acme', 'ann', 'training_started', 'training', 'training', NULL, NULL, NULL,
          NULL, NULL, NULL, NULL, 'p1', 'torch'),
        ('2026-01-13 07:00', 'acme', 'ann', 'training_completed', 'training', 'training', 'succeeded',
          7200000, 7200, 3, 'resource_rate', NULL, NULL, 'p1', 'torch'),
        ('2026-01-14 09:00', 'acme', 'ann', 'storage_change', 'storage', 'datasets', NULL, NULL, NULL, NULL,
          NULL, 1073741824, 'dataset', 'p1', NULL)
      """)
    try run(
      """
      INSERT INTO sessions (session_id, organization_id, user_id, login_at, logout_at, last_activity_at,
        total_seconds, active_seconds, idle_seconds, device_type, browser, ip_address, api_calls, is_active)
      VALUES
        ('s1', 'acme', 'ann', '2026-01-10 09:55', '2026-01-10 10:30', '2026-01-10 10:30', 2100, 1800, 300,
          'desktop', 'Firefox 1', '192.0.2.1', 3, false),
        ('s2', 'acme', 'bob', '2025-10-01 08:00', NULL, '2025-10-01 08:01', 60, 60, 0, 'mobile', 'Safari 1',
          '192.0.2.2', 0, false),
        ('s3', 'bolt', 'eve', '2026-01-12 08:00', NULL, NULL, 7, 7, 0, 'tablet', NULL, NULL, 1, true)
      """)
    try run(
      """
      INSERT INTO feedback (ts, feedback_id, organization_id, user_id, request_id, kind, stars, comment,
        model, survey_id, question_id, answer_key) VALUES
        ('2026-01-10 11:00', '00000000-0000-7000-8000-000000000001', 'acme', 'ann', 'r1', 'rating', 5,
          'planted words', 'iris', NULL, NULL, 0),
        ('2026-01-10 12:00', '00000000-0000-7000-8000-000000000002', 'acme', 'cid', 'r1', 'rating', 1, NULL,
          'iris', NULL, NULL, 0),
        ('2026-01-11 12:00', '00000000-0000-7000-8000-000000000003', 'acme', 'bob', 'r3', 'rating', 2, NULL,
          'atlas', NULL, NULL, 0),
        ('2026-01-11 13:00', '00000000-0000-7000-8000-000000000004', 'acme', 'bob', 'q1-bob', 'survey', 4,
          'planted answer', NULL, 'spring', 'q1', 1),
        ('2026-01-11 13:00', '00000000-0000-7000-8000-000000000005', 'bolt', 'eve', 'r9', 'rating', 3,
          'planted foreign', 'atlas', NULL, NULL, 0)
      """)
    try run(
      """
      INSERT INTO resources (resource_type, resource_id, organization_id, user_id, created_at, deleted_at)
      VALUES ('project', 'p1', 'acme', 'ann', '2025-12-02', NULL),
        ('project', 'p2', 'acme', 'ann', '2025-12-02', '2026-01-01'),
        ('dataset', 'd1', 'acme', 'ann', NULL, NULL), ('project', 'p3', 'bolt', 'eve', NULL, NULL)
      """)
    try run(
      """
      INSERT INTO insights (ts, insight_id, organization_id, user_id, insight_type, severity, message, action)
      VALUES ('2026-01-12 01:00', 'i1', 'acme', 'ann', 'cost_alert', 'warning', 'more', 'less'),
        ('2026-01-12 01:00', 'i2', 'acme', NULL, 'cost_alert', 'info', 'all', NULL),
        ('2026-01-12 01:00', 'i3', 'acme', 'bob', 'cost_alert', 'info', 'other', NULL)
      """)
    try run(
      """
      INSERT INTO threats (threat_id, ts, organization_id, user_id, threat_type, severity, description,
        resolved) VALUES
        ('t1', '2026-01-12 01:00', 'acme', 'ann', 'custom', 'low', 'planted threat', true),
        ('t2', '2026-01-13 01:00', 'acme', NULL, 'prompt_injection', 'high', NULL, false),
        ('t3', '2026-01-13 01:00', 'bolt', NULL, 'custom', 'low', NULL, false)
      """)
  }

  func run(_ statement: String) throws {
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(statement, in: &session)
  }

  /// What an emitter says where a generation of an image is asked for: its end is another event.
  func accept(_ request: String, at time: String = "2026-01-10 09:59") throws {
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, model, status_code, request_id) VALUES
        ('\(time)', 'acme', 'ann', 'image_generate_requested', 'iris', 202, '\(request)')
      """)
  }

  /// Answers are as the description of the endpoint says.
  func ask(
    _ path: String, as role: Role = .admin, _ user: String = "ann",
    in organizations: [String] = ["acme"], headers: [String: String] = [:]
  ) async throws -> HarnessAnswer {
    let token = try harness.token(role, user, in: organizations)
    let answer = try await harness.ask(.get, path, token: token, headers: headers)
    if answer.status == 200,
      case .found(let endpoint, _) = harness.service.endpoints.match(
        "GET", path: path.prefix { $0 != "?" })
    {
      let errors = endpoint.answers.first?.schema?.errors(in: answer.json) ?? []
      #expect(errors == [], "\(path)")
    }
    return answer
  }

  /// Figures of the catalogue, by their ids.
  func figures(
    _ query: String, as role: Role = .admin, _ user: String = "ann"
  ) async throws -> [String: StrictJSON] {
    let answer = try await ask("/api/admin/overview/kpis?\(query)", as: role, user)
    let figures = answer.list("kpis").compactMap { figure -> (String, StrictJSON)? in
      guard let id = figure["id"]?.text, let value = figure["value"] else { return nil }
      return (id, value)
    }
    return Dictionary(figures) { first, _ in first }
  }
}

extension StrictJSON {
  /// As a number; `nil` where it is none.
  var value: Double? { if case .number(let text) = self { Double(text) } else { nil } }

  /// Follows members.
  subscript(_ path: String...) -> StrictJSON? {
    path.reduce(Optional(self)) { $0?.members?[$1] }
  }
}
