import AccessControl
import Alerting
import Authentication
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct `A webhook` {
  private static let secret = Secret("0123456789abcdef-webhook")

  private func settings(
    _ url: String = "http://127.0.0.1:1/hook", attempts: Int = 4
  ) throws -> WebhookSettings {
    var settings = try WebhookSettings(url: url, secret: Self.secret)
    settings.largestAttemptCount = attempts
    settings.timeout = .seconds(5)
    return settings
  }

  private func message(_ number: Int) -> WebhookMessage {
    WebhookMessage(
      id: "alert-\(number)", event: "alert", body: Array(#"{"number":\#(number)}"#.utf8))
  }

  /// A receiver in memory, that answers in turn and then with 200; time passes only by waiting.
  private final class Receiver: Sendable {
    struct State {
      var answers: [Int?]
      var seen: [(id: String, signature: String, body: [UInt8])] = []
      var waits: [Duration] = []
      var now = UnixTime(milliseconds: 1_768_478_400_000)
    }
    let state: Mutex<State>

    init(_ answers: [Int?] = []) { state = Mutex(State(answers: answers)) }

    var ids: [String] { state.withLock { $0.seen.map(\.id) } }
    var waits: [Duration] { state.withLock { $0.waits } }

    struct Gone: Error {}

    var transport: WebhookTransport {
      WebhookTransport { [self] _, headers, body, _ in
        func value(_ name: String) -> String {
          headers.first { $0.name == name }?.value ?? ""
        }
        let answer = state.withLock { state -> Int? in
          state.seen.append((value("Daybook-Delivery"), value("Daybook-Signature"), body))
          return state.answers.isEmpty ? 200 : state.answers.removeFirst()
        }
        guard let answer else { throw Gone() }
        return answer
      }
    }

    func environment(chance: UInt64 = .max) -> WebhookEnvironment {
      WebhookEnvironment(
        now: { [self] in state.withLock { $0.now } }, random: { chance },
        sleep: { [self] duration in
          state.withLock { state in
            state.waits.append(duration)
            state.now = state.now.advanced(by: duration)
          }
        })
    }
  }

  @Test func `signs the time and the body of each attempt`() async throws {
    let receiver = Receiver([500])
    let webhook = Webhook(try settings(), receiver.transport, receiver.environment())
    #expect(await webhook.deliver(message(1)) == .delivered(attempts: 2))
    let seen = receiver.state.withLock { $0.seen }
    #expect(seen.map(\.id) == ["alert-1", "alert-1"])
    for (attempt, seconds) in zip(seen, [1_768_478_400, 1_768_478_401] as [Int64]) {
      let signed = Array("\(seconds).".utf8) + attempt.body
      #expect(
        attempt.signature
          == "t=\(seconds),v1=\(MessageCode.text(of: signed, key: Self.secret))")
      #expect(
        attempt.signature != "t=\(seconds),v1=\(MessageCode.text(of: signed, key: Secret("x")))")
    }
    // RFC 4231, test case 2.
    #expect(
      MessageCode.text(of: Array("what do ya want for nothing?".utf8), key: Secret("Jefe"))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func `tries again what may pass, ever later, and gives up`() async throws {
    let receiver = Receiver([500, nil, 429, 503, 200])
    let failures = Mutex<[String]>([])
    let webhook = Webhook(
      try settings(), receiver.transport, receiver.environment()
    ) { event, _ in failures.withLock { $0.append(event) } }
    #expect(await webhook.deliver(message(1)) == .gaveUp(attempts: 4))
    #expect(
      receiver.waits.map { $0 / .milliseconds(1) }.map { ($0 / 10).rounded() * 10 } == [
        1_000, 2_000, 4_000,
      ])
    #expect(await webhook.deliver(message(2)) == .delivered(attempts: 1))
    #expect(failures.withLock { $0 } == ["alert"])
    let counts = webhook.counts
    #expect(counts.gaveUp == 1 && counts.delivered == 1 && counts.retries == 3)
  }

  @Test func `waits by chance, and never longer than it may`() async throws {
    let receiver = Receiver(Array(repeating: 500, count: 30))
    let webhook = Webhook(
      try settings(attempts: 20), receiver.transport, receiver.environment(chance: 0))
    _ = await webhook.deliver(message(1))
    #expect(receiver.waits.first == .milliseconds(500))
    #expect(receiver.waits.max() == .seconds(150))
  }

  @Test(arguments: [301, 302, 307, 400, 401, 403, 404, 410])
  func `takes a refusal, or a redirect, as the end`(status: Int) async throws {
    let receiver = Receiver([status])
    let webhook = Webhook(try settings(), receiver.transport, receiver.environment())
    #expect(await webhook.deliver(message(1)) == .refused(status: status))
    #expect(receiver.ids.count == 1)
  }

  @Test func `sends each message once, in order, and never blocks who has one`() async throws {
    let receiver = Receiver([500, 500])
    let webhook = Webhook(try settings(), receiver.transport, receiver.environment())
    for number in 1...5 { #expect(webhook.send(message(number))) }
    #expect(webhook.counts.waiting == 5)
    let run = Task { await webhook.run() }
    while webhook.counts.delivered < 5 { await Task.yield() }
    run.cancel()
    await run.value
    #expect(
      receiver.ids == ["alert-1", "alert-1", "alert-1", "alert-2", "alert-3", "alert-4", "alert-5"])
  }

  @Test func `asks for what is kept when it begins and when it is told to, and gives a round up`()
    async throws
  {
    // Of the second round, nothing arrives.
    let receiver = Receiver([200, 200] + Array(repeating: 500, count: 12) + [200])
    let webhook = Webhook(try settings(), receiver.transport, receiver.environment())
    let rounds = Mutex(0)
    let settled = Mutex<[String]>([])
    let run = Task {
      await webhook.run {
        let round = rounds.withLock { rounds in
          rounds += 1
          return rounds
        }
        return (1...(round == 1 ? 2 : 5)).map { message(round * 10 + $0) }
      } settled: { message in
        settled.withLock { $0.append(message.id) }
      }
    }
    while webhook.counts.delivered < 2 { await Task.yield() }
    webhook.sendKept()
    while webhook.counts.gaveUp < 3 { await Task.yield() }
    webhook.send(message(1))
    while webhook.counts.delivered < 3 { await Task.yield() }
    run.cancel()
    await run.value
    #expect(settled.withLock { $0 } == ["alert-11", "alert-12", "alert-1"])
    #expect(Set(receiver.ids.dropFirst(2).dropLast()) == ["alert-21", "alert-22", "alert-23"])
    #expect(rounds.withLock { $0 } == 2)
  }

  @Test func `drops and counts what there is no room for`() async throws {
    var settings = try settings()
    settings.capacity = 3
    let receiver = Receiver()
    let webhook = Webhook(settings, receiver.transport, receiver.environment())
    for number in 1...10 { #expect(webhook.send(message(number)) == (number <= 3)) }
    #expect(webhook.counts.dropped == 7 && webhook.counts.waiting == 3)
    let run = Task { await webhook.run() }
    while webhook.counts.delivered < 3 { await Task.yield() }
    run.cancel()
    await run.value
    #expect(receiver.ids == ["alert-1", "alert-2", "alert-3"])
  }

  @Test(arguments: [
    "", "hooks.example.org", "ftp://x/y", "http://", "http://a b", "https://x/#y",
    "https://user:password@x/", "http:x",
  ])
  func `refuses a URL that is none`(url: String) {
    #expect(throws: WebhookSettingsError.self) {
      _ = try WebhookSettings(url: url, secret: Self.secret)
    }
  }

  @Test func `needs a secret, and never shows one`() throws {
    #expect(throws: WebhookSettingsError.self) {
      _ = try WebhookSettings(url: "https://x", secret: Secret("short"))
    }
    let settings = try settings()
    var text = "\(settings) \(String(reflecting: settings))"
    dump(settings, to: &text)
    #expect(!text.contains("0123456789abcdef"))
  }
}
