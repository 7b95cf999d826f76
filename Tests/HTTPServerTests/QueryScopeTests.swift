import AccessControl
import Authentication
import HTTPServer
import Testing

/// What a caller sees through SQL is what the role and the organisation allow.
@Suite struct `A query over HTTP sees` {
  private static func fill(_ service: TestService) async throws {
    try await service.change(
      "CREATE TABLE people (id bigint, org text, email text, note text)",
      """
      INSERT INTO people VALUES (1, 'acme', 'ann@secret.test', 'acme note'),
        (2, 'acme', NULL, 'second'), (3, 'bolt', 'ben@secret.test', 'bolt note')
      """,
      "CREATE TABLE internals (x bigint)", "INSERT INTO internals VALUES (4711)",
      "SECURITY LABEL ON COLUMN people.org IS 'organization'",
      "SECURITY LABEL ON COLUMN people.email IS 'sealed'")
  }

  private static func ask(
    _ service: TestService, _ sql: String, _ role: Role, _ organizations: [String],
    _ query: String = "", headers: [String] = []
  ) async throws -> RawAnswer {
    try await service.query(
      #"{"sql":\#(StrictJSON.quoted(sql))}"#,
      token: try service.token(role, organizations: organizations), target: "/api/query" + query,
      headers: headers)
  }

  @Test func `the rows of one's own organisation, and the platform's admins those of all`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      let sql = "SELECT id FROM people ORDER BY id"
      func ids(_ answer: RawAnswer) -> [Int64] {
        (answer["rows"]?.elements ?? []).compactMap { $0.elements?.first?.integer }
      }
      #expect(ids(try await Self.ask(service, sql, .admin, ["acme"])) == [1, 2])
      #expect(ids(try await Self.ask(service, sql, .admin, ["bolt"])) == [3])
      #expect(
        ids(try await Self.ask(service, sql, .platformAdmin, [], "?organizations=all")) == [
          1, 2, 3,
        ])
      #expect(
        ids(try await Self.ask(service, sql, .platformAdmin, [], "?organization_id=bolt")) == [3])
      for (query, headers) in [
        ("?organization_id=bolt", []), ("?organizations=all", []),
        ("", ["X-Organization-Id: bolt"]), ("", ["X-Company-Id: bolt"]),
      ] {
        let foreign = try await Self.ask(service, sql, .admin, ["acme"], query, headers: headers)
        #expect(foreign.status == 403, "\(query) \(headers)")
      }
      for role in [Role.user, .manager] {
        #expect(try await Self.ask(service, sql, role, ["acme"]).status == 403)
      }
      // What belongs to no organisation is for those who see all.
      let internals = try await Self.ask(service, "SELECT x FROM internals", .admin, ["acme"])
      #expect(internals.status == 403)
      #expect(internals["sqlstate"]?.text == "42501")
    }
  }

  @Test func `no sealed value in any format, and is told which columns are hidden`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      for role in [Role.admin, .organizationAdmin, .platformAdmin] {
        let query = role == .platformAdmin ? "?organizations=all" : ""
        for format in ["json", "ndjson", "csv"] {
          let answer = try await service.query(
            #"{"sql":"SELECT id, email, upper(email) AS u FROM people ORDER BY id","format":"\#(format)"}"#,
            token: try service.token(role, organizations: ["acme"]), target: "/api/query" + query)
          #expect(answer.status == 200, "\(answer.body)")
          #expect(!answer.body.lowercased().contains("secret.test"))
          #expect(
            !answer.headers.values.joined().lowercased().contains("secret.test"))
          if format == "json" {
            #expect(answer["receipt", "redacted"]?.elements?.contains(.string("email")) == true)
            let email = answer["columns"]?.elements?[1].members
            #expect(email?["redacted"] == .bool(true))
          }
        }
        for sql in [
          "SELECT id FROM people WHERE email = 'ann@secret.test'",
          "SELECT email::bigint FROM people", "SELECT count(*) FROM people GROUP BY email",
        ] {
          let answer = try await Self.ask(service, sql, role, ["acme"], query)
          #expect(answer.status != 500)
          let text = answer.body.replacing("ann@secret.test'", with: "")
          #expect(!text.contains("secret.test"), "\(answer.body)")
        }
      }
    }
  }

  @Test func `not what a query has read of others`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let sql = "SELECT count(*) AS n FROM people"
      let own = try await Self.ask(service, sql, .admin, ["acme"])
      #expect(own["receipt", "rows_read"] == .null)
      #expect(own["receipt", "segments_read"] == .null)
      #expect(own["receipt", "cached_share"] == .null)
      let all = try await Self.ask(service, sql, .platformAdmin, [], "?organizations=all")
      #expect(all["receipt", "rows_read"]?.integer == 3)
      let system = try await Self.ask(service, "SELECT * FROM system.queries", .admin, ["acme"])
      #expect(system.status == 403)
    }
  }

  @Test func `nothing by a reveal that is not open`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      for header in ["X-Daybook-Reveal: x", "X-Daybook-Reveal: 0123456789abcdef0123456789abcdef"] {
        let answer = try await Self.ask(
          service, "SELECT email FROM people", .superadmin, [], "?organizations=all",
          headers: [header])
        #expect(answer.status == (header.utf8.count > 40 ? 403 : 400))
        #expect(!answer.body.contains("secret.test"))
      }
    }
  }
}
