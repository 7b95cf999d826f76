import EngineTesting
import Sketches
import Testing

@Suite struct TDigestTests {
  @Test func `an empty digest knows no answer`() {
    let empty = TDigest()
    #expect(empty.isEmpty && empty.count == 0)
    #expect(empty.minimum == nil && empty.maximum == nil)
    #expect(empty.quantile(0.5) == nil && empty.rank(of: 1) == nil)
    #expect(empty.trimmedMean(from: 0, to: 1) == nil)
    #expect(digest([.nan, .nan]) == empty)
  }

  @Test func `up to 127 values every quantile is percentile_cont`() {
    for count in 1...127 {
      let values = Distribution.logNormal.values(count: count, seed: UInt64(count))
      let sorted = values.sorted()
      let inserted = digest(values)
      for step in 0...40 {
        let q = Double(step) / 40
        #expect(inserted.quantile(q) == percentileCont(sorted, q), "\(q) of \(count)")
      }
    }
  }

  @Test func `values with counts answer like the values written out`() {
    let values = [1.0, 4, 5, 9, 30]
    let counts = [3, 1, 0, 20, 7]
    var weighted = TDigest()
    values.withUnsafeBufferPointer { values in
      counts.withUnsafeBufferPointer { weighted.insert(sortedValues: values, counts: $0) }
    }
    var single = TDigest()
    for (value, count) in zip(values, counts).reversed() { single.insert(value, count: count) }
    let written = zip(values, counts).flatMap { Array(repeating: $0, count: $1) }
    for step in 0...100 {
      let q = Double(step) / 100
      #expect(weighted.quantile(q) == percentileCont(written, q))
      #expect(single.quantile(q) == percentileCont(written, q))
    }
    for value in [0, 1, 2, 4, 9, 10, 30, 31.0] {
      let exact = Double(written.count { $0 <= value }) / Double(written.count)
      #expect(weighted.rank(of: value) == exact)
    }
    #expect(weighted.count == 31)
  }

