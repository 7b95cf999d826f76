import AccessControl
import HTTPServer
import Testing

private let second: Int64 = 1_000_000_000

struct RateLimiterTests {
  @Test func `a bucket gives its burst, then the rate`() throws {
    let limiter = try #require(RateLimiter(perSecond: 10, burst: 5))
    for _ in 0..<5 { #expect(limiter.take("a", at: 0) == nil) }
    #expect(limiter.take("a", at: 0) == 1)
    #expect(limiter.take("b", at: 0) == nil)
    #expect(limiter.take("a", at: second / 10) == nil)
    #expect(limiter.take("a", at: second / 10) == 1)
    var given = 0
    for moment in 0..<1000
    where limiter.take("a", at: second + Int64(moment) * second / 1000) == nil {
      given += 1
    }
    #expect((14...15).contains(given))
  }

  @Test func `how long to wait is rounded up to whole seconds`() throws {
    let limiter = try #require(RateLimiter(perSecond: 1, burst: 1))
    #expect(limiter.take("a", at: 0) == nil)
    #expect(limiter.take("a", at: 1) == 1)
    #expect(limiter.take("a", at: second) == nil)
    #expect(RateLimiter(perSecond: 0, burst: 5) == nil)
  }

  @Test(arguments: [1, 7, 600_000_000, 3_000_000_000, Int.max])
  func `what is charged takes as long as its rate says`(perSecond: Int) throws {
    let limiter = try #require(RateLimiter(perSecond: perSecond, burst: 1))
    let (count, seconds) = perSecond > 1 << 60 ? (perSecond, 1 as Int64) : (perSecond * 5, 5)
    limiter.charge("a", count, at: 0)
    #expect(limiter.wait("a", at: seconds * second - second / 100) == 1)
    #expect(limiter.wait("a", at: seconds * second + 1) == nil)
  }

  @Test func `a rate of any size is one`() throws {
    for (perSecond, burst) in [(1, Int.max), (Int.max, Int.max), (Int.max, 1)] {
      let limiter = try #require(RateLimiter(perSecond: perSecond, burst: burst))
      #expect(limiter.take("a", at: 0) == nil)
      limiter.charge("a", Int.max, at: 0)
      #expect(limiter.wait("a", at: 0) ?? 0 <= 61)
    }
  }

  @Test func `names that are spelt alike with other bytes have buckets of their own`() throws {
    let limiter = try #require(RateLimiter(perSecond: 1, burst: 1))
    #expect(limiter.take("\u{E9}", at: 0) == nil)
    #expect(limiter.take("e\u{301}", at: 0) == nil)
    #expect(limiter.take("\u{E9}", at: 0) == 1)
  }

  @Test func `its memory is bounded, and names that are used stay`() throws {
    let limiter = try #require(RateLimiter(perSecond: 1, burst: 1))
    for number in 0..<100_000 {
      _ = limiter.take("address \(number)", at: 0)
      if number % 5000 == 0 { #expect((limiter.take("busy", at: 0) == nil) == (number == 0)) }
    }
    #expect(limiter.count <= 2 * RateLimiter.largestCount)
  }

  @Test(arguments: [
    ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
    ("2001:db8:1:2::6", "2001:db8:1:2"), ("2001:db8::6", "2001:db8:0:0"), ("::1", "0:0:0:0"),
    ("fe80::1%eth0", "fe80:0:0:0"), ("::", "0:0:0:0"),
  ])
  func `an address of IPv6 counts as its network`(address: String, name: String) {
    #expect(RateLimiter.name(ofAddress: address) == name)
  }

  @Test func `who asks too often is told when to come again`() async throws {
    var limits = ServiceLimits()
    limits.requestsPerSecond = 1
    limits.requestBurst = 3
    try await TestService.run(limits: limits) { service in
      let token = try service.token(.platformAdmin)
      var statuses: [Int] = []
      for _ in 0..<8 {
        let answer = try await service.ask("GET", "/metrics", token: token)
        statuses.append(answer.status)
        if answer.status == 429 { #expect(answer["retry-after"] == "1") }
      }
      #expect(statuses.prefix(3) == [200, 200, 200])
      #expect(statuses.contains(429))
      // Another caller is not held up.
      let other = try service.token(.platformAdmin, user: "bob")
      #expect(try await service.ask("GET", "/metrics", token: other).status == 200)
    }
  }
}
