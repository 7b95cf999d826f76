import AccessControl
import ColumnStore
import Intake
import Testing

@Suite struct `The organisation of a record` {
  private func event(_ id: String, _ more: String = "") -> String {
    "{\"id\":\"\(id)\",\"type\":\"chat\"\(more)}"
  }

  @Test func `is the key's, which the record may repeat and not contradict`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      [\(event("1")),\(event("2", ",\"org_id\":\"acme\"")),\(event("3", ",\"org_id\":\"evil\""))]
      """)
    #expect(outcome.accepted == ["1", "2"])
    #expect(outcome.failed.map(\.problem.code) == [.organizationMismatch])
    let letter = try #require(try harness.intake.deadLetters().first)
    #expect(letter.organization?.text == "acme")
    #expect(letter.payload.contains("evil"))
    // It says another organisation still: no replay takes it.
    let replayed = try harness.intake.replay([letter.id], at: harness.now)
    #expect(
      replayed[letter.id] == .refused(RecordProblem(.organizationMismatch, "organization_id")))
    #expect(try harness.rows(.events).count == 2)
  }

  @Test func `is that of the resource where nothing else says it, once that is known`() throws {
    let harness = try IntakeHarness()
    let any = try IntakeHarness.emitter(nil)
    let orphan = event("1", ",\"course_id\":\"c-1\"")
    let outcome = try harness.accept(orphan, from: any)
    #expect(outcome.failed.map(\.problem.code) == [.noOrganization])
    let letter = try #require(try harness.intake.deadLetters().first)
    #expect(letter.organization == nil)
    #expect(
      try harness.intake.replay([letter.id], at: harness.now)[letter.id]
        == .refused(RecordProblem(.noOrganization, "organization_id")))
    try harness.accept(
      "{\"type\":\"course\",\"id\":\"c-1\",\"org_id\":\"acme\"}", .resource, from: any)
    #expect(try harness.intake.replay([letter.id], at: harness.now) == [letter.id: .stored])
    #expect(try harness.intake.replay([letter.id], at: harness.now) == [letter.id: .skipped])
    #expect(try harness.accept(event("2", ",\"course_id\":\"c-1\""), from: any).accepted == ["2"])
    #expect(
      try harness.rows(.events).map { $0["organization_id"] } == [.text("acme"), .text("acme")])
    try harness.expectBalanced()
    let again = try harness.restarted()
    #expect(try again.accept(event("3", ",\"course_id\":\"c-1\""), from: any).accepted == ["3"])
    // Another organisation cannot take the resource over.
    let evil = try again.accept(
      "{\"type\":\"course\",\"id\":\"c-1\"}", .resource, from: IntakeHarness.emitter("evil"))
    #expect(evil.failed.map(\.problem.code) == [.organizationMismatch])
  }

  @Test func `keeps the same ids apart`() throws {
    let harness = try IntakeHarness()
    #expect(try harness.accept(event("1")).accepted == ["1"])
    let other = try IntakeHarness.emitter("other")
    #expect(try harness.accept(event("1"), from: other).accepted == ["1"])
    let threat = "{\"id\":\"t\",\"type\":\"custom\",\"severity\":\"low\"}"
    #expect(try harness.accept(threat, .threat).accepted == ["t"])
    #expect(try harness.accept(threat, .threat, from: other).accepted == ["t"])
    #expect(try harness.accept(threat, .threat).duplicates == ["t"])
  }

  @Test func `of a person who is signed in is nobody else's`() throws {
    let harness = try IntakeHarness()
    let ann = try IntakeHarness.emitter("acme", user: "ann")
    func view(_ id: String, _ more: String = "") -> String {
      "{\"id\":\"\(id)\",\"type\":\"page_view\"\(more)}"
    }
    let outcome = try harness.accept(
      "[\(view("1")),\(view("2", ",\"user_id\":\"bob\"")),\(view("3", ",\"user_id\":\"ann\""))]",
      from: ann)
    #expect(outcome.accepted == ["1", "3"])
    #expect(outcome.failed.map(\.problem) == [RecordProblem(.userMismatch, "user_id")])
    let figures = try harness.accept(
      "[\(event("4")),\(view("5", ",\"cost\":1")),\(view("6", ",\"status\":\"failed\""))]",
      from: ann)
    #expect(
      figures.failed.map(\.problem)
        == ["event_type", "cost_usd", "status"].map {
          RecordProblem(.notAllowed, $0)
        })
    #expect(try harness.rows(.events).allSatisfy { $0["user_id"] == .text("ann") })
  }
}

@Suite struct `What is known of people` {
  @Test func `changes by the fields that a record names`() throws {
    let harness = try IntakeHarness()
    try harness.accept(
      """
      [{"id":"u1","email":"ann@example.com","role":"user","plan":"free"},
       {"id":"u1","role":"admin"},{"id":"u2","role":"user"}]
      """, .user)
    try harness.accept("{\"user_id\":\"u1\",\"plan\":null,\"country\":\"fr\"}", .user)
    let rows = try harness.rows(.users).sorted {
      "\($0["user_id"] ?? .null)" < "\($1["user_id"] ?? .null)"
    }
    #expect(rows.count == 2)
    #expect(rows[0]["email"] == .text("ann@example.com"))
    #expect(rows[0]["role"] == .text("admin"))
    #expect(rows[0]["plan"] == nil && rows[0]["country"] == .text("FR"))
    let evil = try harness.accept(
      "{\"id\":\"u1\",\"role\":\"owner\"}", .user, from: IntakeHarness.emitter("evil"))
    #expect(evil.failed.map(\.problem.code) == [.organizationMismatch])
    try harness.expectBalanced()
  }

  @Test func `of a request is the first rating`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      [{"user_id":"u","request_id":"r","stars":2},{"user_id":"u","request_id":"r","stars":5},
       {"user_id":"v","request_id":"r","stars":5}]
      """, .feedback)
    #expect(outcome.accepted.count == 2 && outcome.duplicates.count == 1)
    let later = try harness.restarted()
    let second = try later.accept("{\"user_id\":\"u\",\"request_id\":\"r\",\"stars\":5}", .feedback)
    #expect(second.duplicates == ["r"])
    #expect(
      try later.rows(.feedback).filter { $0["user_id"] == .text("u") }.map { $0["stars"] }
        == [.integer(2)])
    try later.expectBalanced()
  }

  @Test func `of a survey is the first answer to each question`() throws {
    let harness = try IntakeHarness()
    func answers(_ stars: Int) -> String {
      let all = [("s1", "q1"), ("s1", "q2"), ("s1", "q3"), ("s2", "q1")].map { survey, question in
        #"{"user_id":"u","request_id":"r","survey_id":"\#(survey)","question_id":"\#(question)","stars":\#(stars)}"#
      }
      return #"[{"user_id":"u","request_id":"r","stars":\#(stars)},\#(all.joined(separator: ","))]"#
    }
    #expect(try harness.accept(answers(2), .feedback).accepted.count == 5)
    let later = try harness.restarted()
    #expect(try later.accept(answers(5), .feedback).duplicates.count == 5)
    let rows = try later.rows(.feedback)
    #expect(rows.map { $0["stars"] } == Array(repeating: .integer(2), count: 5))
    #expect(Set(rows.map { $0["feedback_id"] }).count == 5)
    #expect(rows.compactMap { $0["question_id"] }.count == 4)
  }
}
