import AccessControl
import ColumnStore
import DiskTesting
import Glibc
import Intake
import Persistence
import Synchronization
import Testing

/// What an observer is told of the batches that were stored.
@Suite struct ActivityTests {
  private final class Heard: Sendable {
    let batches = Mutex<[ActivityBatch]>([])
    var all: [ActivityBatch] { batches.withLock { $0 } }
  }

  private func listen(to harness: IntakeHarness) -> Heard {
    let heard = Heard()
    harness.intake.observe { batch in heard.batches.withLock { $0.append(batch) } }
    return heard
  }

  @Test func `a batch is told once it is visible, by organisation and day`() throws {
    let harness = try IntakeHarness()
    let store = harness.database.store
    let heard = Mutex<[ActivityBatch]>([])
    harness.intake.observe { batch in
      #expect(store.catalog().version >= batch.version)
      #expect((try? store.rows("events").count) == 4)
      heard.withLock { $0.append(batch) }
    }
    let day: Int64 = 86_400_000
    let now = harness.now.milliseconds
    try harness.accept(
      """
      [{"id":"1","type":"chat","org_id":"acme","user_id":"u","total_tokens":7},
       {"id":"2","type":"chat","org_id":"beta","user_id":"u","status":"failed"},
       {"id":"3","type":"chat","org_id":"acme","user_id":"v","ts":\(now - day)},
       {"id":"4","type":"email_sent","org_id":"acme","user_id":"w","status_code":200},
       {"id":"4","type":"email_sent","org_id":"acme","user_id":"w","status_code":200},
       {"id":"5","type":"nonsense","org_id":"acme","user_id":"x"}]
      """, from: try IntakeHarness.emitter(nil))
    let batches = heard.withLock { $0 }
    let batch = try #require(batches.first)
    #expect(batches.count == 1)
    #expect(batch.received == now)
    #expect(
      batch.parts.map { "\($0.organization) \($0.day.map { "\($0 - now / day)" } ?? "-")" }
        == ["acme 0", "acme -", "beta 0"])
    let counts = batch.parts.map(\.counts)
    #expect(counts.map { $0[.events] } == [2, 1, 1])
    #expect(counts.map { $0[.chats] } == [1, 1, 1])
    #expect(counts.map { $0[.totalTokens] } == [7, 0, 0])
    #expect(counts.map { $0[.errors] } == [0, 0, 1])
    #expect(counts.map { $0[.outcomes] } == [1, 0, 1])
    let hash = ActivityBatch.Person.hash(of: "u")
    let people = try ["acme", "beta"].map { name in
      ActivityBatch.Person(
        hash: hash, organization: try IntakeHarness.organization(name), latest: now)
    }
    #expect(batch.people.sorted { $0.organization < $1.organization } == people)
  }

  @Test func `nothing is told of what is known, refused or not kept`() throws {
    let harness = try IntakeHarness()
    let heard = listen(to: harness)
    let body = "[{\"id\":\"1\",\"type\":\"chat\"}]"
    try harness.accept(body)
    try harness.accept(body)
    try harness.accept("[{\"id\":\"2\"}]")
    #expect(heard.all.count == 1)
    harness.disk.fail(.init(call: 1, lasts: true, kind: .error(EIO)))
    #expect(throws: IntakeRefusal.self) { try harness.accept("[{\"id\":\"3\",\"type\":\"chat\"}]") }
    #expect(heard.all.count == 1)
  }

  @Test func `sessions, requests and uses of tokens are told as the events that they become`()
    throws
  {
    let harness = try IntakeHarness()
    let heard = listen(to: harness)
    try harness.accept("{\"session_id\":\"s\",\"user_id\":\"u\"}", .login)
    try harness.accept("{\"id\":\"1\",\"path\":\"/x\",\"status_code\":500}", .request)
    try harness.accept("{\"id\":\"2\",\"prompt_tokens\":3,\"completion_tokens\":4}", .tokenUsage)
    let counts = heard.all.flatMap(\.parts).map(\.counts)
    #expect(counts.map { $0[.events] } == [1, 1, 1])
    #expect(counts.map { $0[.signIns] } == [1, 0, 0])
    #expect(counts.map { $0[.apiCalls] } == [0, 1, 0])
    #expect(counts.map { $0[.errors] } == [0, 1, 0])
    #expect(counts.map { $0[.totalTokens] } == [0, 0, 7])
    #expect(heard.all.first?.people.count == 1)
  }
}
