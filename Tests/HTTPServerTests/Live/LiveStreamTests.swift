import AccessControl
import Authentication
import HTTPServer
import Intake
import ServiceSetup
import Synchronization
import Testing

/// Streams over sockets.
@Suite(.serialized) struct LiveStreamTests {
  private static func accept(_ service: Service, _ events: String) throws {
    _ = try service.intake.accept(
      Array("[\(events)]".utf8), .event, from: try liveEmitter(), at: service.environment.now())
  }

  /// Reads events until one has this count of today, as a counter of `name`.
  private static func read(
    _ stream: EventStream, until name: String, is count: Int64
  ) throws -> EventStream.Event {
    while let event = try stream.nextEvent() {
      if event.today(name) == count { return event }
    }
    throw SocketFailure(call: "the stream ended", code: 0)
  }

  @Test func `an event shows within two seconds, with what changed and nothing else`()
    async throws
  {
    try await TestService.run { service in
      let token = try service.token(.admin, organizations: ["acme"])
      try Self.accept(
        service.service, "{\"id\":\"a\",\"type\":\"chat\",\"org_id\":\"acme\",\"user_id\":\"u\"}")
      let port = service.port
      let stream = try await onThread { try EventStream(port: port, token: token) }
      let first = try await onThread {
        (try stream.next(), try stream.next())
      }
      let head = stream.head.lowercased()
      #expect(head.contains(" 200 "))
      for line in [
        "content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no",
      ] { #expect(head.contains(line)) }
      #expect(!head.contains("content-encoding"))
      #expect(first.0?.retry == "2000")
      let snapshot = try #require(first.1)
      #expect(snapshot.name == "snapshot")
      #expect(!snapshot.id.isEmpty)
      #expect(snapshot.today("chats") == 1)
      #expect(snapshot.json["organizations"] == .array([.string("acme")]))
      #expect(snapshot.json["active_users"]?.integer == 1)

      try Self.accept(
        service.service,
        """
        {"id":"b","type":"upload","org_id":"acme","user_id":"v"},
        {"id":"c","type":"upload","org_id":"bolt","user_id":"w"}
        """)
      let update = try await onThread { try Self.read(stream, until: "uploads", is: 1) }
      #expect(update.name == "update")
      #expect(update.id != snapshot.id)
      // The foreign event and user are in nothing.
      #expect(update.json["counters"]?.members?.keys.sorted() == ["events", "uploads"])
      #expect(update.today("events") == 2)
      #expect(update.json["active_users"]?.integer == 2)
      #expect(!update.data.contains("bolt"))
    }
  }

  @Test func `only the counters that were chosen are told`() async throws {
    var limits = ServiceLimits()
    limits.liveInterval = .milliseconds(20)
    limits.liveHeartbeat = .milliseconds(50)
    let short = limits
    try await TestService.run(limits: short) { service in
      let token = try service.token(.platformAdmin)
      let port = service.port
      let stream = try await onThread {
        try EventStream(
          port: port, token: token, query: "?organizations=all&counters=chats&series=true")
      }
      let snapshot = try await onThread { try stream.nextEvent() }
      #expect(snapshot?.json["counters"]?.members?.keys.sorted() == ["chats"])
      // Silence, in which the stream says that it is there.
      let comment = try await onThread { try stream.next() }
      #expect(comment?.comment == "still here")
      try Self.accept(service.service, "{\"id\":\"a\",\"type\":\"upload\",\"org_id\":\"acme\"}")
      try Self.accept(service.service, "{\"id\":\"b\",\"type\":\"chat\",\"org_id\":\"bolt\"}")
      let update = try await onThread { try stream.nextEvent() }
      #expect(update?.today("chats") == 1)
      #expect(update?.json["counters"]?.members?.keys.sorted() == ["chats"])
    }
  }

  @Test func `who comes back is given a snapshot, unless nothing has changed`() async throws {
    // Time stands still, so that a minute that passes is no change.
    let time = ServiceEnvironment.real.now()
    let environment = ServiceEnvironment(now: { time }, random: ServiceEnvironment.real.random)
    try await TestService.run(environment: environment) { service in
      let token = try service.token(.admin, organizations: ["acme"])
      let port = service.port
      func open(_ id: String) async throws -> EventStream {
        try await onThread {
          try EventStream(port: port, token: token, headers: ["Last-Event-ID: \(id)"])
        }
      }
      let first = try await open("nonsense")
      let snapshot = try await onThread { try first.nextEvent() }
      #expect(snapshot?.name == "snapshot")
      let known = try await open(snapshot?.id ?? "")
      let comment = try await onThread {
        _ = try known.next()
        return try known.next()
      }
      #expect(comment?.comment == "nothing has changed since")
      try Self.accept(service.service, "{\"id\":\"a\",\"type\":\"chat\",\"org_id\":\"acme\"}")
      _ = try await onThread { try Self.read(first, until: "chats", is: 1) }
      let late = try await open(snapshot?.id ?? "")
      let fresh = try await onThread { try late.nextEvent() }
      #expect(fresh?.name == "snapshot")
      #expect(fresh?.today("chats") == 1)
    }
  }

  @Test func `a stream ends with its token, and with the service`() async throws {
    let clock = HarnessClock()
    let start = ServiceEnvironment.real.now()
    let environment = ServiceEnvironment(
      now: {
        start.advanced(by: .milliseconds(clock.now.milliseconds - administrationNoon.milliseconds))
      }, random: ServiceEnvironment.real.random)
    let ended = Mutex<EventStream?>(nil)
    try await TestService.run(environment: environment) { service in
      let token = try service.token(.admin, organizations: ["acme"])
      let port = service.port
      func lastEvent(_ stream: EventStream) async throws -> EventStream.Event? {
        try await onThread {
          var last: EventStream.Event?
          while let event = try stream.nextEvent() { last = event }
          return last
        }
      }
      let expiring = try await onThread {
        let stream = try EventStream(port: port, token: token)
        _ = try stream.nextEvent()
        return stream
      }
      clock.advance(by: .seconds(3700))
      #expect(try await lastEvent(expiring)?.data == "{\"reason\":\"token_expired\"}")
      clock.advance(by: .seconds(-3700))
      let revoked = try await onThread {
        let stream = try EventStream(port: port, token: token)
        _ = try stream.nextEvent()
        return stream
      }
      let verifier = try service.verifier
      let other = try await TokenKey.shared(Secret((0..<32).map { UInt8($0) }))
      service.service.keys.replace(
        with: TokenVerifier(keys: try TokenKeySet([other]), rules: verifier.rules))
      #expect(try await lastEvent(revoked)?.data == "{\"reason\":\"token_refused\"}")
      service.service.keys.replace(with: verifier)
      let open = try await onThread {
        let stream = try EventStream(port: port, token: token)
        _ = try stream.nextEvent()
        return stream
      }
      ended.withLock { $0 = open }
    }
    // The service has stopped, and has not waited for the reader.
    let stream = try #require(ended.withLock { $0 })
    let last = try await onThread { try stream.nextEvent() }
    #expect(last?.name == "end")
    #expect(last?.data == "{\"reason\":\"stopping\"}")
    #expect(try await onThread { try stream.next() == nil })
  }

  @Test func `there are so many streams of one caller, and of all`() async throws {
    var limits = ServiceLimits(
      try ServiceConfiguration(flags: [
        ("--live-streams", "3"), ("--live-streams-per-caller", "2"),
      ]))
    limits.liveInterval = .milliseconds(20)
    limits.requestsPerSecond = 0
    limits.addressRequestsPerSecond = 0
    let few = limits
    try await TestService.run(limits: few) { service in
      let port = service.port
      func open(_ user: String) async throws -> EventStream {
        let token = try service.token(.admin, organizations: ["acme"], user: user)
        return try await onThread {
          let stream = try EventStream(port: port, token: token)
          try stream.readHead()
          return stream
        }
      }
      var kept = [try await open("ann"), try await open("ann")]
      let own = try await open("ann")
      #expect(own.head.contains(" 429 "))
      #expect(own.head.lowercased().contains("retry-after: 10"))
      kept.append(try await open("bob"))
      let all = try await open("cid")
      #expect(all.head.contains(" 503 "))
      #expect(all.head.lowercased().contains("retry-after: 10"))
      // Whoever goes leaves his place.
      kept = []
      for _ in 0..<2_000 where service.service.live.streamCount > 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(service.service.live.streamCount == 0)
      #expect(try await open("cid").head.contains(" 200 "))
    }
  }

  @Test func `ten who do not read slow nobody down, and are left`() async throws {
    var limits = ServiceLimits()
    limits.writeTimeout = .milliseconds(500)
    limits.liveInterval = .milliseconds(5)
    limits.largestStreamCountPerCaller = 20
    let short = limits
    try await TestService.run(limits: short) { service in
      let token = try service.token(.platformAdmin)
      let port = service.port
      let stalled = try await onThread {
        try (0..<10).map { _ in
          let stream = try EventStream(
            port: port, token: token, query: "?organizations=all&series=true",
            receiveBuffer: 4_096)
          try stream.readHead()
          return stream
        }
      }
      let reader = try await onThread {
        try EventStream(port: port, token: token, query: "?organizations=all")
      }
      var count: Int64 = 0
      while !service.service.metrics.registry.text.contains("reason=\"answer_not_read\"} 10") {
        count += 1
        let number = count
        try await onThread {
          try Self.accept(
            service.service, "{\"id\":\"e\(number)\",\"type\":\"chat\",\"org_id\":\"acme\"}")
        }
        try await Task.sleep(for: .milliseconds(2))
      }
      let total = count
      _ = try await onThread { try Self.read(reader, until: "chats", is: total) }
      // They are left half a second after they stall: were batches to wait for them, few would be taken.
      #expect(total > 20)
      withExtendedLifetime(stalled) {}
    }
  }
}
