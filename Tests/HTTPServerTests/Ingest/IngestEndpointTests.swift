import AccessControl
import Authentication
import DiskTesting
import HTTPServer
import Testing

struct IngestEndpointTests {
  @Test func `a batch is stored, seen by queries, and known when it comes again`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let body = SampleEvents.batch(500)
      let first = try await service.send(body, key)
      #expect(first.status == 200)
      #expect(try first.names("accepted")?.count == 500)
      #expect(try first.names("duplicates") == [])
      #expect(try first.failures() == [])
      #expect(try await service.count("SELECT count(*) FROM events") == 500)

      let again = try await service.send(body, key)
      #expect(again.status == 200)
      #expect(try again.names("accepted") == [])
      #expect(try again.names("duplicates")?.first == "a0")
      #expect(try again.names("duplicates")?.count == 500)
      #expect(
        try await service.count(
          "SELECT count(*) FROM events WHERE organization_id = 'acme' AND user_id = 'u1'") == 500)
      #expect(
        try await service.count(
          "SELECT sum(received) - sum(accepted) - sum(duplicates) - sum(failed) FROM ingest_ledger"
        ) == 0)
    }
  }

  @Test func `one record by itself is answered with one outcome`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let stored = try await service.send("events", SampleEvents.event("e1"), key)
      #expect(stored.status == 200)
      #expect(stored.body == #"{"id":"e1","outcome":"accepted"}"#)
      let again = try await service.send("events", SampleEvents.event("e1"), key)
      #expect(again.body == #"{"id":"e1","outcome":"duplicate"}"#)
      let other = try await service.send(
        "events", SampleEvents.event("e1", #","feature":"x""#), key)
      #expect(other.status == 422)
      #expect(other.code == "id_conflict")
      let wrong = try await service.send(
        "events", SampleEvents.event("e2", #","duration_ms":"long""#), key)
      #expect(wrong.status == 422)
      #expect(wrong["content-type"] == "application/problem+json")
      #expect(wrong.code == "wrong_type")
      #expect(
        try wrong.json.members?["errors"]?.elements?.first?.members?["field"]?.text
          == "duration_ms")
      // The path of batches answers as a batch, and that of events takes lists too.
      let listed = try await service.send("events/batch", SampleEvents.event("e3"), key)
      #expect(try listed.names("accepted") == ["e3"])
      let list = try await service.send("events", "[\(SampleEvents.event("e4"))]", key)
      #expect(try list.names("accepted") == ["e4"])
      #expect(try await service.count("SELECT count(*) FROM dead_letters") == 2)
    }
  }

  @Test func `what is wrong of a batch is among the dead letters, and the rest is stored`()
    async throws
  {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let answer = try await service.send(
        """
        {"events":[\(SampleEvents.event("b0")),
        {"client_event_id":"b1","event_type":"no_such"},
        {"client_event_id":"b2"},
        \(SampleEvents.event("b3", #","user_idd":"x""#)),
        \(SampleEvents.event("b4", #","organization_id":"bolt""#)),
        7,
        \(SampleEvents.event("b6", #","ts":"2999-01-01T00:00:00Z""#)),
        \(SampleEvents.event("b7"))]}
        """, key)
      #expect(answer.status == 200)
      #expect(try answer.names("accepted") == ["b0", "b7"])
      #expect(
        try answer.failures() == [
          "1 b1 unknown_event_type event_type", "2 b2 missing_field event_type",
          "3 b3 unknown_field user_id", "4 b4 organization_mismatch organization_id",
          "5 - not_an_object -", "6 b6 time_in_future ts",
        ])
      #expect(try await service.count("SELECT count(*) FROM events") == 2)
      #expect(try await service.count("SELECT count(*) FROM dead_letters") == 6)
      #expect(
        try await service.count("SELECT failed FROM ingest_ledger WHERE accepted = 2") == 6)
    }
  }

  @Test func `an Idempotency-Key gives the same answer, and another body is refused`() async throws
  {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let header = ["Idempotency-Key: batch-1"]
      let body = "[\(SampleEvents.event("k1")),{\"client_event_id\":\"k2\"}]"
      let first = try await service.send(body, key, headers: header)
      #expect(first["idempotency-replayed"] == nil)
      let again = try await service.send(body, key, headers: header)
      #expect(again.status == 200)
      #expect(again.body == first.body)
      #expect(again["idempotency-replayed"] == "true")
      let other = try await service.send(SampleEvents.event("k3"), key, headers: header)
      #expect(other.status == 422)
      #expect(other.code == "idempotency_key_reused")
      let twice = try await service.send(body, key, headers: header + header)
      #expect(twice.status == 400)
      let wrong = try await service.send(body, key, headers: ["Idempotency-Key:  "])
      #expect(wrong.code == "invalid_idempotency_key")
      #expect(try await service.count("SELECT count(*) FROM events") == 1)
      #expect(try await service.count("SELECT count(*) FROM dead_letters") == 1)
    }
  }

  @Test func `ids, books and answers are known after a loss of power`() async throws {
    let disk = SimulatedDisk()
    let header = ["Idempotency-Key: batch-1"]
    let body = SampleEvents.batch(50)
    let key = KeptText()
    try await TestService.run(disk: disk) { service in
      key.text = try await service.key([.event])
      let answer = try await service.send(body, key.text, headers: header)
      #expect(try answer.names("accepted")?.count == 50)
    }
    let later = SimulatedDisk(disk.image.crashed(.nothingUnsynced))
    try await TestService.run(disk: later) { service in
      let again = try await service.send(body, key.text, headers: header)
      #expect(again["idempotency-replayed"] == "true")
      #expect(try again.names("accepted")?.count == 50)
      let more = try await service.send(SampleEvents.batch(60), key.text)
      #expect(try more.names("duplicates")?.count == 50)
      #expect(try more.names("accepted")?.count == 10)
      #expect(try await service.count("SELECT count(*) FROM events") == 60)
      let metrics = try await service.metrics()
      #expect(metrics.contains(#"daybook_ingest_records{state="received"} 110"#))
      #expect(metrics.contains(#"daybook_ingest_records{state="accepted"} 60"#))
    }
  }

  @Test func `every kind has its path, and users and resources are changed by field`() async throws
  {
    try await TestService.run { service in
      let key = try await service.key()
      for (path, body) in [
        ("token-usage", #"{"id":"t1","model":"m","prompt_tokens":5,"completion_tokens":7}"#),
        ("requests", #"{"id":"r1","endpoint":"/api/gallery","method":"GET","status_code":200}"#),
        ("feedback", #"{"user_id":"u1","request_id":"q1","stars":4}"#),
        ("threats", #"{"id":"x1","threat_type":"prompt_injection","severity":"high"}"#),
        ("users", #"{"user_id":"u1","plan":"pro","role":"editor"}"#),
        ("users", #"[{"user_id":"u1","plan":null},{"user_id":"u2"}]"#),
        ("resources", #"{"type":"course","id":"c1","name":"Swift"}"#),
      ] {
        let answer = try await service.send(path, body, key)
        #expect(answer.status == 200, "\(path): \(answer.body)")
        #expect(answer.body.contains("accepted"), "\(path): \(answer.body)")
      }
      #expect(
        try await service.count("SELECT total_tokens FROM events WHERE event_id = 't1'") == 12)
      #expect(try await service.count("SELECT count(*) FROM feedback WHERE stars = 4") == 1)
      #expect(try await service.count("SELECT count(*) FROM threats") == 1)
      #expect(
        try await service.count(
          "SELECT count(*) FROM users WHERE user_id = 'u1' AND plan IS NULL AND role = 'editor'")
          == 1)
      #expect(try await service.count("SELECT count(*) FROM resources") == 1)
      let again = try await service.send(
        "feedback", #"{"user_id":"u1","request_id":"q1","stars":1}"#, key)
      #expect(again.body == #"{"id":"q1","outcome":"duplicate"}"#)
    }
  }
}

final class KeptText: @unchecked Sendable {
  var text = ""
}
