import AccessControl
import Authentication
import HTTPServer
import HTTPTypes
import Intake
import Testing

struct IngestLimitTests {
  @Test func `a key that has sent too much waits, and others do not`() async throws {
    let settings = [(name: "--ingest-key-records-per-second", value: "100")]
    try await TestService.run(settings: settings) { service in
      let greedy = try await service.key([.event])
      let modest = try await service.key([.event])
      let first = try await service.send(SampleEvents.batch(5_000), greedy)
      #expect(try first.names("accepted")?.count == 5_000)
      let second = try await service.send(SampleEvents.batch(1, prefix: "b"), greedy)
      #expect(second.status == 429)
      #expect(second.code == "quota_exceeded")
      let wait = try #require(second["retry-after"].flatMap { Int($0) })
      #expect((40...60).contains(wait))
      #expect(try await service.send(SampleEvents.batch(1, prefix: "c"), modest).status == 200)
      let names = try await service.count("SELECT count(*) FROM events")
      #expect(names == 5_001)
    }
  }

  @Test func `the limits of callers and addresses are not those of emitters`() async throws {
    var limits = ServiceLimits()
    limits.requestsPerSecond = 1
    limits.addressRequestsPerSecond = 1
    try await TestService.run(limits: limits) { service in
      let key = try await service.key([.event])
      for number in 0..<10 {
        let answer = try await service.send(SampleEvents.event("e\(number)"), key)
        #expect(answer.status == 200)
      }
      // What is refused counts for the address.
      let wrong = "dbk_0123456789abcdef_" + String(repeating: "0", count: 64)
      var codes: [Int] = []
      for _ in 0..<3 { codes.append(try await service.send(SampleEvents.event("e"), wrong).status) }
      #expect(codes.first == 401)
      #expect(codes.contains(429))
    }
  }

  @Test func `bodies that wait are bounded in all and for each sender`() throws {
    let queue = RecordQueue(byteLimit: 1_000)
    var one: RecordRoom? = RecordRoom(queue, of: "one")
    try one?.grow(by: 400)
    #expect(throws: Problem.self) { try one?.check(101) }
    let own = #expect(throws: Problem.self) { try RecordRoom(queue, of: "one").grow(by: 101) }
    #expect(own?.status == .tooManyRequests)
    #expect(own?.retryAfter == 1)
    let two = RecordRoom(queue, of: "two")
    try two.grow(by: 500)
    #expect(queue.byteCount == 900)
    let all = #expect(throws: Problem.self) { try RecordRoom(queue, of: "three").grow(by: 101) }
    #expect(all?.status == .serviceUnavailable)
    #expect(all?.retryAfter == 1)
    try RecordRoom(queue, of: "three").grow(by: 100)
    one = nil
    #expect(queue.byteCount == 500)
    #expect(queue.oldest == nil)
    var late: RecordRoom? = RecordRoom(queue, of: "late")
    #expect(late?.arrive { UnixTime(milliseconds: 7_000) } == UnixTime(milliseconds: 7_000))
    #expect(queue.lag(at: UnixTime(milliseconds: 9_500)) == 2_500)
    #expect(queue.batchCount == 1)
    late = nil
    #expect(queue.lag(at: UnixTime(milliseconds: 9_500)) == 0)
    withExtendedLifetime(two) {}
  }

  @Test func `a full queue is answered with 503`() async throws {
    let settings = [
      (name: "--ingest-queue-bytes", value: "1048576"),
      (name: "--ingest-largest-body-bytes", value: "262144"),
    ]
    try await TestService.run(settings: settings) { service in
      let key = try await service.key([.event])
      // Somebody else's, who is not done.
      let room = RecordRoom(service.service.recordQueue, of: "other")
      let rest = RecordRoom(service.service.recordQueue, of: "another")
      try room.grow(by: 500_000)
      try rest.grow(by: 500_000)
      let full = try await service.send(SampleEvents.batch(1_000), key)
      #expect(full.status == 503)
      #expect(full["retry-after"] == "1")
      let health = try await service.ask(
        "GET", "/api/dashboard/health/", token: try service.token(.platformAdmin))
      #expect(health["ingest", "bytes"]?.integer == 1_000_000)
      #expect(health["analyticsIngestLagMs"]?.integer == 0)
      withExtendedLifetime((room, rest)) {}
      let small = try await service.send(SampleEvents.batch(5), key)
      #expect(small.status == 200)
    }
  }

  @Test func `an answer promises no rows that are on their way`() async throws {
    try await TestService.run { service in
      let room = RecordRoom(service.service.recordQueue, of: "one")
      let time = room.arrive { UnixTime(milliseconds: 1_760_000_000_000) }
      #expect(time == UnixTime(milliseconds: 1_760_000_000_000))
      let answer = try await service.sql("SELECT count(*) AS n FROM events")
      #expect(answer["receipt", "data_fresh_as_of"]?.text == "2025-10-09T08:53:20Z")
      withExtendedLifetime(room) {}
    }
  }

  @Test func `batches are counted and logged, and no value is`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      _ = try await service.send(
        "[\(SampleEvents.event("secret-id", #","prompt":"secret words""#)),{\"id\":\"x\"}]", key)
      let text = try await service.metrics()
      for line in [
        #"daybook_ingest_records_total{kind="event",result="accepted"} 1"#,
        #"daybook_ingest_records_total{kind="event",result="failed"} 1"#,
        #"daybook_ingest_batches_total{result="taken"} 1"#,
        #"daybook_ingest_scrubbed_total{rule="never_stored"} 1"#,
        "daybook_ingest_queue_bytes 0", "daybook_ingest_lag_seconds 0",
        "daybook_ingest_known_ids 1",
      ] { #expect(text.contains(line), "\(line)") }
      let log = service.log.text
      #expect(log.contains("took a batch"))
      #expect(log.contains(#""accepted":"1""#))
      #expect(log.contains(#""organization":"acme""#))
      #expect(log.contains(#""emitter":"\#(key.dropFirst(4).prefix(16))""#))
      #expect(!log.contains("secret"))
      #expect(!log.contains(key.suffix(64)))
    }
  }
}
