import Pricing
import Testing

struct TokenPriceTests {
  /// 0.15, 0.60 and 0.075 dollars.
  static let price = TokenPrice(prompt: 150_000, completion: 600_000, cached: 75_000)

  static func cost(
    _ prompt: Int64?, _ completion: Int64?, _ total: Int64?, cached: Int64? = nil,
    reasoning: Int64? = nil, at price: TokenPrice = price
  ) -> Int64? {
    TokenCounts(
      prompt: prompt, completion: completion, total: total, cached: cached, reasoning: reasoning
    ).flatMap { price.microdollars(for: $0) }
  }

  @Test func `tokens cost what their kind does, rounded once`() {
    #expect(Self.cost(1_000_000, 1_000_000, 2_000_000) == 750_000)
    #expect(Self.cost(1_000_000, 0, nil, cached: 400_000) == 120_000)
    // 0.45 and 0.6 micro-dollars are 1.05 together.
    #expect(Self.cost(3, 1, 4) == 1)
    // Half of one is rounded upwards.
    #expect(Self.cost(10, 0, 10, at: TokenPrice(prompt: 50_000, completion: 1)) == 1)
    #expect(Self.cost(9, 0, 9, at: TokenPrice(prompt: 50_000, completion: 1)) == 0)
  }

  @Test func `reasoning is part of the completion`() {
    let price = TokenPrice(prompt: 0, completion: 1_000_000, reasoning: 3_000_000)
    #expect(Self.cost(0, 100, 100, reasoning: 40, at: price) == 180)
    // More than there are count as all of them.
    #expect(Self.cost(0, 100, 100, reasoning: 400, at: price) == 300)
    #expect(Self.cost(0, 100, 100, at: price) == 100)
  }

  @Test func `what is missing is the rest of the total, and only a total has no price`() {
    #expect(Self.cost(nil, 1_000_000, 3_000_000) == 900_000)
    #expect(Self.cost(2_000_000, nil, 3_000_000) == 900_000)
    #expect(Self.cost(2_000_000, nil, nil) == 300_000)
    #expect(Self.cost(nil, nil, 10) == nil)
    #expect(Self.cost(nil, nil, 10, at: TokenPrice(prompt: 100_000, completion: 100_000)) == 1)
    #expect(Self.cost(nil, nil, 0) == 0)
    #expect(Self.cost(nil, nil, nil) == nil)
    // A total that contradicts changes nothing: it is flagged elsewhere.
    #expect(Self.cost(1_000_000, 0, 7) == 150_000)
  }

  @Test func `the largest counts and prices do not overflow`() {
    let most = Price.largestAmount
    let price = TokenPrice(prompt: most, completion: most, cached: most, reasoning: most)
    #expect(
      Self.cost(1_000_000_000, 1_000_000_000, nil, cached: 1_000_000_000, at: price)
        == 2_000_000_000_000)
  }

  @Test func `rates are per hour and per thousand requests`() {
    #expect(Resource.microdollars(gpuSeconds: 3600, rate: 1_500_000) == 1_500_000)
    #expect(Resource.microdollars(gpuSeconds: 1, rate: 1_500_000) == 417)
    #expect(Resource.microdollars(perRequestAt: 10_000) == 10)
  }
}
