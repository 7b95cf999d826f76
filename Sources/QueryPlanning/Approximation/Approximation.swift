/// Which sketches a value was estimated with; several where it depends on several.
public struct Approximation: Sendable, Hashable {
  /// Of one kind of sketch, with the error that `Documentation/sketches.md` states.
  public enum Sketch: Sendable, Hashable {
    /// A distinct count; registers are 2 to the precision.
    case hyperLogLog(precision: Int)
    /// A quantile or rank, at the compression that the functions of SQL use.
    case digest
  }

  private var precision: Int?
  private var hasDigest = false

  public init() {}

  /// An estimate by one kind of sketch.
  public init(_ sketch: Sketch) {
    switch sketch {
    case .hyperLogLog(let precision): self.precision = precision
    case .digest: hasDigest = true
    }
  }

  /// Nothing is estimated.
  public var isEmpty: Bool { precision == nil && !hasDigest }

  /// One of each kind. Of several precisions it is the lowest, which has the largest error.
  public var sketches: [Sketch] {
    var sketches: [Sketch] = []
    if let precision { sketches.append(.hyperLogLog(precision: precision)) }
    if hasDigest { sketches.append(.digest) }
    return sketches
  }

  mutating func formUnion(_ other: Approximation) {
    hasDigest = hasDigest || other.hasDigest
    if let theirs = other.precision { precision = min(precision ?? theirs, theirs) }
  }

  func union(_ other: Approximation) -> Approximation {
    var union = self
    union.formUnion(other)
    return union
  }
}

/// What of a plan's rows is estimated.
public struct ApproximateOutput: Sendable, Hashable {
  /// By output column: what its values depend on.
  public var columns: [Approximation]
  /// What decides which rows there are: `HAVING approx_count_distinct(x) > 5`, or a LIMIT by an
  /// estimate.
  public var rows = Approximation()

  public var isEmpty: Bool { rows.isEmpty && columns.allSatisfy(\.isEmpty) }
}
