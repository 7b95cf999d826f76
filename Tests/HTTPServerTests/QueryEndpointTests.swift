import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import Persistence
import Testing

/// SQL over HTTP, over a socket.
@Suite struct `A query over HTTP` {
  @Test func `answers in each format`() async throws {
    try await TestService.run { service in
      try await service.change(
        "CREATE TABLE visits AS SELECT g AS id, 'p' || g % 3 AS page FROM generate_series(1, 9) AS s(g)"
      )
      let sql = "SELECT page, count(*) AS n FROM visits GROUP BY page ORDER BY page"
      let json = try await service.sql(sql)
      #expect(json.status == 200)
      #expect(json["content-type"] == "application/json")
      #expect(
        json.body.hasPrefix(
          #"{"columns":[{"name":"page","type":"text","approximate":false,"redacted":false},"#))
      #expect(
        json["rows"] == .array(["p0", "p1", "p2"].map { .array([.string($0), .number("3")]) }))
      #expect(json["receipt", "rows"]?.integer == 3)
      let version = Int64(service.service.database.store.catalog().version)
      #expect(json["receipt", "sequence_number"]?.integer == version)
      #expect(json["receipt", "query_id"]?.text == json["daybook-query-id"])

      let lines = try await service.sql(sql, #""format":"ndjson""#)
      #expect(lines["content-type"] == "application/x-ndjson")
      #expect(lines.body == (0..<3).map { "{\"page\":\"p\($0)\",\"n\":3}\n" }.joined())
      let receipt = try StrictJSON(Array((lines["daybook-receipt"] ?? "").utf8))
      #expect(receipt.members?["rows"]?.integer == 3)

      let csv = try await service.query(
        #"{"sql":\#(StrictJSON.quoted(sql))}"#, headers: ["Accept: text/html, text/csv;q=0.9"])
      #expect(csv["content-type"]?.hasPrefix("text/csv") == true)
      #expect(csv.body == "page,n\np0,3\np1,3\np2,3\n")
      #expect(csv["daybook-receipt"] != nil)
    }
  }

  @Test func `takes parameters of every kind`() async throws {
    try await TestService.run { service in
      let answer = try await service.sql(
        "SELECT $1::text AS a, $2 + 1 AS b, $3 * 2 AS c, $4 AS d, $5 IS NULL AS e, $6[2] AS f, DATE '2026-01-02' = $7 AS g",
        #""parameters":["it's",41,0.5,true,null,[1,2.5],"2026-01-02"]"#)
      #expect(answer.status == 200, "\(answer.body)")
      #expect(
        answer["rows"]
          == .array([
            .array([
              .string("it's"), .number("42"), .number("1"), .bool(true), .bool(true),
              .number("2.5"),
              .bool(true),
            ])
          ]))
      let wrong = try await service.sql("SELECT $1 AS a")
      #expect(wrong.status == 400)
      #expect(wrong["sqlstate"]?.text == "42P02")
    }
  }

  @Test func `keeps to zone, cache and rows that were asked for`() async throws {
    try await TestService.run { service in
      let day = try await service.sql(
        "SELECT TIMESTAMPTZ '2026-01-01 20:00:00+00'::date AS day", #""time_zone":"Asia/Kathmandu""#
      )
      #expect(day["rows"] == .array([.array([.string("2026-01-02")])]))
      #expect(day["receipt", "time_zone"]?.text == "Asia/Kathmandu")

      let some = try await service.sql(
        "SELECT g FROM generate_series(1, 10) AS s(g)", #""limits":{"max_rows":2},"cache":false"#)
      #expect(some["rows"]?.elements?.count == 2)
      #expect(some["receipt", "truncated"] == .bool(true))
    }
  }

  /// What is sent, and the field and rule that the answer names.
  static let badBodies: [(body: String, field: String, rule: String)] = [
    (#"{}"#, "sql", "missing"),
    (#"{"sql":""}"#, "sql", "length"),
    (#"{"sql":1}"#, "sql", "type"),
    (#"{"sql":"SELECT 1","sqll":1}"#, "sqll", "unknown"),
    (#"{"sql":"SELECT 1","parameters":1}"#, "parameters", "type"),
    (#"{"sql":"SELECT $1","parameters":[{}]}"#, "parameters[0]", "type"),
    (#"{"sql":"SELECT $1","parameters":[[[1]]]}"#, "parameters[0]", "type"),
    (#"{"sql":"SELECT $1","parameters":[[1,"a"]]}"#, "parameters[0]", "type"),
    (#"{"sql":"SELECT $1","parameters":[1,1e999]}"#, "parameters[1]", "type"),
    (#"{"sql":"SELECT 1","format":"xml"}"#, "format", "choice"),
    (#"{"sql":"SELECT 1","time_zone":"Mars/Base"}"#, "time_zone", "unknown"),
    (#"{"sql":"SELECT 1","limits":{"timeout_ms":0}}"#, "limits.timeout_ms", "range"),
    (#"{"sql":"SELECT 1","limits":{"timeout_ms":1.5}}"#, "limits.timeout_ms", "type"),
    (#"{"sql":"SELECT 1","limits":{"timeout_ms":300001}}"#, "limits.timeout_ms", "range"),
    (#"{"sql":"SELECT 1","limits":{"max_rows":1000001}}"#, "limits.max_rows", "range"),
    (#"{"sql":"SELECT 1","limits":{"max_memory":1073741825}}"#, "limits.max_memory", "range"),
    (#"{"sql":"SELECT 1","limits":{"rows":1}}"#, "limits.rows", "unknown"),
    (#"{"sql":"SELECT 1","cache":"no"}"#, "cache", "type"),
    (#"{"sql":"SELECT 1","query_id":"17"}"#, "query_id", "pattern"),
    (#"{"sql":"SELECT 1","query_id":"a b"}"#, "query_id", "pattern"),
    (#"{"sql":"SELECT 1","sql":"SELECT 2"}"#, "body", "json"),
    (#"{"sql":"SELECT 1","s\u0071l":"SELECT 2"}"#, "body", "json"),
    (#"[]"#, "body", "type"),
    (#"{"sql":"SELECT 1""#, "body", "json"),
  ]

  @Test func `with a bad body is told which field breaks which rule`() async throws {
    try await TestService.run { service in
      for (body, field, rule) in Self.badBodies {
        let answer = try await service.query(body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer["content-type"] == "application/problem+json", "\(body)")
        let error = answer["errors"]?.elements?.first?.members
        #expect(error?["field"]?.text == field, "\(body): \(answer.body)")
        #expect(error?["rule"]?.text == rule, "\(body): \(answer.body)")
        #expect(error?["message"]?.text?.isEmpty == false, "\(body)")
      }
      let html = try await service.query(
        #"{"sql":"SELECT 1"}"#, headers: ["Accept: text/html, image/png"])
      #expect(html.status == 406)
      let unknown = try await service.query(
        #"{"sql":"SELECT 1"}"#, target: "/api/query?organizations=all&limit=1")
      #expect(unknown["errors"]?.elements?.first?.members?["field"]?.text == "limit")
    }
  }

  static let changes = [
    "INSERT INTO t VALUES (1)", "UPDATE t SET x = 1", "DELETE FROM t", "TRUNCATE t", "DROP TABLE t",
    "CREATE TABLE u (x bigint)", "CREATE TABLE u AS SELECT 1 AS x",
    "CREATE VIEW v AS SELECT 1 AS x",
    "ALTER TABLE t RENAME TO u", "CHECKPOINT", "CREATE DOMAIN d AS text",
    "SECURITY LABEL ON COLUMN t.x IS NULL",
  ]

  @Test func `that would change something is refused and changes nothing`() async throws {
    try await TestService.run { service in
      try await service.change("CREATE TABLE t (x bigint)")
      let version = service.service.database.store.catalog().version
      for sql in Self.changes {
        let answer = try await service.sql(sql)
        #expect(answer.status == 403, "\(sql): \(answer.body)")
        #expect(answer["sqlstate"]?.text == "25006", "\(sql): \(answer.body)")
        #expect(answer["hint"]?.text != nil, "\(sql)")
      }
      for sql in [
        "SET timezone = 'UTC'", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE ALL",
        "COPY t TO '/tmp/daybook-must-not-be'", "COPY t FROM '/etc/passwd'", "COPY t TO STDOUT",
      ] {
        let answer = try await service.sql(sql)
        #expect((400..<500).contains(answer.status), "\(sql): \(answer.body)")
        #expect(answer["hint"]?.text != nil, "\(sql): \(answer.body)")
      }
      for sql in ["SELECT 1; DROP TABLE t", "SELECT 1\u{0}; DROP TABLE t", "\u{0}", "--", ";"] {
        #expect(try await service.sql(sql).status == 400, "\(sql)")
      }
      #expect(service.service.database.store.catalog().version == version)
    }
  }

  @Test func `that is wrong shows where`() async throws {
    try await TestService.run { service in
      let answer = try await service.sql("SELECT 1,\n  nothing AS x")
      #expect(answer.status == 400)
      #expect(answer["code"]?.text == "query_error")
      #expect(answer["sqlstate"]?.text == "42703")
      #expect(answer["position", "start"]?.integer == 13)
      #expect(answer["position", "length"]?.integer == 7)
      #expect(answer["position", "line"]?.integer == 2)
      #expect(answer["position", "column"]?.integer == 3)
      #expect(
        answer["position", "excerpt"]?.text
          == "  line 2:   nothing AS x\n            ^^^^^^^")
    }
  }

  @Test func `is compressed where the caller takes that`() async throws {
    try await TestService.run { service in
      let plain = try await service.sql("SELECT repeat('a', 5000) AS a")
      #expect(plain["content-encoding"] == nil)
      let packed = try await service.query(
        #"{"sql":"SELECT repeat('a', 5000) AS a"}"#, headers: ["Accept-Encoding: gzip"])
      #expect(packed["content-encoding"] == "gzip")
      #expect(packed["content-length"].flatMap { Int($0) } ?? .max < 1_000)
    }
  }

  @Test func `comes in chunks where it is long`() async throws {
    try await TestService.run { service in
      for format in ["json", "ndjson", "csv"] {
        let answer = try await service.sql(
          "SELECT g FROM generate_series(1, 50000) AS s(g)", #""format":"\#(format)""#)
        #expect(answer["transfer-encoding"] == "chunked")
        let bytes = try #require(answer.unchunked)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "\n").count >= 50_000)
        #expect(text.contains("50000"))
        if format == "json" {
          #expect(try StrictJSON(bytes).members?["rows"]?.elements?.count == 50_000)
        }
      }
    }
  }
}
