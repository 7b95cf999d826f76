import EngineTesting
import Sketches
import Testing

@Suite struct HyperLogLogTests {
  @Test func `an empty sketch counts nothing`() {
    let empty = HyperLogLog()
    #expect(empty.isEmpty && empty.isExact)
    #expect(empty.cardinality == 0)
    #expect(empty.relativeStandardError == 0)
  }

  @Test(arguments: HyperLogLog.precisions)
  func `a sketch is exact up to its limit and keeps registers from the next hash on`(
    precision: Int
  ) {
    let limit = 3 * (1 << precision) / 32
    let hashes = distinctHashes(limit + 1)
    var full = sketch(Array(hashes.dropLast()), precision: precision)
    // Those it knows already change nothing, though it is full.
    for hash in hashes.dropLast() { full.insert(hash: hash) }
    #expect(full.isExact)
    #expect(full.cardinality == Int64(limit))
    // Up to what the allocator rounds to.
    #expect(full.byteCount <= (1 << precision) + 4_096)
    full.insert(hash: hashes[limit])
    #expect(!full.isExact)
    #expect(full.cardinality >= Int64(limit + 1))
    #expect(full.relativeStandardError == 1.04 / Double(1 << precision).squareRoot())
  }

  @Test(arguments: UInt64(0)..<24)
  func `a merged sketch equals that of the union, to the last byte`(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let sizes = [0, 1, 20, 90, 400, 1_500, 5_000]
    let sets = (0..<3).map { _ in
      let start = Int(generator.next() % 1_000)
      let size = sizes.randomElement(using: &generator) ?? 0
      return Array(distinctHashes(start + size)[start...]).shuffled(using: &generator)
    }
    let precisions = (0..<3).map { _ in Int.random(in: 4...15, using: &generator) }
    let parts = zip(sets, precisions).map { sketch($0, precision: $1) }
    let union = sketch(sets.flatMap { $0 }, precision: precisions.min() ?? 4)
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 1, 2, 0, 1]] {
      var merged = parts[order[0]]
      for part in order.dropFirst() { merged.merge(parts[part]) }
      #expect(merged == union)
      #expect(merged.encoded() == union.encoded())
    }
    var right = parts[1]
    right.merge(parts[2])
    var grouped = parts[0]
    grouped.merge(right)
    #expect(grouped.encoded() == union.encoded())
    var twice = parts[0]
    twice.merge(parts[0])
    #expect(twice == parts[0])
  }

  @Test func `order, repetition and size of batches do not matter`() {
    var generator = SplitMix64(seed: 5)
    for count in [3, 100, 1_536, 1_537, 4_000] {
      let hashes = distinctHashes(count)
      let expected = sketch(hashes)
      var single = HyperLogLog()
      for hash in (hashes + hashes).shuffled(using: &generator) { single.insert(hash: hash) }
      #expect(single == expected)
      #expect(single.hashValue == expected.hashValue)
      #expect(single.encoded() == expected.encoded())
    }
    #expect(sketch(distinctHashes(100)) != sketch(distinctHashes(101)))
    #expect(sketch(distinctHashes(100)) != sketch(distinctHashes(100, seed: 1)))
  }

  @Test func `folding gives the sketch of the lower precision`() {
    let edges: [UInt64] = [0, 1, .max, .max - 1, 1 << 63, 1 << 46]
    for count in [0, 10, 500, 20_000] {
      let hashes = edges + distinctHashes(count)
      for precision in 4...16 {
        let folded = sketch(hashes, precision: 16).folded(to: precision)
        #expect(folded == sketch(hashes, precision: precision))
      }
    }
  }

  @Test func `the two highest hashes count once, as registers would see them`() {
    #expect(sketch([.max, .max - 1]).cardinality == 1)
    #expect(sketch([.max, .max - 1]) == sketch([.max - 1]))
    #expect(sketch([0, 1]).cardinality == 2)
  }

  @Test func `an intersection is exact while both sets are`() {
    let hashes = distinctHashes(1_500)
    let result = HyperLogLog.intersectionEstimate(
      sketch(Array(hashes[..<900])), sketch(Array(hashes[600...]), precision: 15))
    #expect(result.estimate == 300)
    #expect(result.standardError == 0)
  }

  @Test(arguments: [0, 2_000, 30_000])
  func `an intersection lies within three of its standard errors`(common: Int) {
    for seed in UInt64(0)..<8 {
      let shared = distinctHashes(common, seed: 100 + seed)
      let left = sketch(shared + distinctHashes(50_000, seed: 200 + seed))
      let right = sketch(shared + distinctHashes(20_000, seed: 300 + seed), precision: 13)
      let result = HyperLogLog.intersectionEstimate(left, right)
      #expect(abs(result.estimate - Double(common)) <= 3 * result.standardError)
      #expect(result.estimate >= 0)
      let same = HyperLogLog.intersectionEstimate(left, left)
      #expect(same.estimate == left.estimate())
    }
  }

  @Test(arguments: [10, 14])
  func `the error is that of the theory, over cardinalities from 1 to 100,000`(precision: Int) {
    let seeds = UInt64(0)..<24
    let theory = HyperLogLog.relativeStandardError(precision: precision)
    for count in [1, 30, 300, 1_000, 3_000, 10_000, 30_000, 100_000] {
      var squares = 0.0
      for seed in seeds {
        let estimated = sketch(distinctHashes(count, seed: seed), precision: precision)
        let error = estimated.estimate() / Double(count) - 1
        if estimated.isExact { #expect(error == 0) }
        squares += error * error
      }
      #expect((squares / Double(seeds.count)).squareRoot() < 1.35 * theory, "of \(count)")
    }
  }

  @Test func `a million values are counted within three standard errors`() {
    for seed in UInt64(0)..<3 {
      let estimated = sketch(distinctHashes(1_000_000, seed: seed))
      let error = estimated.estimate() / 1_000_000 - 1
      #expect(abs(error) < 3 * estimated.relativeStandardError)
    }
  }
}
