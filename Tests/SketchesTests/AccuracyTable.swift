import EngineTesting
import Foundation
import Sketches
import Testing

/// Measures what `Documentation/sketches.md` states, as the Markdown found there:
/// `DAYBOOK_ACCURACY=1 swift test -c release --filter AccuracyTable`, about a minute.
@Suite(
  .enabled(if: ProcessInfo.processInfo.environment["DAYBOOK_ACCURACY"] == "1"), .serialized)
struct AccuracyTable {
  @Test func `errors of HyperLogLog from 1 to 10 million distinct values`() {
    print("\n| distinct values | sketches | p 10 | p 12 | p 14 | p 16 | worst at p 14 |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    let precisions = [10, 12, 14, 16]
    let runs = 200
    let counts = [
      1, 10, 100, 1_000, 1_536, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000,
      10_000_000,
    ]
    for count in counts {
      var squares = [Double](repeating: 0, count: precisions.count)
      var worst = 0.0
      for seed in 0..<UInt64(runs) {
        let hashes = distinctHashes(count, seed: seed)
        for (column, precision) in precisions.enumerated() {
          let error = sketch(hashes, precision: precision).estimate() / Double(count) - 1
          squares[column] += error * error
          if precision == 14 { worst = max(worst, abs(error)) }
        }
      }
      let cells = squares.map { percent(($0 / Double(runs)).squareRoot()) }
      let row = ["\(count)", "\(runs)"] + cells + [percent(worst)]
      print("| \(row.joined(separator: " | ")) |")
    }
    let theory = precisions.map { percent(HyperLogLog.relativeStandardError(precision: $0)) }
    print("| theory, 1.04 / √registers | | \(theory.joined(separator: " | ")) | |")
  }

  @Test func `errors of intersections`() {
    print("\n| in A | in B | in both | mean estimate | RMS error | stated standard error |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for (left, right, common) in [
      (100_000, 100_000, 50_000), (100_000, 100_000, 5_000), (100_000, 100_000, 0),
      (1_000_000, 10_000, 5_000), (1_000_000, 1_000, 500),
    ] {
      var (sum, squares, stated) = (0.0, 0.0, 0.0)
      let runs = 400
      for seed in 0..<UInt64(runs) {
        let both = distinctHashes(common, seed: 3 * seed)
        let result = HyperLogLog.intersectionEstimate(
          sketch(both + distinctHashes(left - common, seed: 3 * seed + 1)),
          sketch(both + distinctHashes(right - common, seed: 3 * seed + 2)))
        sum += result.estimate
        squares += (result.estimate - Double(common)) * (result.estimate - Double(common))
        stated += result.standardError
      }
      let numbers = [
        sum / Double(runs), (squares / Double(runs)).squareRoot(), stated / Double(runs),
      ]
      let row = [left, right, common] + numbers.map { Int($0.rounded()) }
      print("| \(row.map { "\($0)" }.joined(separator: " | ")) |")
    }
  }

  @Test(arguments: [1_000, 1_000_000, 10_000_000])
  func `rank errors of the t-digest`(count: Int) {
    let qs = [0.01, 0.5, 0.95, 0.99, 0.999]
    let names = qs.map { "p\(($0 * 1_000).rounded() / 10)" }.joined(separator: " | ")
    print("\n| \(count) values | made by | \(names) | worst of p1 to p99 | bytes |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for distribution in Distribution.allCases {
      let values = distribution.values(count: count, seed: 42)
      let sorted = values.sorted()
      var merged = TDigest()
      for part in 0..<100 {
        merged.merge(digest(Array(values[part * count / 100..<(part + 1) * count / 100])))
      }
      for (name, digest) in [("one batch", digest(values)), ("100 merged", merged)] {
        let errors = qs.map { rankError(of: digest.quantile($0) ?? .nan, at: $0, in: sorted) }
        let worst = (1...99).map { percentile in
          let q = Double(percentile) / 100
          return rankError(of: digest.quantile(q) ?? .nan, at: q, in: sorted)
        }.max()
        let cells = (errors + [worst ?? 0]).map { percent($0) } + ["\(digest.encoded().count)"]
        print("| \(distribution.rawValue) | \(name) | \(cells.joined(separator: " | ")) |")
      }
    }
  }

  private func percent(_ share: Double) -> String { String(format: "%.3f %%", share * 100) }
}
