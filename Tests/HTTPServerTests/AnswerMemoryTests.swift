import AccessControl
import Authentication
import Engine
import HTTPServer
import QueryExecution
import Synchronization
import Testing

/// What answers hold that somebody is slow to read.
@Suite struct `The rows of an answer that is not read` {
  /// 16 MB of columns, and 14 MB of text that is not made before it is read.
  private static let sql =
    "SELECT g, g + 1 AS h FROM generate_series(1, 1000000) AS s(g)"

  /// A connection on which the query was asked and the head of its answer has come.
  private static func begin(_ service: TestService) async throws -> Shared<(RawConnection, [UInt8])>
  {
    let token = try service.token(.platformAdmin)
    let port = service.port
    let body = #"{"sql":"\#(sql)","limits":{"max_rows":1000000}}"#
    return try await onThread {
      let connection = try RawConnection(port: port, receiveBuffer: 16_384)
      try connection.send(
        "POST /api/query?organizations=all HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
          + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
      return Shared((connection, try connection.read(4096)))
    }
  }

  @Test func `count against a limit of their own, and are let go of as they are read`()
    async throws
  {
    try await TestService.run(memoryLimit: 64 << 20) { service in
      let answers = service.service.answers
      #expect(answers.limit == 32 << 20)
      var slow: [Shared<(RawConnection, [UInt8])>] = []
      for count in 1...2 {
        slow.append(try await Self.begin(service))
        // Some of it is on its way already.
        #expect(answers.byteCount > count * 10_000_000)
      }
      // A third does not fit, and is told so before it has begun.
      let third = try await Self.begin(service)
      let refusal = try #require(RawAnswer.all(in: third.value.1).first)
      #expect(refusal.status == 503)
      #expect(refusal["retry-after"] == "1")
      #expect(refusal.body.contains("answers that wait to be read"))
      #expect(refusal["sqlstate"]?.text == "53000")
      // Small ones have nothing to wait for.
      #expect(try await service.sql("SELECT 1 AS a").status == 200)
      // The whole answer comes to who reads it after all.
      let first = slow.removeFirst()
      let bytes = try await onThread { first.value.1 + (try first.value.0.readToEnd()) }
      let text = String(
        decoding: try #require(RawAnswer.all(in: bytes).first?.unchunked), as: UTF8.self)
      #expect(text.contains("[1000000,1000001]"))
      #expect(text.contains("\"receipt\""))
      try await Self.wait { answers.byteCount < 20_000_000 }
      // Who goes away leaves nothing.
      slow = []
      try await Self.wait { answers.byteCount == 0 }
      try await Self.wait { service.service.engine.memory.byteCount == 0 }
      #expect(service.service.queries.count == 0)
    }
  }

  @Test func `count as the statement's own memory`() async throws {
    try await TestService.run { service in
      let answer = try await service.sql(
        Self.sql, #""limits":{"max_rows":1000000,"max_memory":8000000}"#)
      #expect(answer.status == 422)
      #expect(answer["code"]?.text == "query_memory")
      #expect(service.service.answers.byteCount == 0)
    }
  }

  @Test func `of an export of people count like those of a query`() async throws {
    try await TestService.run { service in
      try await service.change(
        """
        INSERT INTO users (user_id, organization_id, email)
        SELECT 'u' || g, 'acme', 'somebody' || g || '@acme.example' FROM generate_series(1, 60000) AS s(g)
        """)
      let answers = service.service.answers
      let path = "/api/admin/analytics/export?list=users&format=json"
      let token = try service.token(.admin, organizations: ["acme"])
      let port = service.port
      let reader = try await onThread {
        let connection = try RawConnection(port: port, receiveBuffer: 16_384)
        try connection.send(
          "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Authorization: Bearer \(token)\r\n\r\n")
        return Shared((connection, try connection.read(4096)))
      }
      // Two pages of 2 MiB are set aside for each export, and sixty thousand people for this one.
      let begun = answers.byteCount
      #expect(begun > (4 << 20) + 60_000 * 24)
      // Who reads has less and less of it kept.
      let most = try await onThread {
        var bytes: [UInt8] = []
        while bytes.count < 12 << 20 {
          let more = try reader.value.0.read()
          if more.isEmpty { break }
          bytes += more
        }
        return bytes
      }
      try await Self.wait { answers.byteCount < begun - 60_000 * 10 }
      let bytes = try await onThread { reader.value.1 + most + (try reader.value.0.readToEnd()) }
      let answer = try #require(RawAnswer.all(in: bytes).first)
      #expect(answer["daybook-row-count"] == "60000")
      #expect(answer.text.contains("\"complete\":true"))
      try await Self.wait { answers.byteCount == 0 }
      // Where the pages fit, and the people do not, it is refused before it begins.
      let others = MemoryReservation(answers, for: "a test")
      try others.add(answers.limit - (4 << 20) - 100_000)
      let refusal = try await service.ask("GET", path, token: token)
      #expect(refusal.status == 503, "\(refusal.body)")
      #expect(refusal.body.contains("answers that wait to be read"))
      #expect(answers.byteCount == others.byteCount)
    }
  }

  private static func wait(_ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(600)
    while !condition() {
      try #require(ContinuousClock.now < deadline, "it is held for too long")
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
