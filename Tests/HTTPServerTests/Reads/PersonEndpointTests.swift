import AccessControl
import Authentication
import HTTPServer
import Testing

struct PersonEndpointTests {
  private func names(_ answer: HarnessAnswer) -> [String?] {
    answer.list("users").map { $0["user_id"]?.text }
  }

  @Test func `people are those who are known and those whom events name`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/users")
    #expect(answer.status == 200)
    #expect(names(answer) == ["ann", "dan", "bob", "cid"])
    #expect(answer["total"]?.value == 4)
    let people = answer.list("users")
    let ann = people[0]
    // A mail that was sent to her is nothing that she did.
    #expect(ann["last_active_at"]?.text == "2026-01-14T09:00:00.000Z")
    #expect(ann["events"]?.value == 5)
    #expect(ann["sessions"]?.value == 1)
    #expect(ann["generations"]?.value == 1)
    #expect(ann["tokens"] == .null)
    #expect(ann["cost_usd"]?.value == 3.25)
    #expect(ann["role"]?.text == "admin")
    let dan = people[1]
    #expect(dan["organization_id"]?.text == "acme")
    #expect(dan["role"] == .null)
    #expect(dan["events"]?.value == 2)
    let bob = people[2]
    #expect(bob["tokens"]?.value == 35)
    #expect(bob["events"]?.value == 1)
    #expect(bob["sessions"]?.value == 0)
    let cid = people[3]
    #expect(cid["last_active_at"] == .null)
    #expect(cid["events"]?.value == 0)
    #expect(cid["cost_usd"] == .null)
    let all = try await world.ask("/api/admin/users?organizations=all", as: .platformAdmin)
    #expect(all["total"]?.value == 5)
    #expect(try await world.ask("/api/admin/users?organization_id=bolt").status == 403)
  }

  @Test(arguments: [
    ("sort=tokens", ["bob", "ann", "dan", "cid"]), ("sort=cost", ["ann", "bob", "dan", "cid"]),
    ("sort=events", ["ann", "dan", "bob", "cid"]), ("search=AN", ["ann", "dan"]),
    ("role=user", ["bob", "cid"]), ("status=invited", ["cid"]),
    ("domain=b.example", ["bob", "cid"]),
    ("user_id=dan", ["dan"]), ("limit=1&offset=1", ["dan"]), ("limit=1&offset=9", []),
    ("search=%25", []), ("role=user&sort=cost", ["bob", "cid"]),
    ("from=2025-11-01&to=2025-11-30", ["bob", "ann", "cid"]),
  ])
  func `people are found, filtered and sorted`(query: String, expected: [String]) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/users?\(query)")
    #expect(answer.status == 200)
    #expect(names(answer) == expected.map { $0 }, "\(query)")
    if query.hasPrefix("limit") { #expect(answer["total"]?.value == 4) }
  }

  @Test func `a person's figures are those of the catalogue for the person`() async throws {
    let world = try await ReadHarness()
    let people = try await world.ask("/api/admin/users").list("users")
    for person in people {
      let name = try #require(person["user_id"]?.text)
      let figures = try await world.figures("user_id=\(name)")
      for (member, metric) in [
        ("events", "activities"), ("sessions", "sessions"), ("generations", "generations"),
        ("tokens", "total_tokens"), ("cost_usd", "usage_cost"),
      ] {
        #expect(person[member]?.value == figures[metric]?.value, "\(name) \(member)")
      }
    }
  }

  @Test func `mail addresses are hidden until they are revealed`() async throws {
    let world = try await ReadHarness()
    for role in [Role.manager, .admin, .organizationAdmin, .platformAdmin] {
      let answer = try await world.ask("/api/admin/users", as: role)
      #expect(answer["redacted"]?.elements == [.string("email")])
      #expect(!answer.json.serializedForTest.contains("planted"), "\(role)")
    }
    let (_, headers) = try await world.harness.reveal("users.email")
    let open = try await world.ask(
      "/api/admin/users?user_id=ann", as: .superadmin, "root", headers: headers)
    #expect(open.list("users").first?["email"]?.text == "planted@a.example")
    #expect(open["redacted"]?.elements == [])
    let page = try await world.ask(
      "/api/admin/users/ann", as: .superadmin, "root", headers: headers)
    #expect(page["user"]?["email"]?.text == "planted@a.example")
  }

  @Test func `a person's page has what the person's own report has`() async throws {
    let world = try await ReadHarness()
    let page = try await world.ask("/api/admin/users/ann?range=30d")
    #expect(page.status == 200)
    let own = try await world.ask("/analytics/me", as: .user)
    for member in [
      "user_id", "period", "summary", "timeseries", "top_models", "top_features",
      "api_usage", "usage",
    ] {
      #expect(page[member] == own[member], "\(member)")
    }
    #expect(page["user"]?["events"]?.value == 5)
    #expect(page["user"]?["email"]?.text == "(redacted)")
    #expect(try await world.ask("/api/admin/users/dan").status == 200)
    #expect(try await world.ask("/api/admin/users/cid").status == 200)
  }

  @Test(arguments: ["", "/sessions", "/timeline"])
  func `who is not of the organisation is not there`(part: String) async throws {
    let world = try await ReadHarness()
    for name in ["eve", "nobody"] {
      let answer = try await world.ask("/api/admin/users/\(name)\(part)")
      #expect(answer.status == 404, "\(name)")
      #expect(!answer.json.serializedForTest.contains("bolt"))
    }
    #expect(try await world.ask("/api/admin/users/ann\(part)").status == 200)
    let foreign = try await world.ask("/api/admin/users/eve\(part)?organization_id=bolt")
    #expect(foreign.status == 403)
    let platform = try await world.ask(
      "/api/admin/users/eve\(part)?organization_id=bolt", as: .platformAdmin)
    #expect(platform.status == 200)
    #expect(try await world.ask("/api/admin/users/ann\(part)", as: .user).status == 403)
  }

  @Test func `a person's sessions and timeline are that person's`() async throws {
    let world = try await ReadHarness()
    let sessions = try await world.ask("/api/admin/users/bob/sessions")
    // Older than all that a range has unless all is asked for.
    #expect(sessions.list("sessions").map { $0["id"]?.text } == ["s2"])
    let recent = try await world.ask("/api/admin/users/bob/sessions?range=30d")
    #expect(recent["total"]?.value == 0)
    let timeline = try await world.ask("/api/admin/users/bob/timeline")
    #expect(timeline.list("events").map { $0["type"]?.text } == ["chat"])
    #expect(timeline.list("events").first?["data"] == .object(["n": .number("1")]))
    let tokens = try await world.ask("/api/admin/users/bob/timeline?event_types=token_usage")
    #expect(tokens["count"]?.value == 1)
  }

  @Test(arguments: [
    ("users?sort=name", "sort"), ("users?limit=201", "limit"), ("users?offset=-1", "offset"),
    ("users?range=5d", "range"), ("users?model=iris", "model"), ("users/ann?range=5d", "range"),
    ("users/ann/sessions?limit=101", "limit"), ("users/ann/timeline?limit=1001", "limit"),
    ("users/ann?user_id=bob", "user_id"), ("users?as_of=x", "as_of"),
  ])
  func `what is not understood is refused by name`(path: String, field: String) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/\(path)")
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
  }

  @Test func `where there is nobody, there is nobody`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    for path in ["users", "sessions", "requests", "models"] {
      let answer = try await world.ask("/api/admin/\(path)")
      #expect(answer.status == 200)
      #expect(answer[path]?.elements == [])
      #expect(answer["total"]?.value == 0)
    }
  }
}
