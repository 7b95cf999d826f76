import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import QueryPlanning
import Testing

struct PersonalRecordTests {
  @Test func `a session of a person is his, from where he is`() async throws {
    try await TestService.run { service in
      let ann = try service.token(.user, organizations: ["acme"], user: "ann")
      let bob = try service.token(.user, organizations: ["acme"], user: "bob")
      let agent = ["User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"]
      let login = try await service.send(
        "sessions/login", #"{"session_id":"s1","ip_address":"203.0.113.9","country":"FR"}"#, ann,
        headers: agent)
      #expect(login.status == 200, "\(login.body)")
      #expect(login["outcome"]?.text == "accepted")
      #expect(login["session", "id"]?.text == "s1")
      #expect(login["session", "user_id"]?.text == "ann")
      #expect(login["session", "organization_id"]?.text == "acme")
      #expect(login["session", "state"]?.text == "open")
      #expect(
        try await service.count(
          "SELECT count(*) FROM sessions WHERE country IS DISTINCT FROM 'FR'") == 1)
      let addresses = try await service.stored("SELECT ip_address, user_agent FROM sessions")
      #expect(addresses.contains("127.0.0.1"))
      #expect(addresses.contains("Firefox/128.0"))
      #expect(!addresses.contains("203.0.113.9"))

      let soon = try await service.send("sessions/heartbeat", #"{"session_id":"s1"}"#, ann)
      #expect(soon["outcome"]?.text == "ignored")
      #expect(soon["session", "state"]?.text == "open")
      let foreign = try await service.send("sessions/logout", #"{"session_id":"s1"}"#, bob)
      #expect(foreign.body == #"{"id":"s1","outcome":"ignored"}"#)
      let taken = try await service.send("sessions/login", #"{"session_id":"s1"}"#, bob)
      #expect(taken.status == 422)
      #expect(taken.code == "user_mismatch")
      let logout = try await service.send("sessions/logout", #"{"session_id":"s1"}"#, ann)
      #expect(logout["outcome"]?.text == "accepted")
      #expect(logout["session", "state"]?.text == "logged_out")
      let again = try await service.send("sessions/login", #"{"session_id":"s1"}"#, ann)
      #expect(again["outcome"]?.text == "duplicate")
      #expect(again["session", "state"]?.text == "logged_out")
      let unknown = try await service.send("sessions/heartbeat", #"{"session_id":"s9"}"#, ann)
      #expect(unknown.status == 200)
      #expect(unknown["outcome"]?.text == "ignored")
    }
  }

  @Test func `a key's login is from where its record says`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.session])
      let login = try await service.send(
        "sessions/login", #"{"session_id":"s1","user_id":"u7","ip":"203.0.113.9"}"#, key,
        headers: ["User-Agent: emitter"])
      #expect(login["session", "user_id"]?.text == "u7")
      let stored = try await service.stored("SELECT ip_address, user_agent FROM sessions")
      #expect(stored.contains("203.0.113.9"))
      #expect(!stored.contains("emitter"))
    }
  }

  @Test func `people send of themselves, in their own organisation, and no figures`() async throws {
    try await TestService.run { service in
      let ann = try service.token(.user, organizations: ["acme"], user: "ann")
      let page = #"{"id":"v1","event_type":"page_view","path":"/a?b=c","metadata":{}}"#
      #expect(try await service.send("events", page, ann).status == 200)
      #expect(
        try await service.count(
          "SELECT count(*) FROM events WHERE user_id = 'ann' AND organization_id = 'acme'") == 1)
      for (body, code) in [
        (#"{"id":"v2","event_type":"page_view","user_id":"bob"}"#, "user_mismatch"),
        (#"{"id":"v3","event_type":"image_generate_succeeded"}"#, "not_allowed"),
        (#"{"id":"v4","event_type":"page_view","cost_usd":9}"#, "not_allowed"),
        (#"{"id":"v5","event_type":"page_view","prompt_tokens":9}"#, "not_allowed"),
        (
          #"{"id":"v6","event_type":"page_view","organization_id":"bolt"}"#, "organization_mismatch"
        ),
      ] {
        let answer = try await service.send("events", body, ann)
        #expect(answer.status == 422, "\(body)")
        #expect(answer.code == code, "\(body)")
      }
      let rating = try await service.send(
        "feedback", #"{"request_id":"q1","stars":5,"comment":"good"}"#, ann)
      #expect(rating["outcome"]?.text == "accepted")
      let many = try await service.send(
        "feedback", #"{"request_id":"q1","stars":6}"#, ann)
      #expect(many.code == "out_of_range")

      let both = try service.token(.user, organizations: ["acme", "bolt"], user: "eve")
      let unsaid = try await service.send("events", SampleEvents.event("w1"), both)
      #expect(unsaid.status == 422)
      let said = try await service.send(
        "events?organization_id=bolt", #"{"id":"w2","event_type":"lesson_complete"}"#, both)
      #expect(said.status == 200, "\(said.body)")
      #expect(
        try await service.count("SELECT count(*) FROM events WHERE organization_id = 'bolt'") == 1)
    }
  }

  @Test func `an Idempotency-Key of one person is not that of another`() async throws {
    try await TestService.run { service in
      let header = ["Idempotency-Key: one"]
      for name in ["ann", "bob"] {
        let token = try service.token(.user, organizations: ["acme"], user: name)
        let answer = try await service.send(
          "events", #"{"id":"\#(name)","event_type":"page_view"}"#, token, headers: header)
        #expect(answer.status == 200)
        #expect(answer["idempotency-replayed"] == nil)
      }
    }
  }
}

extension TestService {
  /// All values of an answer past all masks, as one text.
  func stored(_ sql: String) async throws -> String {
    let engine = service.engine
    return try await onThread {
      var session = Session()
      session.access = .unrestricted
      return "\(try engine.execute(sql, in: &session).rows)"
    }
  }
}
