import Glibc  // `squareRoot` and `rounded` compile to calls into libm.

/// A mean with the count of the values it stands for, at most 2^50.
struct Centroid: Hashable, Sendable {
  var mean: Double
  /// The count, doubled; odd when the values differ.
  private(set) var tag: UInt64

  init(mean: Double, count: Int, isMixed: Bool) {
    self.mean = mean
    tag = UInt64(truncatingIfNeeded: count) &<< 1 | (isMixed ? 1 : 0)
  }

  init(mean: Double, tag: UInt64) {
    self.mean = mean
    self.tag = tag
  }

  /// No count goes beyond: sums over all centroids cannot overflow, whatever was decoded and
  /// merged how often. It is out of reach for honest counting.
  static let largestCount = 1 << 50

  var count: Int { Int(truncatingIfNeeded: tag &>> 1) }

  /// Whether the values differ. Where they do not, the centroid says exactly what they were.
  var isMixed: Bool { tag & 1 == 1 }

  /// More centroids than this are never kept at a compression; about half as many are.
  static func limit(compression: Int) -> Int { 2 * compression + 16 }
}

/// The centroid being filled, from ascending values and centroids.
struct CentroidBuilder {
  private(set) var count = 0
  private var sum = 0.0
  private var first = 0.0
  private var last = 0.0
  private var isMixed = false

  mutating func add(_ centroid: Centroid) {
    let count = centroid.count
    add(
      count: count, sum: centroid.mean * Double(count), first: centroid.mean,
      last: centroid.mean, isMixed: centroid.isMixed)
  }

  /// Adds a run of ascending values. Four sums, so that additions do not wait for each other.
  @inline(__always)
  mutating func add(_ values: UnsafePointer<Double>, count: Int) {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index &+ 4 <= count {
      sums += SIMD4(
        values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3])
      index &+= 4
    }
    var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
    while index < count {
      sum += values[index]
      index &+= 1
    }
    add(
      count: count, sum: sum, first: values[0], last: values[count &- 1], isMixed: false)
  }

  @inline(__always)
  private mutating func add(
    count: Int, sum: Double, first: Double, last: Double, isMixed: Bool
  ) {
    if self.count == 0 { self.first = first }
    self.count = min(self.count &+ count, Centroid.largestCount)
    self.sum += sum
    self.last = last
    self.isMixed = self.isMixed || isMixed
  }

  /// The centroid of all that was added.
  ///
  /// The mean is kept between the first and the last, whatever rounding or overflow did to the
  /// sum: the order of the centroids rests on it.
  func finish() -> Centroid {
    if first == last { return Centroid(mean: first, count: count, isMixed: isMixed) }
    let mean = sum / Double(count)
    let safe = mean.isFinite ? min(max(mean, first), last) : first / 2 + last / 2
    return Centroid(mean: safe, count: count, isMixed: true)
  }
}

/// How large the next centroid may become: scale function k1 as a bound on counts.
///
/// A centroid from quantile q to r may hold the share s = r - q ≤ c √(x(1-x)) with c = 2π/δ, for
/// x = q and x = r. The first is plain; the second is quadratic in s. No sine is needed, which
/// keeps digests the same on every machine.
struct CentroidSizeRule {
  private let total: Double
  private let square: Double

  init(total: Int, compression: Int) {
    self.total = Double(total)
    let factor = 2 * Double.pi / Double(compression)
    square = factor * factor
  }

  /// The most values that the centroid behind the first `before` values may hold; at least 1.
  func largestCount(after before: Int) -> Int {
    let start = Double(before) / total
    let constant = square * start * (1 - start)
    let linear = square * (1 - 2 * start)
    let quadratic = 1 + square
    let byEnd =
      (linear + (linear * linear + 4 * quadratic * constant).squareRoot()) / (2 * quadratic)
    let largest = total * min(constant.squareRoot(), byEnd)
    // Also where counts have reached their limit and the comparison is with NaN.
    return largest > 1 ? Int(min(largest, 0x1p53)) : 1
  }
}
