import AccessControl
import Pricing
import Testing

struct PriceBookTests {
  static func time(_ days: Int64) -> UnixTime { UnixTime(milliseconds: days * 86_400_000) }

  static func gpu(_ days: Int64, _ rate: Int64, _ organization: String? = nil) -> Price {
    Price(
      .gpu, organization: organization.flatMap { OrganizationID($0) }, validFrom: time(days),
      rate: rate)
  }

  @Test func `the newest price that has begun is in force, an organisation's own first`() {
    let book = PriceBook([
      Self.gpu(20, 3), Self.gpu(0, 1), Self.gpu(10, 2), Self.gpu(15, 9, "acme"),
    ])
    func rate(_ days: Int64, _ organization: String? = nil) -> Int64? {
      book.rate(
        of: .gpu, for: organization.flatMap { OrganizationID($0) }, at: Self.time(days))
    }
    #expect(rate(-1) == nil)
    #expect([0, 9, 10, 19, 20, 99].map { rate($0) } == [1, 1, 2, 2, 3, 3])
    #expect([0, 14, 15, 99].map { rate($0, "acme") } == [1, 2, 9, 9])
    #expect(rate(99, "bolt") == 3)
    #expect(book.rate(of: .storage, for: nil, at: Self.time(0)) == nil)
    #expect(book.changes(of: .gpu) == [0, 10, 15, 20].map { Self.time($0) })
  }

  @Test func `any set of prices answers as a search through all of them does`() {
    var state: UInt64 = 7
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    for _ in 0..<200 {
      var prices: [Price] = []
      for _ in 0..<next(12) {
        let price = Self.gpu(
          Int64(next(10)), Int64(next(1000)), [nil, "acme", "bolt"][Int(next(3))])
        prices.removeAll { $0.key == price.key }
        prices.append(price)
      }
      let book = PriceBook(prices)
      for day in Int64(-1)..<11 {
        for organization in [nil, "acme", "bolt", "other"].map({ $0.flatMap { OrganizationID($0) } }
        ) {
          func newest(_ owner: OrganizationID?) -> Price? {
            prices.filter { $0.organization == owner && $0.validFrom <= Self.time(day) }
              .max { $0.validFrom < $1.validFrom }
          }
          let expected = organization.flatMap { newest($0) } ?? newest(nil)
          #expect(
            book.price(of: .resource(.gpu), for: organization, at: Self.time(day)) == expected)
        }
      }
    }
  }
}
