import EngineTesting
import Glibc
import Sketches

/// The hashes of `count` different integers; different seeds share none.
func distinctHashes(_ count: Int, seed: UInt64 = 0) -> [UInt64] {
  (0..<count).map { StableHash.hash(Int64(bitPattern: seed &<< 32) &+ Int64($0)) }
}

func sketch(_ hashes: [UInt64], precision: Int = HyperLogLog.defaultPrecision) -> HyperLogLog {
  var sketch = HyperLogLog(precision: precision)
  hashes.withUnsafeBufferPointer { sketch.insert(hashes: $0) }
  return sketch
}

func digest(_ values: [Double], compression: Int = TDigest.defaultCompression) -> TDigest {
  var digest = TDigest(compression: compression)
  values.withUnsafeBufferPointer { digest.insert($0) }
  return digest
}

/// The shapes of data that a t-digest is measured on.
enum Distribution: String, CaseIterable, Sendable {
  case uniform
  case logNormal = "log-normal"
  case bimodal
  case pareto = "heavy-tailed (Pareto 1.1)"
  case sorted
  case reversed = "reverse-sorted"
  case constant
  case integers = "integers 0 to 50"

  func values(count: Int, seed: UInt64) -> [Double] {
    var generator = SplitMix64(seed: seed)
    return switch self {
    case .uniform: (0..<count).map { _ in generator.unit() }
    case .logNormal: (0..<count).map { _ in exp(1.5 * normal(&generator)) }
    case .bimodal:
      (0..<count).map { _ in
        generator.unit() < 0.7 ? 20 + 3 * normal(&generator) : 900 + 100 * normal(&generator)
      }
    case .pareto: (0..<count).map { _ in pow(1 - generator.unit(), -1 / 1.1) }
    case .sorted: (0..<count).map { _ in generator.unit() }.sorted()
    case .reversed: (0..<count).map { _ in generator.unit() }.sorted(by: >)
    case .constant: Array(repeating: 42.5, count: count)
    case .integers: (0..<count).map { _ in (generator.unit() * 51).rounded(.down) }
    }
  }

  private func normal(_ generator: inout SplitMix64) -> Double {
    (-2 * log(1 - generator.unit())).squareRoot() * cos(2 * .pi * generator.unit())
  }
}

/// How far the rank of `value` in `sorted` is from `q`, as a share of all values: 0 where some
/// position of an equal value, or the gap it falls into, is that of `q`.
func rankError(of value: Double, at q: Double, in sorted: [Double]) -> Double {
  let below = partition(sorted) { $0 < value }
  let upTo = partition(sorted) { $0 <= value }
  let position = q * Double(sorted.count - 1)
  // Equal values hold positions below..<upTo; a value between two lies between their positions.
  let lower = Double(upTo > below ? below : below - 1)
  let upper = Double(upTo > below ? upTo - 1 : below)
  let distance = position < lower ? lower - position : position > upper ? position - upper : 0
  return distance / Double(sorted.count)
}

/// How many of the ascending values hold the condition, which the first ones do.
private func partition(_ sorted: [Double], by condition: (Double) -> Bool) -> Int {
  var (low, high) = (0, sorted.count)
  while low < high {
    let middle = (low + high) / 2
    if condition(sorted[middle]) { low = middle + 1 } else { high = middle }
  }
  return low
}

/// What PostgreSQL's `percentile_cont` answers.
func percentileCont(_ sorted: [Double], _ q: Double) -> Double {
  let position = q * Double(sorted.count - 1)
  let lower = Int(position.rounded(.down))
  let upper = Int(position.rounded(.up))
  return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
}