  @Test(arguments: Distribution.allCases)
  func `ranks of quantiles stay within half a centroid, and where values have gaps within two`(
    distribution: Distribution
  ) {
    let values = distribution.values(count: 100_000, seed: 3)
    let sorted = values.sorted()
    var inParts = TDigest()
    var merged = TDigest()
    var ascending = TDigest()
    for start in stride(from: 0, to: values.count, by: 10_000) {
      let part = Array(values[start..<start + 10_000])
      part.sorted().withUnsafeBufferPointer { inParts.insert(sortedRun: $0) }
      merged.merge(digest(part))
    }
    sorted.withUnsafeBufferPointer { ascending.insert(sortedRun: $0) }
    for estimated in [digest(values), inParts, merged, ascending] {
      #expect(estimated.count == values.count)
      #expect(estimated.quantile(0) == sorted.first && estimated.quantile(1) == sorted.last)
      for q in [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.7, 0.75, 0.9, 0.95, 0.99, 0.999] {
        let half = Double.pi / 200 * (q * (1 - q)).squareRoot()
        // The gap of the bimodal values is at 0.7.
        let hasGap = distribution == .integers || distribution == .bimodal
        let bound = hasGap ? 4 * half : half
        let value = estimated.quantile(q) ?? .nan
        #expect(rankError(of: value, at: q, in: sorted) <= bound, "at \(q)")
        if distribution != .constant && distribution != .integers {
          #expect(abs((estimated.rank(of: value) ?? .nan) - q) < half / 4)
        }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(abs((estimated.trimmedMean(from: 0, to: 1) ?? .nan) / mean - 1) < 1e-9)
    }
  }

  @Test func `quantiles and ranks never descend`() {
    for distribution in Distribution.allCases {
      let estimated = digest(distribution.values(count: 5_000, seed: 8))
      let quantiles = estimated.quantiles((0...1_000).map { Double($0) / 1_000 }).map { $0 ?? .nan }
      #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 })
      let ranks = quantiles.map { estimated.rank(of: $0) ?? .nan }
      #expect(zip(ranks, ranks.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(ranks.last == 1)
    }
  }

  @Test func `NaN is ignored and infinities stand at the ends`() {
    let values: [Double] = [.infinity, 3, .nan, -.infinity, 1, 2, .infinity, -.nan]
    let expected: [Double] = [-.infinity, 1, 2, 3, .infinity, .infinity]
    var run = TDigest()
    let padding = (0..<200).map { 1 + Double($0) / 100 }
    ([-.nan, -.infinity] + padding + [.infinity, .infinity, .nan]).withUnsafeBufferPointer {
      run.insert(sortedRun: $0)
    }
    #expect(run.count == 203)
    #expect(run.minimum == -.infinity && run.maximum == .infinity)
    let inserted = digest(values)
    #expect(inserted.count == 6)
    for (position, value) in expected.enumerated() {
      #expect(inserted.quantile(Double(position) / 5) == value)
    }
    #expect(inserted.quantile(0.1) == -.infinity)
    #expect(inserted.quantile(0.75) == .infinity)
    #expect(inserted.quantile(.nan) == nil && inserted.rank(of: .nan) == nil)
    #expect(inserted.rank(of: -.infinity) == 1.0 / 6 && inserted.rank(of: 3) == 4.0 / 6)
    #expect(digest([-.infinity, .infinity]).quantile(0.4) == -.infinity)
    #expect(inserted.trimmedMean(from: 1.0 / 6, to: 4.0 / 6).map { ($0 * 1e9).rounded() } == 2e9)
    #expect(digest([.infinity]).minimum == .infinity && digest([.infinity]).maximum == .infinity)
  }

  @Test func `the largest numbers do not overflow`() {
    let huge = Double.greatestFiniteMagnitude
    var generator = SplitMix64(seed: 9)
    let values = (0..<3_000).map { _ in (generator.unit() * 2 - 1) * huge }
    let estimated = digest(values)
    for step in 0...100 {
      let value = estimated.quantile(Double(step) / 100) ?? .nan
      #expect(value.isFinite)
      #expect(estimated.rank(of: value)?.isFinite == true)
    }
    #expect(digest([-huge, huge]).quantile(0.5) == 0)
    #expect(estimated.trimmedMean(from: 0.1, to: 0.9)?.isFinite == true)
  }

  @Test func `a trimmed mean leaves out the tails`() {
    let estimated = digest((1...100).map(Double.init) + [1e9])
    #expect(estimated.trimmedMean(from: 0, to: 100.0 / 101).map { abs($0 - 50.5) < 1e-6 } == true)
    #expect(estimated.trimmedMean(from: 0.5, to: 0.5) == nil)
    #expect(estimated.trimmedMean(from: -0.1, to: 0.5) == nil)
  }

  @Test func `the same calls give the same bytes, and centroids stay few`() {
    func build() -> TDigest {
      var built = TDigest(compression: 100)
      for round in 0..<40 {
        let values = Distribution.pareto.values(count: round * 37, seed: UInt64(round))
        for value in values { built.insert(value) }
        values.withUnsafeBufferPointer { built.insert($0) }
        values.sorted().withUnsafeBufferPointer { built.insert(sortedRun: $0) }
        built.insert(Double(round), count: 1 << round)
        built.merge(built)
        built.merge(digest(values, compression: 300))
      }
      return built
    }
    let built = build()
    #expect(built.encoded() == build().encoded())
    #expect(built == build() && built.hashValue == build().hashValue)
    #expect(built.encoded().count < 48 + 16 * 120)
    #expect(built.compression == 100)
  }

  @Test func `radix-sorted batches equal those sorted by comparison`() {
    var generator = SplitMix64(seed: 11)
    let values = (0..<40_000).map { _ in Double(bitPattern: generator.next()) }
    var ascending = TDigest()
    for start in stride(from: 0, to: values.count, by: 16_384) {
      let chunk = values[start..<min(start + 16_384, values.count)]
      chunk.filter { !$0.isNaN }.sorted().withUnsafeBufferPointer {
        ascending.insert(sortedRun: $0)
      }
    }
    #expect(digest(values) == ascending)
  }
}
