import DaybookClient
import Testing

@Suite(.timeLimit(.minutes(20))) struct `A client whose service is gone` {
  @Test(arguments: [true, false])
  func `keeps no more records than it may, and counts the others`(dropsOldest: Bool) async throws {
    try await ClientHarness.run(
      [],
      .test {
        $0.queueRecordCount = 100
        $0.batchRecordCount = 10
        $0.overflow = dropsOldest ? .dropOldest : .dropNewest
        $0.batchInterval = JumpingTime.never
      }
    ) { harness in
      harness.service.setDown(true)
      for number in 0..<1000 {
        var event = DaybookEvent("page_view")
        event.id = "e-\(number)"
        harness.client.emit(event)
        #expect(harness.client.counts.pending <= 100)
      }
      harness.service.setDown(false)
      harness.client.stop()
      let counts = try await harness.settled()
      #expect(counts.accepted == 100)
      #expect(counts.dropped == 900)
      // Those that were being sent are never dropped.
      let kept = dropsOldest ? 910..<1000 : 0..<100
      #expect(kept.allSatisfy { harness.service.stored.contains("e-\($0)") })
    }
  }

  @Test func `keeps no more bytes than it may`() async throws {
    try await ClientHarness.run([], .test { $0.queueByteCount = 5000 }) { harness in
      harness.service.setDown(true)
      for _ in 0..<200 {
        harness.emit(1)
        #expect(harness.client.counts.pendingByteCount <= 5000)
      }
      #expect(harness.client.counts.dropped > 100)
      harness.service.setDown(false)
      harness.client.stop()
      _ = try await harness.settled()
    }
  }

  @Test func `drops a record that the service would not take, whatever its size`() async throws {
    try await ClientHarness.run([], .test { $0.recordByteCount = 1000 }) { harness in
      var event = DaybookEvent("page_view")
      event.feature = String(repeating: "x", count: 1000)
      harness.client.emit(event)
      harness.emit(1)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.dropped == 1)
      #expect(counts.accepted == 1)
    }
  }

  @Test func `does not send for longer than the service remembers ids`() async throws {
    try await ClientHarness.run([], .test { $0.longestAge = .seconds(300) }) { harness in
      harness.service.setDown(true)
      harness.emit(3)
      harness.client.flush()
      let counts = try await harness.settled()
      #expect(counts.dropped == 3)
      #expect(harness.losses.all.map(\.reason) == [.expired])
      #expect(counts.retries > 5 && counts.retries < 20)
    }
  }

  @Test func `stops in time, and counts what it could not send`() async throws {
    try await ClientHarness.run([.hang], .test { $0.drainLimit = .seconds(5) }) { harness in
      harness.emit(700)
      try await harness.wait { harness.client.counts.requests == 1 }
      harness.client.stop()
      let counts = try await harness.settled()
      #expect(counts.dropped == 700)
      #expect(harness.losses.all.flatMap(\.ids).count == 700)
      #expect(harness.losses.all.allSatisfy { $0.reason == .stopped })
      harness.emit(1)
      #expect(harness.client.counts.dropped == 701)
    }
  }

  @Test func `tries once more at the stop, instead of waiting for the next retry`() async throws {
    try await ClientHarness.run(
      [.status(503, retryAfter: .seconds(590))],
      .test {
        $0.firstRetryDelay = JumpingTime.never
        $0.longestRetryDelay = JumpingTime.never * 2
      }
    ) { harness in
      harness.emit(3)
      harness.client.flush()
      try await harness.wait { harness.client.counts.requests == 1 }
      harness.client.stop()
      let counts = try await harness.settled()
      #expect(counts.accepted == 3)
    }
  }
}
