import AccessControl
import Authentication
import Testing

/// What rows are kept to stands in the receipt, whichever parameter asked for it.
struct ReceiptFilterTests {
  private func filters(_ answer: HarnessAnswer) -> [String: [String]] {
    (answer.json["receipt", "filters"]?.members ?? [:]).mapValues {
      $0.elements?.compactMap(\.text) ?? []
    }
  }

  @Test(arguments: [
    (
      "threats", "threats", "type=custom&severity=low&resolved=true",
      ["type": ["custom"], "severity": ["low"], "resolved": ["true"]]
    ),
    (
      "requests", "requests",
      "status=failed&status=succeeded&error_code=timeout&min_duration_ms=5&user_status=active",
      [
        "status": ["failed", "succeeded"], "error_code": ["timeout"], "min_duration_ms": ["5"],
        "user_status": ["active"],
      ]
    ),
    (
      "sessions", "sessions", "is_active=false&role=admin",
      ["is_active": ["false"], "role": ["admin"]]
    ),
    (
      "feedback", "feedback",
      "stars=5&with_comment=true&kind=rating&survey_id=s&question_id=q&model=iris",
      [
        "stars": ["5"], "with_comment": ["true"], "kind": ["rating"], "survey_id": ["s"],
        "question_id": ["q"], "model": ["iris"],
      ]
    ),
    ("users", "users", "search=an&status=active", ["search": ["an"], "status": ["active"]]),
    (
      "activity", "events", "include_token_usage=true&event_type=chat",
      ["include_token_usage": ["true"], "event_type": ["chat"]]
    ),
    ("activity", "events", "user_id=ann", ["user_id": ["ann"]]),
  ])
  func `as a page and its export have it`(
    path: String, list: String, query: String, expected: [String: [String]]
  ) async throws {
    let harness = try await ReadHarness()
    let page = try await harness.ask("/api/admin/\(path)?\(query)")
    #expect(page.status == 200 && filters(page) == expected, "\(page.json)")
    let export = try await harness.ask(
      "/api/admin/analytics/export?list=\(list)&format=json&\(query)")
    #expect(export.status == 200 && filters(export) == expected, "\(export.json)")
  }

  @Test(arguments: [
    (
      "feedback/summary?kind=survey&survey_id=spring",
      ["kind": ["survey"], "survey_id": ["spring"]]
    ),
    ("activity/aggregates?include_token_usage=true", ["include_token_usage": ["true"]]),
    ("users/ann/timeline?event_types=chat", ["user_id": ["ann"], "event_types": ["chat"]]),
  ])
  func `as sums and timelines have it`(path: String, expected: [String: [String]]) async throws {
    let answer = try await ReadHarness().ask("/api/admin/\(path)")
    #expect(answer.status == 200 && filters(answer) == expected, "\(answer.json)")
  }
}
