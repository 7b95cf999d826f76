internal import Synchronization

/// Sends messages to a receiver, one after the other, and tries again where that may help.
///
/// Whoever has something to say leaves it in a bounded line and goes on: a receiver that is slow or gone
/// costs messages, which are counted, and never time. Whoever wants those sent that did not arrive, or wait when the
/// process ends, keeps them: `run` asks for them when it begins, and whenever `sendKept` says so.
public final class Webhook: Sendable {
  public enum Outcome: Sendable, Equatable {
    case delivered(attempts: Int)
    /// The receiver does not want it, and would not want it again.
    case refused(status: Int)
    case gaveUp(attempts: Int)
  }

  public struct Counts: Sendable, Equatable {
    public var delivered = 0
    public var refused = 0
    public var gaveUp = 0
    /// There was no room to wait.
    public var dropped = 0
    /// Attempts after the first one.
    public var retries = 0
    /// That wait, or are being sent.
    public var waiting = 0
  }

  private let settings: WebhookSettings
  private let transport: WebhookTransport
  private let environment: WebhookEnvironment
  private enum Item: Sendable {
    case message(WebhookMessage)
    /// Those that somebody keeps are due.
    case kept
  }

  private let line: AsyncStream<Item>
  private let entrance: AsyncStream<Item>.Continuation
  private let isKeptDue = Atomic<Bool>(false)
  private let state = Mutex(Counts())
  /// Told of each message that did not arrive: its event, never what it says or where it went.
  private let failed: @Sendable (_ event: String, Outcome) -> Void

  public init(
    _ settings: WebhookSettings, _ transport: WebhookTransport, _ environment: WebhookEnvironment,
    failed: @escaping @Sendable (String, Outcome) -> Void = { _, _ in }
  ) {
    self.settings = settings
    self.transport = transport
    self.environment = environment
    self.failed = failed
    (line, entrance) = AsyncStream.makeStream(
      of: Item.self, bufferingPolicy: .bufferingOldest(settings.capacity))
  }

  public var counts: Counts { state.withLock { $0 } }

  /// Leaves a message to be sent; returns at once. False where it was dropped.
  @discardableResult
  public func send(_ message: WebhookMessage) -> Bool {
    state.withLock { $0.waiting += 1 }
    if case .enqueued = entrance.yield(.message(message)) { return true }
    state.withLock { counts in
      counts.waiting -= 1
      counts.dropped += 1
    }
    return false
  }

  /// Has `run` send what is kept, after those that wait. Does nothing where that is to come already.
  public func sendKept() {
    guard !isKeptDue.exchange(true, ordering: .relaxed) else { return }
    if case .enqueued = entrance.yield(.kept) { return }
    isKeptDue.store(false, ordering: .relaxed)
  }

  /// Sends what is kept, what waits and what comes, until its task is cancelled. `kept` is asked for what has not
  /// arrived, the oldest first. `settled` is told of each message that need not be kept any more: it has arrived,
  /// or is not wanted.
  public func run(
    kept: @Sendable () async -> [WebhookMessage] = { [] },
    settled: @Sendable (WebhookMessage) async -> Void = { _ in }
  ) async {
    await pass(await kept(), settled)
    for await item in line {
      switch item {
      case .message(let message):
        await pass(message, settled)
        state.withLock { $0.waiting -= 1 }
      case .kept:
        await pass(await kept(), settled)
        isKeptDue.store(false, ordering: .relaxed)
      }
    }
    await close()
  }

  /// Attempts that were given up in a row after which no other of the kept messages is tried: it is not about a
  /// message then.
  private static let largestSilence = 3

  private func pass(
    _ kept: [WebhookMessage], _ settled: @Sendable (WebhookMessage) async -> Void
  ) async {
    var silence = 0
    for message in kept where !Task.isCancelled && silence < Self.largestSilence {
      silence = await pass(message, settled) ? 0 : silence + 1
    }
  }

  /// Whether it is settled.
  @discardableResult
  private func pass(
    _ message: WebhookMessage, _ settled: @Sendable (WebhookMessage) async -> Void
  ) async -> Bool {
    switch await deliver(message) {
    case .delivered, .refused:
      await settled(message)
      return true
    case .gaveUp: return false
    }
  }

  /// To be called once, where `run` is not.
  public func close() async { await transport.close() }

  /// Sends one message, and returns when that is done or given up.
  public func deliver(_ message: WebhookMessage) async -> Outcome {
    var outcome = Outcome.gaveUp(attempts: 0)
    for attempt in 1...max(1, settings.largestAttemptCount) {
      if attempt > 1 {
        state.withLock { $0.retries += 1 }
        guard (try? await environment.sleep(delay(before: attempt))) != nil else { break }
      }
      outcome = .gaveUp(attempts: attempt)
      let headers = message.headers(at: environment.now(), secret: settings.secret)
      let status = try? await transport.post(
        settings.url, headers, message.body, settings.timeout)
      guard let status else { continue }
      if (200..<300).contains(status) {
        outcome = .delivered(attempts: attempt)
        break
      }
      guard Self.mayPass(status) else {
        outcome = .refused(status: status)
        break
      }
    }
    state.withLock { counts in
      switch outcome {
      case .delivered: counts.delivered += 1
      case .refused: counts.refused += 1
      case .gaveUp: counts.gaveUp += 1
      }
    }
    if case .delivered = outcome { return outcome }
    failed(message.event, outcome)
    return outcome
  }

  /// Whether the same message may be taken later. Redirects are not: the URL is to be set right.
  private static func mayPass(_ status: Int) -> Bool {
    status >= 500 || [408, 425, 429].contains(status)
  }

  /// Doubled each time, with chance in it, so that not all come back at once: between half of it and all.
  private func delay(before attempt: Int) -> Duration {
    let doubled = min(
      settings.longestDelay, settings.firstDelay * (1 << min(max(0, attempt - 2), 20)))
    let chance = Double(environment.random() >> 11) / Double(1 << 53)
    return doubled * (0.5 + chance / 2)
  }
}
