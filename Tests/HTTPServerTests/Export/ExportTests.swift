import AccessControl
import Authentication
import HTTPServer
import QueryExecution
import Testing

/// Files of rows over HTTP.
@Suite struct `An export` {
  private static let columns =
    "ts, event_id, organization_id, user_id, event_type, model, status, duration_ms, total_tokens, cost_usd, metadata"

  private static func id(_ number: Int) -> String {
    let digits = String(number)
    return "'00000000-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
      + "'"
  }

  /// Three days of two organisations, with texts that make trouble in files.
  static func fill(_ service: TestService, eventCount: Int = 40) async throws {
    let models = ["iris", "=1+2", "a,b", "say \"hi\"", "two\r\nlines", "@sum", "-7", "zürich"]
    var rows: [String] = []
    for number in 0..<eventCount {
      let (day, hour, minute) = (1 + number % 3, number % 24, number % 60)
      let organization = number % 5 == 4 ? "bolt" : "acme"
      let type = ["chat", "image_generate_succeeded", "token_usage", "signup"][number % 4]
      rows.append(
        """
        (TIMESTAMP '2026-03-0\(day)' + INTERVAL '\(hour) hours \(minute) minutes', \(id(number)), '\(organization)', 'u\(number % 7)', '\(type)',
          '\(models[number % 8].replacing("'", with: "''"))', 'succeeded', \(number * 10), \(number % 3 == 0 ? "NULL" : "\(number)"),
          \(number % 2 == 0 ? "NULL" : "\(Double(number) / 8)"), '{"note":"a,b"}')
        """)
    }
    try await service.change(
      "INSERT INTO events (\(columns)) VALUES " + rows.joined(separator: ","))
    try await service.change(
      "INSERT INTO users (user_id, organization_id, role) VALUES ('u1', 'acme', 'user'), ('u2', 'acme', 'admin')",
      """
      INSERT INTO threats (threat_id, ts, organization_id, threat_type, severity, description, resolved) VALUES
        ('t1', '2026-03-01 10:00', 'acme', 'prompt_injection', 'high', 'planted-text', false),
        ('t2', '2026-03-02 10:00', 'acme', 'custom', 'low', 'planted-text', true),
        ('t3', '2026-03-02 11:00', 'bolt', 'custom', 'low', 'planted-text', false)
      """,
      """
      INSERT INTO sessions (session_id, organization_id, user_id, login_at, total_seconds, active_seconds, is_active, browser, ip_address) VALUES
        ('s1', 'acme', 'u1', '2026-03-01 10:00', 5400, 1800, false, 'Firefox', 'planted-sealed'),
        ('s2', 'acme', 'u2', '2026-03-02 10:00', NULL, NULL, true, NULL, 'planted-sealed'),
        ('s3', 'bolt', 'u3', '2026-03-02 10:00', 60, 60, false, 'Chrome', 'planted-sealed')
      """,
      """
      INSERT INTO feedback (feedback_id, ts, organization_id, user_id, request_id, kind, stars, comment, answer_key)
      VALUES
        ('f1', '2026-03-01 10:00', 'acme', 'u1', 'r1', 'rating', 5, 'planted-text', 0),
        ('f2', '2026-03-02 10:00', 'acme', 'u2', 'r2', 'rating', 1, NULL, 0),
        ('f3', '2026-03-02 10:00', 'bolt', 'u3', 'r3', 'rating', 3, 'planted-text', 0)
      """)
  }

  static let range = "from=2026-03-01&to=2026-03-03"
  static let lists = [
    "events", "tokens", "threats", "requests", "users", "sessions", "feedback", "kpis", "trends",
    "cost",
  ]

  private static func export(
    _ service: TestService, _ query: String, token: String
  ) async throws -> RawAnswer {
    try await service.ask("GET", "/api/admin/analytics/export?\(range)&\(query)", token: token)
  }

  private static func json(_ answer: RawAnswer) throws -> StrictJSON {
    try StrictJSON(Array(answer.text.utf8))
  }

