import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import Testing

/// What a reveal opens through SQL, and what is left of it on the record.
@Suite struct `A query with a reveal` {
  static let formats = ["json", "ndjson", "csv"]
  static let rowCount = 3_000
  static let sql = "SELECT user_id, email, full_name FROM users ORDER BY user_id"

  private static func fill(_ service: TestService) async throws {
    try await service.change(
      """
      INSERT INTO users (user_id, organization_id, email, full_name)
      SELECT 'u' || g, 'acme', 'mail' || g || '@secret.test', 'name ' || g || ' of secret.test'
      FROM generate_series(1, \(rowCount)) AS s(g)
      """,
      """
      INSERT INTO users (user_id, organization_id, email)
      VALUES ('b1', 'bolt', 'bolt@secret.test')
      """)
  }

  @Test func `opens its columns in each format, streamed, and each use is on the record`()
    async throws
  {
    try await TestService.run(environment: .standing(at: HarnessClock())) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let id = try await service.reveal("users.email", token: root)
      for format in Self.formats {
        let hidden = try await service.ask(acme: Self.sql, token: root, format: format)
        #expect(hidden["transfer-encoding"] == "chunked")
        #expect(!hidden.text.contains("secret.test"))
        #expect(hidden.text.contains("(redacted)"))
        #expect(hidden.redacted == ["email", "full_name"], "\(format)")
        let shown = try await service.ask(acme: Self.sql, token: root, format: format, reveal: id)
        #expect(shown["transfer-encoding"] == "chunked")
        #expect(shown.text.contains("mail1@secret.test"))
        #expect(shown.text.contains("mail\(Self.rowCount)@secret.test"))
        #expect(!shown.text.contains("bolt@") && !shown.text.contains("of secret.test"))
        #expect(shown.redacted == ["full_name"], "\(format)")
      }
      let one = try await service.ask(
        acme: "SELECT user_id FROM users WHERE email = 'mail7@secret.test'", token: root, reveal: id
      )
      #expect(one["rows"] == .array([.array([.string("u7")])]))
      let uses = try await service.recorded(
        "action, user_id, organization_id, description", where: "entity_id = '\(id)'")
      let expected =
        [("reveal_grant", "root was granted a reveal of users.email for 60 seconds")]
        + [Self.rowCount, Self.rowCount, Self.rowCount, 1].flatMap { rows in
          [
            ("reveal_use", "root used a reveal to see users.email"),
            ("reveal_show", "root was shown users.email in \(rows) row\(rows == 1 ? "" : "s")"),
          ]
        }
      #expect(uses.map { $0[0] } == expected.map { .text($0.0) })
      #expect(uses.map { $0[3] } == expected.map { .text($0.1) })
      #expect(uses.allSatisfy { $0[1] == .text("root") })
      let columns = try await service.recorded(
        "context->>'columns', context->>'rows'", where: "action = 'reveal_show'")
      #expect(columns.first == [.text(#"["users.email"]"#), .text("\(Self.rowCount)")])
      #expect(!service.log.text.contains("secret.test"))
    }
  }

  @Test func `ends by itself, and the end is on the record`() async throws {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let id = try await service.reveal("users.email", token: root, seconds: 60)
      clock.advance(by: .milliseconds(59_999))
      let last = try await service.ask(acme: Self.sql, token: root, reveal: id)
      #expect(last.text.contains("mail1@secret.test"))
      clock.advance(by: .milliseconds(1))
      for format in Self.formats {
        let late = try await service.ask(acme: Self.sql, token: root, format: format, reveal: id)
        #expect(late.status == 403)
        #expect(late["code"]?.text == "reveal_refused")
        #expect(!late.body.contains("secret.test"))
        let masked = try await service.ask(acme: Self.sql, token: root, format: format)
        #expect(masked.redacted == ["email", "full_name"])
        #expect(!masked.text.contains("secret.test"))
      }
      let acts = try await service.recorded("action, context->>'by'", where: "entity_id = '\(id)'")
      #expect(
        acts.map { $0[0] }
          == ["reveal_grant", "reveal_use", "reveal_show", "reveal_end"].map { .text($0) }
          + Array(repeating: .text("reveal_refuse"), count: 3))
      #expect(acts[3][1] == .text("time"))
    }
  }

  @Test func `ends by being deleted, by its owner or another superadmin`() async throws {
    try await TestService.run(environment: .standing(at: HarnessClock())) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let id = try await service.reveal("users.email", token: root)
      #expect(
        try await service.ask(acme: Self.sql, token: root, reveal: id).text.contains("mail1@"))
      let ended = try await service.ask("DELETE", "/api/admin/reveal?id=\(id)", token: root)
      #expect(ended.status == 200)
      let late = try await service.ask(acme: Self.sql, token: root, reveal: id)
      #expect(late.status == 403)
      #expect(!late.body.contains("secret.test"))
      #expect(
        try await service.recorded("context->>'by'", where: "action = 'reveal_end'")
          == [[.text("deletion")]])
    }
  }

  @Test func `is not listed with its text, which may name what it has shown`() async throws {
    try await TestService.run(environment: .standing(at: HarnessClock())) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let id = try await service.reveal("users.email", token: root)
      let sql = "SELECT count(*) AS n FROM users WHERE email = 'mail7@secret.test'"
      let shown = try await service.ask(acme: sql, token: root, reveal: id)
      #expect(shown["rows"] == .array([.array([.number("1")])]))
      let list = try await service.sql(
        "SELECT statement FROM system.queries WHERE principal = 'root'")
      #expect(list.status == 200, "\(list.body)")
      #expect(list.body.contains("(asked with a reveal)"))
      #expect(!list.body.contains("secret.test"))
      #expect(service.service.engine.finishedQueries.allSatisfy { !$0.text.contains("mail7") })
    }
  }

  @Test func `is its owner's alone, and for its organisations alone`() async throws {
    try await TestService.run(environment: .standing(at: HarnessClock())) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let id = try await service.reveal("users.email", token: root)
      for role in [Role.admin, .organizationAdmin, .platformAdmin] {
        let other = try service.token(role, organizations: ["acme"])
        let answer = try await service.ask(acme: Self.sql, token: other, reveal: id)
        #expect(answer.status == 403)
        #expect(!answer.body.contains("secret.test"))
      }
      for target in ["/api/query?organization_id=bolt", "/api/query?organizations=all"] {
        let answer = try await service.query(
          #"{"sql":"SELECT email FROM users"}"#, token: root, target: target,
          headers: ["X-Daybook-Reveal: \(id)"])
        #expect(answer.status == 403, "\(target)")
        #expect(!answer.body.contains("secret.test"))
      }
      let refused = try await service.recorded("user_id", where: "action = 'reveal_refuse'")
      #expect(refused == ["ann", "ann", "ann", "root", "root"].map { [.text($0)] })
    }
  }
}
