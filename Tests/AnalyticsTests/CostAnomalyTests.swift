import Analytics
import Testing

struct CostAnomalyTests {
  static let first = Day(20_500)

  /// Ten weeks in which each day costs 100 dollars, with what is changed.
  static func costs(_ changes: [Int: Int64] = [:]) -> [Day: Int64] {
    var costs: [Day: Int64] = [:]
    for day in 0..<70 { costs[first.advanced(by: day)] = 100_000_000 + Int64(day % 5) * 1_000_000 }
    for (day, cost) in changes { costs[first.advanced(by: day)] = cost }
    return costs
  }

  static func find(
    _ costs: [Day: Int64], _ days: ClosedRange<Int> = 56...69, running: Int? = nil, since: Int = 0
  ) -> [Int] {
    CostAnomaly.find(
      in: costs, days: first.advanced(by: days.lowerBound)...first.advanced(by: days.upperBound),
      since: first.advanced(by: since), running: running.map { first.advanced(by: $0) }
    ).map { Int($0.day.number - first.number) }
  }

  @Test func `a day far from the same day of the week before is found, and no other`() throws {
    #expect(Self.find(Self.costs()) == [])
    #expect(Self.find(Self.costs([60: 160_000_000])) == [60])
    #expect(Self.find(Self.costs([60: 0])) == [60])
    // One odd day before does not make others odd, nor hide them.
    #expect(Self.find(Self.costs([53: 900_000_000])) == [])
    #expect(Self.find(Self.costs([53: 900_000_000, 60: 160_000_000])) == [60])
    var missing = Self.costs()
    missing[Self.first.advanced(by: 61)] = nil
    #expect(Self.find(missing) == [61])
  }

  @Test func `what each says can be computed by hand`() throws {
    var costs: [Day: Int64] = [:]
    for (week, cost) in [10, 11, 12, 13, 14, 15, 16, 17].enumerated() {
      costs[Self.first.advanced(by: 7 * week)] = Int64(cost) * 1_000_000
    }
    costs[Self.first.advanced(by: 56)] = 30_000_000
    let day = Self.first.advanced(by: 56)
    let found = try #require(
      CostAnomaly.find(in: costs, days: day...day, since: Self.first).first)
    // The middle is 13.5; distances are 3.5, 2.5, 1.5, 0.5, twice each: their middle is 2.
    #expect(found.median == 13_500_000)
    #expect(found.deviation == 2_000_000)
    #expect(found.weekCount == 8)
    #expect(found.cost == 30_000_000)
    // 0.6745 x 16.5 / 2.
    #expect(found.score == 5_564)
  }

  @Test func `weeks before the data begin are not known, and four are needed`() {
    let costs = Self.costs([60: 400_000_000])
    #expect(Self.find(costs, since: 32) == [60])
    #expect(Self.find(costs, since: 33) == [])
  }

  @Test func `a day that is running is only found when it has cost too much`() {
    #expect(Self.find(Self.costs([69: 0]), running: 69) == [])
    #expect(Self.find(Self.costs([69: 400_000_000]), running: 69) == [69])
  }

  @Test func `cents are not odd, and large sums do not overflow`() {
    var small: [Day: Int64] = [:]
    small[Self.first.advanced(by: 60)] = 51_000
    #expect(Self.find(small) == [])
    small[Self.first.advanced(by: 60)] = 52_000
    #expect(Self.find(small) == [60])
    small[Self.first.advanced(by: 60)] = .max
    #expect(Self.find(small) == [60])
  }
}
