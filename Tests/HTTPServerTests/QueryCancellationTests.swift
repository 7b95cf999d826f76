import AccessControl
import Authentication
import Engine
import HTTPServer
import QueryLanguage
import Testing

@Suite struct `A query over HTTP that is to end early` {
  @Test func `stops at its time-out and at its memory`() async throws {
    try await TestService.run { service in
      let late = try await service.sql(TestService.endless, #""limits":{"timeout_ms":50}"#)
      #expect(late.status == 422)
      #expect(late["code"]?.text == "query_timeout")
      #expect(late["sqlstate"]?.text == "57D14")
      let large = try await service.sql(
        "SELECT count(DISTINCT g) AS n FROM generate_series(1, 1000000) AS s(g)",
        #""limits":{"max_memory":1000000}"#)
      #expect(large.status == 422)
      #expect(large["code"]?.text == "query_memory")
      #expect(large["sqlstate"]?.text == "53200")
    }
  }

  @Test func `is cancelled by its own name, by its caller or an operator`() async throws {
    try await TestService.run { service in
      let ann = try service.token(.platformAdmin, user: "ann")
      let ben = try service.token(.platformAdmin, user: "ben")
      for canceller in [ann, ben] {
        async let asked = service.query(
          #"{"sql":"\#(TestService.endless)","query_id":"slow-1"}"#, token: ann)
        try await service.waitForQueries(1)
        let list = try await service.ask("GET", "/api/queries", token: canceller)
        #expect(list["queries"]?.elements?.first?.members?["query_id"]?.text == "slow-1")
        #expect(list["queries"]?.elements?.first?.members?["principal"]?.text == "ann")
        #expect(
          try await service.ask("DELETE", "/api/query/slow-1", token: canceller).status == 204)
        let answer = try await asked
        #expect(answer.status == 409)
        #expect(answer["sqlstate"]?.text == "57014")
        #expect(
          try await service.ask("DELETE", "/api/query/slow-1", token: canceller).status == 404)
      }
      async let asked = service.query(#"{"sql":"\#(TestService.endless)"}"#, token: ann)
      try await service.waitForQueries(1)
      let number = try #require(service.service.engine.runningQueries.first).id
      #expect(try await service.ask("DELETE", "/api/query/\(number)", token: ben).status == 204)
      #expect(try await asked.status == 409)
    }
  }

  @Test func `is nobody's business who may not operate the service`() async throws {
    try await TestService.run { service in
      let ann = try service.token(.platformAdmin, user: "ann")
      let admin = try service.token(.admin, organizations: ["acme"], user: "eve")
      async let asked = service.query(
        #"{"sql":"\#(TestService.endless)","query_id":"slow-1"}"#, token: ann)
      try await service.waitForQueries(1)
      let number = try #require(service.service.engine.runningQueries.first).id
      #expect(try await service.ask("DELETE", "/api/query/slow-1", token: admin).status == 404)
      #expect(try await service.ask("DELETE", "/api/query/\(number)", token: admin).status == 404)
      #expect(
        try await service.ask("GET", "/api/queries", token: admin)["queries"] == .array([]))
      #expect(try await service.ask("DELETE", "/api/query/slow-1", token: ann).status == 204)
      _ = try await asked
    }
  }

  @Test func `has its name for itself, and only so many beside it`() async throws {
    try await TestService.run(settings: [(name: "--query-concurrent-per-caller", value: "2")]) {
      service in
      async let first = service.sql(TestService.endless, #""query_id":"a""#)
      try await service.waitForQueries(1)
      let taken = try await service.sql("SELECT 1", #""query_id":"a""#)
      #expect(taken.status == 409)
      #expect(taken["code"]?.text == "query_id_taken")
      async let second = service.sql(TestService.endless, #""query_id":"b""#)
      try await service.waitForQueries(2)
      let third = try await service.sql("SELECT 1")
      #expect(third.status == 429)
      #expect(third["retry-after"] == "1")
      let token = try service.token(.platformAdmin)
      for name in ["a", "b"] {
        #expect(try await service.ask("DELETE", "/api/query/\(name)", token: token).status == 204)
      }
      _ = try await (first, second)
      #expect(try await service.sql("SELECT 1", #""query_id":"a""#).status == 200)
    }
  }

  @Test func `is cancelled while it waits for a thread`() async throws {
    var limits = ServiceLimits()
    limits.workThreadCount = 1
    try await TestService.run(limits: limits) { service in
      let token = try service.token(.platformAdmin)
      async let first = service.sql(TestService.endless, #""query_id":"a""#)
      try await service.waitForQueries(1)
      async let second = service.sql(TestService.endless, #""query_id":"b""#)
      for _ in 0..<4_000 where service.service.queries.count < 2 {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(try await service.ask("DELETE", "/api/query/b", token: token).status == 204)
      #expect(try await service.ask("DELETE", "/api/query/a", token: token).status == 204)
      #expect(try await first.status == 409)
      #expect(try await second.status == 409)
    }
  }

  @Test func `ends when nobody waits for its answer`() async throws {
    try await TestService.run { service in
      let token = try service.token(.platformAdmin)
      let body = #"{"sql":"\#(TestService.endless)"}"#
      let (port, engine) = (service.port, service.service.engine)
      try await onThread {
        let connection = try RawConnection(port: port)
        try connection.send(
          "POST /api/query?organizations=all HTTP/1.1\r\nHost: localhost\r\n"
            + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
        for _ in 0..<4_000 where engine.runningQueries.isEmpty { Pause.milliseconds(5) }
        withExtendedLifetime(connection) {}
      }
      try await service.waitForQueries(0)
      #expect(engine.finishedQueries.last?.error == .queryCancelled)
    }
  }

  @Test func `tells in JSON that it broke off, and breaks off otherwise`() async throws {
    try await TestService.run { service in
      let token = try service.token(.platformAdmin)
      for format in ["json", "csv"] {
        let body =
          #"{"sql":"SELECT repeat('x', 1000) AS a FROM generate_series(1, 90000) AS s(g)","query_id":"q","format":"\#(format)"}"#
        let port = service.port
        let connection = try await onThread {
          let connection = try RawConnection(port: port)
          try connection.send(
            "POST /api/query?organizations=all HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
              + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
          // Some has come, and the rest does not fit between us.
          return Shared((connection, try connection.read()))
        }
        #expect(try await service.ask("DELETE", "/api/query/q", token: token).status == 204)
        let bytes = try await onThread {
          connection.value.1 + (try connection.value.0.readToEnd())
        }
        let answer = try #require(RawAnswer.all(in: bytes).first)
        #expect(answer.status == 200)
        if format == "json" {
          let whole = try StrictJSON(try #require(answer.unchunked))
          #expect(whole.members?["error"]?.members?["code"]?.text == "query_cancelled")
          #expect(whole.members?["receipt"] == nil)
        } else {
          #expect(answer.unchunked == nil)
        }
      }
      #expect(service.service.queries.count == 0)
    }
  }
}
