import DaybookClient
import Testing

@Suite(.timeLimit(.minutes(20))) struct `A client that delivers` {
  @Test func `sends batches of the size it is told, numbered, and the rest at the stop`()
    async throws
  {
    try await ClientHarness.run(
      [],
      .test {
        $0.batchRecordCount = 10
        $0.batchInterval = JumpingTime.never
      }
    ) { harness in
      harness.emit(25)
      try await harness.wait { harness.client.counts.accepted == 20 }
      #expect(harness.client.counts.pending == 5)
      harness.client.stop()
      let counts = try await harness.settled()
      #expect(counts.accepted == 25)
      let batches = try harness.service.batches()
      #expect(batches.map(\.events.count) == [10, 10, 5])
      #expect(batches.map(\.sequence) == [0, 1, 2])
      #expect(Set(batches.map(\.stream)) == [harness.client.stream])
      #expect(Set(batches.flatMap { $0.events.map(\.id) }).count == 25)
    }
  }

  @Test func `sends records that come by turns as one batch of each kind`() async throws {
    try await ClientHarness.run([], .test { $0.batchInterval = JumpingTime.never }) { harness in
      harness.client.emit(DaybookLogin(sessionID: "s"))
      for _ in 0..<20 {
        harness.emit(1)
        harness.client.emit(DaybookThreat("rate_limit_violation", .low))
      }
      harness.client.logout(sessionID: "s")
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.pending == 0 && counts.requests == 4)
      let paths = harness.service.paths
      // What is about a session has its order.
      let sessions = paths.filter { $0.contains("session") }
      #expect(sessions == ["sessions/login", "sessions/logout"])
      #expect(try harness.service.batches().map(\.events.count).sorted() == [1, 1, 20, 20])
    }
  }

  @Test func `counts each record of an answer that names several alike`() async throws {
    let body =
      #"{"accepted":["s"],"duplicates":[],"failed":[],"ignored":["s","s"]}"#
    try await ClientHarness.run(
      [.status(200, body: body)], .test { $0.batchInterval = JumpingTime.never }
    ) { harness in
      for _ in 0..<3 { harness.client.heartbeat(sessionID: "s") }
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 1 && counts.ignored == 2 && counts.requests == 1)
    }
  }

  @Test func `sends a batch that is not full when its first record has waited`() async throws {
    try await ClientHarness.run([], .test { $0.batchInterval = .seconds(2) }) { harness in
      harness.emit(3)
      let counts = try await harness.settled()
      #expect(counts.accepted == 3)
      #expect(harness.time.sleeps.contains { $0 > .zero && $0 <= .seconds(2) })
    }
  }

  @Test func `keeps batches below their bytes`() async throws {
    try await ClientHarness.run(
      [],
      .test {
        $0.batchByteCount = 1000
        $0.batchInterval = JumpingTime.never
      }
    ) { harness in
      harness.emit(50)
      harness.client.stop()
      let counts = try await harness.settled()
      #expect(counts.accepted == 50)
      #expect(harness.service.bodies.count > 5)
      #expect(harness.service.bodies.allSatisfy { $0.count < 1200 })
    }
  }

  @Test func `sends what waits when it is told to`() async throws {
    try await ClientHarness.run([], .test { $0.batchInterval = JumpingTime.never }) { harness in
      harness.emit(2)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 2)
    }
  }

  @Test func `sends the same bytes again until it is answered, ever more slowly`() async throws {
    try await ClientHarness.run([
      .breakOff, .status(503), .status(500), .status(429, retryAfter: .seconds(7)),
    ]) { harness in
      harness.emit(3)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 3)
      #expect(counts.retries == 4)
      #expect(Set(harness.service.bodies).count == 1)
      let pauses = harness.time.sleeps.suffix(4)
      #expect(pauses.count == 4)
      for (pause, most) in zip(pauses, [0.5, 1, 2]) {
        #expect(pause >= .seconds(most / 2) && pause <= .seconds(most))
      }
      let last = try #require(pauses.last)
      #expect(last >= .seconds(7) && last <= .seconds(8))
    }
  }

  @Test func `takes the loss of an answer for no loss of records`() async throws {
    try await ClientHarness.run([.storeAndBreakOff]) { harness in
      harness.emit(4)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.duplicates == 4)
      #expect(harness.service.stored.count == 4)
    }
  }

  @Test func `sends again only those records of a batch that the service could not store`()
    async throws
  {
    try await ClientHarness.run([
      .fail(["misspelt": "unknown_event_type", "unlucky": "not_stored"])
    ]) { harness in
      harness.emit(2, type: "page_view")
      harness.emit(1, type: "misspelt")
      harness.emit(3, type: "unlucky")
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 5)
      #expect(counts.refused == 1)
      let batches = try harness.service.batches()
      #expect(batches.map(\.events.count) == [6, 3])
      #expect(batches[1].events.allSatisfy { $0.type == "unlucky" })
      #expect(batches.map(\.sequence) == [0, 1])
      #expect(harness.losses.all.map(\.reason) == [.record(code: "unknown_event_type")])
      #expect(harness.losses.all.first?.ids == [batches[0].events[2].id])
    }
  }

  @Test(arguments: [400, 401, 403, 404, 413, 302])
  func `gives a batch up that the service will not have, says so, and goes on`(status: Int)
    async throws
  {
    try await ClientHarness.run([.status(status, body: #"{"detail":"no such key"}"#)]) { harness in
      harness.emit(2)
      harness.client.flush()
      try await harness.wait { harness.client.counts.refused == 2 }
      #expect(harness.losses.all.map(\.reason) == [.batch(status: status)])
      #expect(harness.losses.all.first?.message == "no such key")
      harness.emit(1)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 1)
      #expect(counts.retries == 0)
      #expect(try harness.service.batches().map(\.sequence) == [0, 1])
    }
  }

  @Test(arguments: [
    "<html>Sign in</html>", "", "{}", #"{"accepted":[],"duplicates":[],"failed":[]}"#,
  ])
  func `does not believe an answer that does not name its records`(body: String) async throws {
    try await ClientHarness.run([.status(200, body: body)]) { harness in
      harness.emit(2)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.accepted == 2)
      #expect(harness.service.bodies.count == 2)
    }
  }

  @Test func `sends records of each kind to their own place, in their order`() async throws {
    try await ClientHarness.run([], .test { $0.batchInterval = JumpingTime.never }) { harness in
      let client = harness.client
      client.emit(DaybookLogin(sessionID: "s", userID: "u"))
      harness.emit(2)
      client.heartbeat(sessionID: "s", userID: "u")
      client.heartbeat(sessionID: "s")
      client.emit(DaybookThreat("prompt_injection", .high))
      client.logout(sessionID: "s")
      client.flush()
      _ = try await harness.settled()
      #expect(
        harness.service.paths == [
          "sessions/login", "events/batch", "sessions/heartbeat", "threats", "sessions/logout",
        ])
      #expect(try harness.service.batches().map(\.events.count) == [1, 2, 2, 1, 1])
      #expect(try harness.service.batches().map(\.sequence) == [0, 1, 2, 3, 4])
    }
  }
}
