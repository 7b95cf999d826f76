import DaybookClient
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct `An event as JSON` {
  private func sent(_ event: DaybookEvent) async throws -> [String: Any] {
    let service = StubService()
    let client = DaybookClient(
      .test(), environment: JumpingTime().environment,
      transport: ClientTransport(post: service.take))
    client.emit(event)
    client.stop()
    await client.run()
    let body = try #require(service.bodies.first)
    let batch = try #require(
      JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    return try #require((batch["events"] as? [[String: Any]])?.first)
  }

  @Test func `has what was set, and nothing else`() async throws {
    let json = try await sent(DaybookEvent("page_view", userID: "u", sessionID: "s"))
    #expect(Set(json.keys) == ["client_event_id", "event_type", "ts", "user_id", "session_id"])
    #expect(json["ts"] as? Int == 1_790_000_000_000)
    let id = try #require(json["client_event_id"] as? String)
    let uuid = try #require(UUID(uuidString: id))
    #expect(uuid.uuidString.lowercased() == id)
    #expect(Array(id)[14] == "4")
    #expect("89ab".contains(Array(id)[19]))
  }

  @Test func `survives any text and any number`() async throws {
    var event = DaybookEvent("chat")
    let text = (0..<0x250).compactMap(Unicode.Scalar.init).map(String.init).joined() + "\"\\/😀"
    event.id = "mine"
    event.time = 7
    event.feature = text
    event.costUSD = 1e-9
    event.durationMilliseconds = .infinity
    event.promptTokens = .max
    event.status = .failed
    event.metadata = [
      "plan": .text(text), "count": -1, "success": true, "loss": 0.25, "score": .number(.nan),
    ]
    let json = try await sent(event)
    #expect(json["client_event_id"] as? String == "mine")
    #expect(json["ts"] as? Int == 7)
    #expect(json["feature"] as? String == text)
    #expect(json["cost_usd"] as? Double == 1e-9)
    #expect(json["duration_ms"] == nil)
    #expect(json["prompt_tokens"] as? Int == .max)
    #expect(json["status"] as? String == "failed")
    let metadata = try #require(json["metadata"] as? [String: Any])
    #expect(metadata["plan"] as? String == text)
    #expect(metadata["count"] as? Int == -1)
    #expect(metadata["success"] as? Bool == true)
    #expect(metadata["loss"] as? Double == 0.25)
    #expect(metadata["score"] == nil)
  }
}
