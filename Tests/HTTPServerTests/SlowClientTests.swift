import HTTPServer
import Jobs
import Testing

/// Callers that take their time, with limits that are short enough to wait for.
@Suite(.serialized) struct SlowClientTests {
  private static var limits: ServiceLimits {
    var limits = ServiceLimits()
    limits.idleTimeout = .milliseconds(400)
    limits.bodyGrace = .milliseconds(400)
    limits.bodyTimeout = .seconds(30)
    limits.leastBodyRate = 1000
    limits.writeTimeout = .milliseconds(400)
    return limits
  }

  private static let head =
    "POST /test/echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n"

  @Test func `half heads and silent connections are closed, and others are served meanwhile`()
    async throws
  {
    try await TestService.run(limits: Self.limits) { service in
      let port = service.port
      let silent = try await onThread {
        let starts = ["", "GET /api/health HTTP/1.1\r\nHost: a\r\nX-A"]
        let connections = try (0..<100).map { _ in try RawConnection(port: port) }
        for (index, connection) in connections.enumerated() {
          try connection.send(starts[index % 2])
        }
        let other = try RawConnection(port: port)
        try other.send("GET /api/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let status = RawAnswer.all(in: try other.readToEnd()).first?.status
        return (try connections.map { try $0.readToEnd().count }, status)
      }
      #expect(silent.1 == 200)
      #expect(silent.0.count == 100)
    }
  }

  @Test func `bodies that do not come, or drip, are answered with 408`() async throws {
    var limits = Self.limits
    limits.idleTimeout = .seconds(10)
    try await TestService.run(limits: limits, endpoints: TestEndpoints.all) { service in
      let port = service.port
      for drips in [false, true] {
        let answers = try await onThread {
          let connections = try (0..<20).map { _ in try RawConnection(port: port) }
          for connection in connections { try connection.send(Self.head) }
          // One byte every 20 ms is far below the rate, and no idle connection.
          if drips {
            for _ in 0..<30 {
              for connection in connections { try connection.send("a") }
              Pause.milliseconds(20)
            }
          }
          return try connections.map { RawAnswer.all(in: try $0.readToEnd()) }
        }
        for answer in answers {
          #expect(answer.map(\.status) == [408])
          #expect(answer.first?["connection"] == "close")
          #expect(answer.first?.body.contains("request_too_slow") == true)
        }
      }
    }
  }

  @Test func `a body that comes in time may come in pieces`() async throws {
    var limits = Self.limits
    limits.idleTimeout = .seconds(10)
    limits.bodyGrace = .seconds(10)
    try await TestService.run(limits: limits, endpoints: TestEndpoints.all) { service in
      let port = service.port
      let answers = try await onThread {
        let connection = try RawConnection(port: port)
        try connection.send(Self.head.replacing("Host: a", with: "Host: a\r\nConnection: close"))
        for _ in 0..<10 {
          try connection.send(String(repeating: "a", count: 500))
          Pause.milliseconds(10)
        }
        return RawAnswer.all(in: try connection.readToEnd())
      }
      #expect(answers.map(\.status) == [200])
      #expect(answers.first?.body.utf8.count == 5000)
    }
  }

  @Test func `who does not read his answer is left`() async throws {
    try await TestService.run(limits: Self.limits, endpoints: TestEndpoints.all) { service in
      let port = service.port
      let connections = try await onThread {
        let connections = try (0..<10).map { _ in try RawConnection(port: port) }
        for connection in connections {
          try connection.send("GET /test/large HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        return Shared(connections)
      }
      while !service.service.metrics.registry.text.contains("reason=\"answer_not_read\"} 10") {
        try await Task.sleep(for: .milliseconds(20))
      }
      let counts = try await onThread {
        try connections.value.map { try $0.readToEnd().count }
      }
      // What the system had taken already, and not 100 MB.
      for count in counts { #expect(count < 50_000_000) }
    }
  }

  @Test func `connections over the limit are told so`() async throws {
    var limits = ServiceLimits()
    limits.largestConnectionCount = 8
    try await TestService.run(limits: limits) { service in
      let port = service.port
      let answers = try await onThread {
        let kept = try (0..<8).map { _ in try RawConnection(port: port) }
        // Each is there for certain when it was answered.
        for connection in kept {
          try connection.send("GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n")
          _ = try connection.read()
        }
        let more = try RawConnection(port: port)
        return try withExtendedLifetime(kept) { RawAnswer.all(in: try more.readToEnd()) }
      }
      #expect(answers.map(\.status) == [503])
      #expect(answers.first?["retry-after"] == "1")
    }
  }

  @Test func `a request in flight is answered when the service stops`() async throws {
    let answers = Answers()
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      let port = service.port
      let connection = try await onThread {
        let connection = try RawConnection(port: port)
        try connection.send("GET /test/slow HTTP/1.1\r\nHost: a\r\n\r\n")
        return Shared(connection)
      }
      try await service.waitForRequest()
      Task { answers.set(try await onThread { try connection.value.readToEnd() }) }
    }
    while answers.bytes == nil { await Task.yield() }
    let answer = RawAnswer.all(in: answers.bytes ?? [])
    #expect(answer.map(\.status) == [200])
    #expect(answer.first?["connection"] == "close")
  }

  @Test func `no job keeps the service from stopping`() async throws {
    try await TestService.run { service in
      await service.runner.stop()
      await #expect(throws: JobFailure.stopped) { try await service.service.jobs.run(.daily) }
    }
  }
}
