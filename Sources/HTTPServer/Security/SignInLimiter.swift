/// How often an address may fail to sign in: ten times at once, then once in five seconds.
package struct SignInLimiter: Sendable {
  private static let cost = 5
  private let limiter = RateLimiter(perSecond: 1, burst: 10 * cost)

  package init() {}

  /// For how many seconds nobody of this address may try; `nil`: he may now.
  package func wait(_ address: String, at now: Int64) -> Int? {
    limiter?.wait(RateLimiter.name(ofAddress: address), at: now)
  }

  package func noteFailure(_ address: String, at now: Int64) {
    limiter?.charge(RateLimiter.name(ofAddress: address), Self.cost, at: now)
  }
}
