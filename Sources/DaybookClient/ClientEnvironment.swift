internal import Glibc

/// Clock, chance and network of a client.
package struct ClientEnvironment: Sendable {
  /// Never goes back.
  package var now: @Sendable () -> Duration
  /// Milliseconds since 1970.
  package var time: @Sendable () -> Int64
  package var sleep: @Sendable (Duration) async throws -> Void
  package var random: @Sendable () -> UInt64

  package init(
    now: @escaping @Sendable () -> Duration, time: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.now = now
    self.time = time
    self.sleep = sleep
    self.random = random
  }

  package static let real = ClientEnvironment(
    now: {
      let time = reading(CLOCK_MONOTONIC)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    },
    time: {
      let time = reading(CLOCK_REALTIME)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    },
    sleep: { try await Task.sleep(for: $0) },
    random: { UInt64.random(in: .min ... .max) })

  private static func reading(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }

  /// A UUID of version 4 (RFC 9562).
  func uuid() -> String {
    let high = random() & 0xffff_ffff_ffff_0fff | 0x4000
    let low = random() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static func hexadecimal(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// What the service answers.
package struct ServiceAnswer: Sendable {
  package var status: Int
  package var retryAfter: Duration?
  package var body: [UInt8]

  package init(status: Int, retryAfter: Duration? = nil, body: [UInt8] = []) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
  }
}

/// How batches get to the service.
package struct ClientTransport: Sendable {
  /// `path` begins after `/api/analytics/`. Throws where there is no answer, for whatever reason: it is
  /// tried again.
  package var post:
    @Sendable (
      _ path: String, _ body: [UInt8]
    ) async throws -> ServiceAnswer
  package var close: @Sendable () async -> Void

  package init(
    post: @escaping @Sendable (String, [UInt8]) async throws -> ServiceAnswer,
    close: @escaping @Sendable () async -> Void = {}
  ) {
    self.post = post
    self.close = close
  }
}
