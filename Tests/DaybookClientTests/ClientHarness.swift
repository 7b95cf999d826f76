import DaybookClient
import Synchronization
import Testing

/// A clock that jumps: who sleeps goes on at once, later. Sleeps of an hour and more never end.
final class JumpingTime: Sendable {
  private struct State {
    var now = Duration.zero
    var sleeps: [Duration] = []
    var random: UInt64 = 1
  }

  private let state = Mutex(State())

  static let never = Duration.seconds(3600)

  /// Those that ended.
  var sleeps: [Duration] { state.withLock { $0.sleeps } }

  var environment: ClientEnvironment {
    ClientEnvironment(
      now: { self.state.withLock { $0.now } }, time: { 1_790_000_000_000 },
      sleep: { duration in
        if duration >= Self.never { try await Task.sleep(for: .seconds(36_000)) }
        self.state.withLock { state in
          state.now += duration
          state.sleeps.append(duration)
        }
        await Task.yield()
      },
      random: {
        self.state.withLock { state in
          state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return state.random ^ (state.random >> 33)
        }
      })
  }
}

/// A client before a stub, with its deliveries running for as long as `body` does.
struct ClientHarness: Sendable {
  let client: DaybookClient
  let service: StubService
  let time: JumpingTime
  let losses: Losses

  final class Losses: Sendable {
    private let list = Mutex<[ClientLoss]>([])
    var all: [ClientLoss] { list.withLock { $0 } }
    func add(_ loss: ClientLoss) { list.withLock { $0.append(loss) } }
  }

  static func run(
    _ answers: [StubService.Answer] = [], _ settings: ClientSettings = .test(),
    _ body: @Sendable (ClientHarness) async throws -> Void
  ) async throws {
    let losses = Losses()
    var settings = settings
    settings.onLoss = losses.add
    let service = StubService(answers)
    let time = JumpingTime()
    let client = DaybookClient(
      settings, environment: time.environment, transport: ClientTransport(post: service.take))
    let harness = ClientHarness(client: client, service: service, time: time, losses: losses)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await client.run() }
      defer { group.cancelAll() }
      try await body(harness)
    }
  }

  func emit(_ count: Int, type: String = "page_view") {
    for number in 0..<count {
      var event = DaybookEvent(type, userID: "u-\(number)")
      event.metadata = ["count": .integer(number)]
      client.emit(event)
    }
  }

  /// Returns when it holds; a test that waits in vain is ended by its time limit.
  func wait(until holds: () throws -> Bool) async throws {
    while try !holds() { try await Task.sleep(for: .milliseconds(1)) }
  }

  /// Nothing is lost to the counts.
  func settled() async throws -> ClientCounts {
    try await wait { client.counts.pending == 0 }
    let counts = client.counts
    #expect(
      counts.emitted
        == counts.accepted + counts.duplicates + counts.ignored + counts.refused + counts.dropped
        + counts.pending)
    #expect(counts.pendingByteCount == 0)
    return counts
  }
}

extension ClientSettings {
  static func test(_ change: (inout ClientSettings) -> Void = { _ in }) -> ClientSettings {
    var settings = ClientSettings(url: "http://stub", key: "dbk_test")
    settings.drainLimit = JumpingTime.never
    change(&settings)
    return settings
  }
}
