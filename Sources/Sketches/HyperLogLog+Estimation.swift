import Glibc  // `squareRoot` and `rounded` compile to calls into libm.

extension HyperLogLog {
  /// The standard error of `estimate()` relative to the true count: 1.04 / √registers, and 0
  /// while the sketch is exact.
  public var relativeStandardError: Double {
    isExact ? 0 : Self.relativeStandardError(precision: precision)
  }

  /// The relative standard error of sketches that have outgrown their exact form.
  public static func relativeStandardError(precision: Int) -> Double {
    1.04 / Double(1 << precision).squareRoot()
  }

  /// How many distinct values were seen, rounded.
  public var cardinality: Int64 { Int64(exactly: estimate().rounded()) ?? .max }

  /// How many distinct values were seen: exact while `isExact`, then estimated.
  ///
  /// The improved raw estimator of Ertl 2017 (algorithm 6), which needs no tables and holds from
  /// the first value to the size of the hash space, where it is cut off (2^64).
  public func estimate() -> Double {
    if isExact { return Double(hashes.count) }
    let highest = 65 - precision
    let histogram = rankHistogram()
    let registerCount = Double(registers.count)
    var sum = registerCount * Self.tau(1 - Double(histogram[highest]) / registerCount)
    for rank in stride(from: highest - 1, through: 1, by: -1) {
      sum = 0.5 * (sum + Double(histogram[rank]))
    }
    sum += registerCount * Self.sigma(Double(histogram[0]) / registerCount)
    // 1 / (2 ln 2)
    let alpha = 0.721_347_520_444_481_7
    let raw = alpha * registerCount * registerCount / sum
    // Registers exist only where the exact form was too small: that much is certain.
    return min(max(raw, Double(Self.exactLimit(precision: precision) + 1)), 0x1p64)
  }

  /// How many registers hold each rank. Four histograms, so that equal neighbours do not wait for
  /// each other's increment.
  private func rankHistogram() -> [Int] {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { counts in
      counts.initialize(repeating: 0)
      registers.withUnsafeBufferPointer { registers in
        // A rank is at most 61, and the count of registers a multiple of 16.
        for base in stride(from: 0, to: registers.count, by: 4) {
          counts[Int(registers[base] & 63)] &+= 1
          counts[64 &+ Int(registers[base &+ 1] & 63)] &+= 1
          counts[128 &+ Int(registers[base &+ 2] & 63)] &+= 1
          counts[192 &+ Int(registers[base &+ 3] & 63)] &+= 1
        }
      }
      return (0..<64).map { counts[$0] + counts[64 + $0] + counts[128 + $0] + counts[192 + $0] }
    }
  }

  /// x + Σ x^(2^k) 2^(k-1): what the registers never hit add to the sum.
  private static func sigma(_ share: Double) -> Double {
    if share == 1 { return .infinity }
    var power = share
    var weight = 1.0
    var sum = share
    var previous: Double
    repeat {
      power *= power
      previous = sum
      sum += power * weight
      weight += weight
    } while sum != previous
    return sum
  }

  /// (1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3: the same for registers at the highest rank.
  private static func tau(_ share: Double) -> Double {
    if share == 0 || share == 1 { return 0 }
    var root = share
    var weight = 1.0
    var sum = 1 - share
    var previous: Double
    repeat {
      root = root.squareRoot()
      previous = sum
      weight *= 0.5
      sum -= (1 - root) * (1 - root) * weight
    } while sum != previous
    return sum / 3
  }
}

extension HyperLogLog {
  /// How many distinct values both sketches have seen, by inclusion and exclusion:
  /// |A| + |B| - |A ∪ B|, kept within 0 and the smaller set.
  ///
  /// The standard error is absolute, e √(|A ∪ B|² - |A|² + |B|²) for |A| ≥ |B|: the union contains
  /// A, so most of the error of A is an error of the union too and cancels; the rest is taken as
  /// independent. Measured errors are at most 1.05 times it. It does not shrink with the intersection:
  /// one that is small beside the union is lost in it.
  /// While both sketches are exact, so is the result.
  public static func intersectionEstimate(
    _ a: HyperLogLog, _ b: HyperLogLog
  ) -> (estimate: Double, standardError: Double) {
    if a.isExact && b.isExact {
      let (small, large) = a.hashes.count < b.hashes.count ? (a, b) : (b, a)
      let common = small.hashes.values.count { large.hashes.contains($0) }
      return (Double(common), 0)
    }
    let precision = min(a.precision, b.precision)
    let left = a.precision == precision ? a : a.folded(to: precision)
    let right = b.precision == precision ? b : b.folded(to: precision)
    var union = left
    union.merge(right)
    let (leftSize, rightSize, unionSize) = (left.estimate(), right.estimate(), union.estimate())
    let estimate = min(max(leftSize + rightSize - unionSize, 0), leftSize, rightSize)
    let larger = max(leftSize * left.relativeStandardError, rightSize * right.relativeStandardError)
    let smaller = min(
      leftSize * left.relativeStandardError, rightSize * right.relativeStandardError)
    let all = unionSize * union.relativeStandardError
    return (estimate, (max(all * all - larger * larger, 0) + smaller * smaller).squareRoot())
  }
}