  /// The fields of RFC 4180, read by its grammar.
  static func fields(_ text: String) throws -> [[String]] {
    var rows: [[String]] = [[]]
    var field = ""
    var isQuoted = false
    var rest = Array(text.unicodeScalars)[...]
    while let next = rest.popFirst() {
      if isQuoted {
        if next != "\"" {
          field.unicodeScalars.append(next)
        } else if rest.first == "\"" {
          rest.removeFirst()
          field += "\""
        } else {
          isQuoted = false
        }
        continue
      }
      switch next {
      case "\"":
        try #require(field.isEmpty)
        isQuoted = true
      case ",":
        rows[rows.count - 1].append(field)
        field = ""
      case "\r":
        try #require(rest.popFirst() == "\n")
        rows[rows.count - 1].append(field)
        field = ""
        rows.append([])
      default: field.unicodeScalars.append(next)
      }
    }
    try #require(
      !isQuoted && field.isEmpty && rows.last?.isEmpty == true, "the last line has no end")
    return rows.dropLast()
  }

  /// As a file has it: times as they are, numbers by their value.
  private static func plain(_ value: StrictJSON?) -> String {
    switch value {
    case .null?, nil: ""
    case .bool(let flag)?: flag ? "true" : "false"
    case .string(let text)?: plain(text)
    case .number(let text)?: Double(text).map { "\($0)" } ?? text
    case .array?, .object?: "document"
    }
  }

  private static func plain(_ text: String) -> String {
    Double(text).map { "\($0)" } ?? (text.hasPrefix("{") ? "document" : text)
  }

  @Test func `has the rows of its page, in all formats`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let token = try service.token(.admin, organizations: ["acme"])
      for (list, path, member, query) in [
        ("events", "/api/admin/activity", "activity", "limit=500"),
        ("events", "/api/admin/activity", "activity", "limit=500&user_id=u1&user_id=u2"),
        ("events", "/api/admin/activity", "activity", "limit=500&include_token_usage=true"),
        ("events", "/api/admin/activity", "activity", "limit=500&role=admin&event_type=chat"),
        ("tokens", "/api/admin/tokens", "requests", "limit=500"),
        ("tokens", "/api/admin/tokens", "requests", "limit=500&time_zone=Asia/Kathmandu"),
        ("threats", "/api/admin/threats", "threats", ""),
        ("threats", "/api/admin/threats", "threats", "type=custom&resolved=true"),
        ("tokens", "/api/admin/tokens", "requests", "limit=500&model=unknown"),
        ("requests", "/api/admin/requests", "requests", "limit=500"),
        ("requests", "/api/admin/requests", "requests", "limit=500&status=failed"),
        (
          "requests", "/api/admin/requests", "requests",
          "limit=500&status=succeeded&min_duration_ms=100&role=admin"
        ),
        ("users", "/api/admin/users", "users", "limit=200"),
        ("users", "/api/admin/users", "users", "limit=200&sort=events&search=U"),
        ("users", "/api/admin/users", "users", "limit=200&sort=cost&role=user&role=admin"),
        ("sessions", "/api/admin/sessions", "sessions", "limit=500"),
        ("sessions", "/api/admin/sessions", "sessions", "limit=500&is_active=false"),
        ("feedback", "/api/admin/feedback", "feedback", "limit=500"),
        ("feedback", "/api/admin/feedback", "feedback", "limit=500&stars=5&with_comment=true"),
      ] {
        let page = try await service.ask(
          "GET", "\(path)?\(Self.range)&\(query)", token: token)
        #expect(page.status == 200, "\(page.body)")
        let rows = try #require(page[member]?.elements)
        let asOf = page["receipt", "sequence_number"]?.integer
        let same =
          query.replacing("limit=500", with: "").replacing("limit=200", with: "")
          + (asOf.map { "&as_of=\($0)" } ?? "")
        let whole = try await Self.export(service, "list=\(list)&format=json&\(same)", token: token)
        #expect(whole.status == 200, "\(whole.body)")
        let json = try Self.json(whole)
        let exported = try #require(json.members?["rows"]?.elements)
        #expect(json.members?["row_count"]?.integer == Int64(rows.count))
        #expect(json.members?["complete"] == .bool(true))
        #expect(whole["daybook-row-count"] == "\(rows.count)")
        let lines = try await Self.export(
          service, "list=\(list)&format=ndjson&\(same)", token: token
        ).text.split(separator: "\n").map { try StrictJSON(Array($0.utf8)) }
        let csv = try await Self.export(service, "list=\(list)&\(same)", token: token)
        let table = try Self.fields(csv.text)
        let names = try #require(table.first)
        #expect(exported.count == rows.count && lines.count == rows.count, "\(list) \(query)")
        #expect(table.count == rows.count + 1)
        for (index, row) in rows.enumerated() {
          // The page looks the stars of its requests up.
          let shown = Set(row.members?.keys.map { $0 } ?? [])
          #expect(shown.subtracting(list == "requests" ? ["stars"] : []) == Set(names))
          for (place, name) in names.enumerated() {
            let value = Self.plain(row.members?[name])
            #expect(Self.plain(exported[index].members?[name]) == value, "\(list).\(name)")
            #expect(Self.plain(lines[index].members?[name]) == value, "\(list).\(name)")
            #expect(Self.plain(table[index + 1][place]) == value, "\(list).\(name)")
          }
        }
      }
    }
  }

  @Test func `of all that is kept begins where its page does, however late events begin`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      try await service.change(
        """
        INSERT INTO threats (threat_id, ts, organization_id, threat_type, severity, resolved)
        VALUES ('t0', '2025-06-01 10:00', 'acme', 'custom', 'low', false)
        """)
      let token = try service.token(.admin, organizations: ["acme"])
      let page = try await service.ask("GET", "/api/admin/threats?range=all", token: token)
      #expect(page["total"]?.integer == 3)
      let query = "/api/admin/analytics/export?list=threats&format=json&range=all"
      let export = try await service.ask("GET", query, token: token)
      #expect(try Self.json(export).members?["row_count"]?.integer == 3)
    }
  }

  @Test func `is about the times that its page is about where no range is asked for`() async throws
  {
    try await TestService.run { service in
      try await service.change(
        """
        INSERT INTO threats (threat_id, ts, organization_id, threat_type, severity) VALUES
          ('old', '2020-03-01 10:00', 'acme', 'custom', 'low'),
          ('new', now()::timestamp - INTERVAL '1 hour', 'acme', 'custom', 'low')
        """)
      let token = try service.token(.admin, organizations: ["acme"])
      let page = try await service.ask("GET", "/api/admin/threats", token: token)
      #expect(page["total"]?.integer == 2, "\(page.body)")
      let export = try await service.ask(
        "GET", "/api/admin/analytics/export?list=threats", token: token)
      #expect(export["daybook-row-count"] == "2", "\(export.body)")
    }
  }

  @Test func `has the figures, trends and costs of their pages`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let token = try service.token(.admin, organizations: ["acme"])
      func rows(_ query: String) async throws -> [[String: StrictJSON]] {
        let answer = try await Self.export(service, query + "&format=json", token: token)
        #expect(answer.status == 200, "\(answer.body)")
        return try Self.json(answer).members?["rows"]?.elements?.compactMap(\.members) ?? []
      }
      func page(_ path: String) async throws -> RawAnswer {
        try await service.ask("GET", "\(path)\(Self.range)", token: token)
      }
      let kpis = try await page("/api/admin/overview/kpis?groups=overview,tokens&compare=none&")
      let figures = kpis["kpis"]?.elements?.compactMap(\.members) ?? []
      let exported = try await rows("list=kpis&groups=overview,tokens&compare=none")
      #expect(exported.count == figures.count && figures.count > 8)
      for (row, figure) in zip(exported, figures) {
        for name in ["id", "title", "value", "numerator", "denominator", "is_running"] {
          #expect(Self.plain(row[name]) == Self.plain(figure[name]), "\(name)")
        }
      }
      let trends = try await page(
        "/api/admin/overview/trends?grain=day&metrics=active_users,total_tokens&")
      let series = trends["series"]?.elements?.compactMap { $0.members?["values"]?.elements } ?? []
      let days = try await rows("list=trends&grain=day&metrics=active_users,total_tokens")
      #expect(days.count == 3)
      for (index, day) in days.enumerated() {
        #expect(Self.plain(day["active_users"]) == Self.plain(series[0][index]))
        #expect(Self.plain(day["total_tokens"]) == Self.plain(series[1][index]))
      }
      let cost = try await page("/api/admin/cost?limit=100&")
      for (query, list) in [
        ("", cost["over_time"]?.elements), ("&by=model", cost["by_model", "entries"]?.elements),
        ("&by=user_id", cost["by_user", "entries"]?.elements),
      ] {
        let exported = try await rows("list=cost\(query)")
        #expect(exported.count == list?.count)
        for (row, entry) in zip(exported, list ?? []) {
          for (name, value) in row {
            #expect(Self.plain(value) == Self.plain(entry.members?[name]), "\(query) \(name)")
          }
        }
      }
    }
  }

  @Test func `says how many rows come, and behind them how many came`() async throws {
    try await TestService.run { service in
      // More than a statement gives, some of them at one moment.
      let rows = (0..<12_000).map { number in
        "(TIMESTAMP '2026-03-02 09:00:00' + INTERVAL '\(number / 9000) minutes', 'acme', 'chat', \(number))"
      }
      for part in 0..<4 {
        try await service.change(
          "INSERT INTO events (ts, organization_id, event_type, duration_ms) VALUES "
            + rows[part * 3_000..<(part + 1) * 3_000].joined(separator: ","))
      }
      let token = try service.token(.admin, organizations: ["acme"])
      let answer = try await Self.export(service, "list=events", token: token)
      #expect(answer["daybook-row-count"] == "12000")
      #expect(answer["trailer"] == "Daybook-Rows-Sent")
      #expect(answer.body.hasSuffix("\r\n0\r\nDaybook-Rows-Sent: 12000\r\n\r\n"))
      #expect(
        answer["content-disposition"]
          == "attachment; filename=\"daybook-events-2026-03-01-2026-03-03.csv\"")
      #expect(answer.receipt["sequence_number"]?.integer != nil)
      let table = try Self.fields(answer.text)
      let place = try #require(table.first?.firstIndex(of: "duration_ms"))
      #expect(Set(table.dropFirst().map { $0[place] }).count == 12_000)
      #expect(service.service.answers.byteCount == 0)
    }
  }

  @Test func `leaves texts as they are unless a spreadsheet is to read them`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let token = try service.token(.admin, organizations: ["acme"])
      func models(_ query: String) async throws -> Set<String> {
        let answer = try await Self.export(service, "list=cost&by=model\(query)", token: token)
        #expect(answer.text.hasPrefix("\u{FEFF}") == !query.isEmpty)
        return Set(
          try Self.fields(answer.text.replacing("\u{FEFF}", with: "")).dropFirst().map { $0[0] })
      }
      let exact: Set = [
        "iris", "=1+2", "a,b", "say \"hi\"", "two\r\nlines", "@sum", "-7", "zürich",
      ]
      #expect(try await models("") == exact)
      let guarded = try await models("&cells=spreadsheet")
      #expect(
        guarded == [
          "iris", "'=1+2", "a,b", "say \"hi\"", "two\r\nlines", "'@sum", "'-7", "zürich",
        ])
    }
  }

  @Test(arguments: [
    ("list=secrets", "list", "events, tokens"),
    ("list=events&format=xls", "format", "csv, ndjson, json"),
    ("list=events&groups=tokens", "groups", "kpis"), ("list=events&by=model", "by", "cost"),
    ("list=kpis&severity=low", "severity", "threats"),
    ("list=cost&grain=hour", "grain", "day, week, month"),
    ("list=threats&model=iris", "model", "not known"),
    ("list=sessions&model=iris", "model", "not known"),
    ("list=requests&status=active", "status", "user_status"),
    ("list=sessions&stars=5", "stars", "list=feedback"),
    ("list=events&format=json&cells=spreadsheet", "cells", "csv"),
    ("list=kpis&groups=money", "groups", "overview"),
    ("list=trends&metrics=cost_growth_rate", "metrics", "dau"),
    ("list=events&limit=5", "limit", "there is no such parameter"),
  ])
  func `with a wrong parameter is a 422 that says what is allowed`(
    query: String, field: String, allowed: String
  ) async throws {
    try await TestService.run { service in
      let token = try service.token(.admin, organizations: ["acme"])
      let answer = try await Self.export(service, query, token: token)
      #expect(answer.status == 422, "\(answer.body)")
      let error = answer["errors"]?.elements?.first?.members
      #expect(error?["field"]?.text == field)
      if field != "metrics" {
        #expect(error?["message"]?.text?.contains(allowed) == true, "\(answer.body)")
      }
    }
  }

  @Test(arguments: [
    ("events", "/api/admin/activity"), ("tokens", "/api/admin/tokens"),
    ("threats", "/api/admin/threats"), ("requests", "/api/admin/requests"),
    ("users", "/api/admin/users"), ("sessions", "/api/admin/sessions"),
    ("feedback", "/api/admin/feedback"), ("kpis", "/api/admin/overview/kpis"),
    ("trends", "/api/admin/overview/trends"), ("cost", "/api/admin/cost"),
  ])
  func `takes the filters of its page and refuses all others`(
    list: String, path: String
  ) async throws {
    try await TestService.run { service in
      let token = try service.token(.admin, organizations: ["acme"])
      guard case .found(let page, _) = service.service.endpoints.match("GET", path: path[...])
      else {
        Issue.record("there is no \(path)")
        return
      }
      let known = Set(page.allParameters.map(\.name))
      for (name, value) in [
        ("role", "admin"), ("status", list == "requests" ? "failed" : "active"),
        ("domain", "a.example"), ("event_type", "chat"), ("category", "inference"),
        ("user_id", "u1"),
        ("model", "iris"), ("course_id", "c1"), ("resource_type", "project"),
        ("resource_id", "p1"), ("activated", "true"),
      ] {
        let answer = try await Self.export(service, "list=\(list)&\(name)=\(value)", token: token)
        #expect(answer.status == (known.contains(name) ? 200 : 422), "\(name): \(answer.body)")
        guard answer.status == 422 else { continue }
        #expect(answer["errors"]?.elements?.first?.members?["field"]?.text == name)
      }
    }
  }

  @Test func `shows nobody more than his pages do, whatever the list and the format`() async throws
  {
    let unlimited = [
      ("--limit-requests-per-second", "0"), ("--limit-address-requests-per-second", "0"),
    ]
    try await TestService.run(settings: unlimited) { service in
      try await Self.fill(service)
      try await service.change(
        """
        INSERT INTO events (ts, organization_id, user_id, event_type, ip_address, user_agent, total_tokens, cost_usd) VALUES
          ('2026-03-02 10:00', 'bolt', 'planted-foreign', 'chat', 'planted-sealed', 'planted-sealed', 5, 1),
          ('2026-03-02 10:00', 'acme', 'u1', 'chat', 'planted-sealed', 'planted-sealed', 5, 1)
        """)
      var answered = 0
      for role in Role.allCases {
        let token = try service.token(role, organizations: ["acme"])
        let isPlatform = [.platformAdmin, .superadmin].contains(role)
        for list in Self.lists {
          for format in ["csv", "ndjson", "json"] {
            let name = "\(list) as \(format) for \(role.rawValue)"
            let query = "list=\(list)&format=\(format)"
            let answer = try await Self.export(service, query, token: token)
            if answer.status == 200 { answered += 1 }
            let mayRead = role != .user && (list != "threats" || role != .manager)
            #expect(answer.status == (mayRead ? 200 : 403), "\(name): \(answer.body)")
            #expect(!answer.text.contains("planted-sealed"), "\(name)")
            #expect(!answer.text.contains("planted-foreign"), "\(name)")
            #expect(!answer.text.contains("bolt"), "\(name)")
            if role != .organizationAdmin {
              #expect(!answer.text.contains("planted-text"), "\(name)")
            } else if list == "threats" || list == "feedback" {
              // He may read it, and still not of others.
              #expect(answer.text.contains("planted-text"), "\(name)")
            }
            for way in [
              "organization_id=bolt", "org_id=bolt", "company_id=bolt", "organizations=all",
            ] {
              let foreign = try await Self.export(service, "\(query)&\(way)", token: token)
              let mayAsk = isPlatform
              #expect(foreign.status == (mayAsk ? 200 : 403), "\(name) \(way)")
              #expect(!foreign.text.contains("planted-sealed"), "\(name) \(way)")
              #expect(!foreign.text.contains("planted-text"), "\(name) \(way)")
            }
            // A user's id narrows what one sees, and never widens it.
            if mayRead, list == "events" {
              let other = try await Self.export(
                service, "\(query)&user_id=planted-foreign", token: token)
              #expect(other["daybook-row-count"] == "0", "\(name)")
            }
            let header = try await service.ask(
              "GET", "/api/admin/analytics/export?\(Self.range)&\(query)", token: token,
              headers: ["X-Organization-Id: bolt"])
            #expect(header.status == 403, "\(name)")
          }
        }
      }
      #expect(answered > 50)
      #expect(!service.log.text.contains("planted"))
    }
  }

  @Test func `that is cut has no end, or says so`() async throws {
    try await TestService.run(settings: [("--export-longest-ms", "1")]) { service in
      let rows = (0..<3_000).map { "(TIMESTAMP '2026-03-02 09:00:00', 'acme', 'chat', \($0))" }
      try await service.change(
        "INSERT INTO events (ts, organization_id, event_type, duration_ms) VALUES "
          + rows.joined(separator: ","))
      let token = try service.token(.admin, organizations: ["acme"])
      for format in ["csv", "ndjson"] {
        let answer = try await Self.export(service, "list=events&format=\(format)", token: token)
        #expect(answer["daybook-row-count"] == "3000")
        #expect(answer.unchunked == nil)
      }
      let answer = try await Self.export(service, "list=events&format=json", token: token)
      let json = try Self.json(answer)
      #expect(json.members?["complete"] == .bool(false))
      #expect(json.members?["error"]?.members?["code"]?.text == "export_timeout")
      #expect((json.members?["row_count"]?.integer ?? 3_000) < 3_000)
      #expect(service.service.queries.count == 0)
    }
  }

  /// Begins while his rows are there; what comes after they are gone has none of them.
  @Test func `ends where rows are erased while it is sent`() async throws {
    try await TestService.run { service in
      try await service.change(
        """
        INSERT INTO events (ts, organization_id, user_id, event_type, model)
        SELECT TIMESTAMP '2026-03-02' + g * INTERVAL '100 milliseconds', 'acme', 'u' || g % 2, 'chat', repeat('x', 100)
        FROM generate_series(1, 150000) AS s(g)
        """)
      let token = try service.token(.admin, organizations: ["acme"])
      let port = service.port
      let begun = try await onThread {
        let connection = try RawConnection(port: port, receiveBuffer: 16_384)
        try connection.send(
          "GET /api/admin/analytics/export?list=events&format=json&\(Self.range) HTTP/1.1\r\nHost: localhost\r\n"
            + "Connection: close\r\nAuthorization: Bearer \(token)\r\n\r\n")
        return Shared((connection, try connection.read(4096)))
      }
      let erased = try await service.ask(
        "POST", "/api/admin/erasures", token: try service.token(.platformAdmin),
        headers: ["Content-Type: application/json"], body: #"{"user_id":"u1"}"#)
      #expect(erased.status == 200, "\(erased.body)")
      let bytes = try await onThread { begun.value.1 + (try begun.value.0.readToEnd()) }
      let answer = try #require(RawAnswer.all(in: bytes).first)
      #expect(answer["daybook-row-count"] == "150000")
      let json = try Self.json(answer)
      #expect(json.members?["complete"] == .bool(false))
      #expect(json.members?["error"]?.members?["detail"]?.text?.contains("erased") == true)
      #expect((json.members?["row_count"]?.integer ?? 150_000) < 150_000)
    }
  }
}
