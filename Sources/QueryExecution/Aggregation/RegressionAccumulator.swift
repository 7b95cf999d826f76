import ColumnStore
import QueryLanguage
import QueryPlanning

/// `corr`, the covariances and `regr_...`: running means and products of distances from them, as
/// Welford 1962 has it for one variable; states merge as Chan et al. 1979.
final class RegressionAccumulator: Accumulator {
  private struct Moments {
    var count = 0.0
    /// The first pair. All others are seen from there, so that numbers far from zero and close to
    /// each other lose no digits.
    var originX = 0.0
    var originY = 0.0
    var meanX = 0.0
    var meanY = 0.0
    /// Sums of the squared distances from the means, and of their products.
    var squaresX = 0.0
    var squaresY = 0.0
    var products = 0.0

    @inline(__always)
    mutating func add(y: Double, x: Double) {
      if count == 0 {
        originX = x.isFinite ? x : 0
        originY = y.isFinite ? y : 0
      }
      count += 1
      let (x, y) = (x - originX, y - originY)
      let distanceX = x - meanX
      let distanceY = y - meanY
      meanX += distanceX / count
      meanY += distanceY / count
      squaresX += distanceX * (x - meanX)
      squaresY += distanceY * (y - meanY)
      products += distanceX * (y - meanY)
    }

    mutating func add(_ other: Moments) {
      guard other.count > 0 else { return }
      guard count > 0 else {
        self = other
        return
      }
      let total = count + other.count
      let distanceX = (other.originX - originX) + other.meanX - meanX
      let distanceY = (other.originY - originY) + other.meanY - meanY
      let weight = count * other.count / total
      squaresX += other.squaresX + distanceX * distanceX * weight
      squaresY += other.squaresY + distanceY * distanceY * weight
      products += other.products + distanceX * distanceY * weight
      meanX += distanceX * other.count / total
      meanY += distanceY * other.count / total
      count = total
    }
  }

  private let figure: RegressionFigure
  private var moments: [Moments] = []

  init(_ figure: RegressionFigure) {
    self.figure = figure
  }

  var byteCount: Int { moments.count * MemoryLayout<Moments>.stride }

  func resize(to groupCount: Int) {
    moments.grow(to: groupCount, filling: Moments())
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let (y, x) = (try input.vector(0).expanded(), try input.vector(1).expanded())
    guard case .doubles(let ys) = y.storage, case .doubles(let xs) = x.storage else { return }
    let validity = Validity.intersection(y.validity, x.validity)
    ys.withUnsafeBufferPointer { ys in
      xs.withUnsafeBufferPointer { xs in
        moments.withUnsafeMutableBufferPointer { moments in
          input.forEachRow(validity: validity) { row, group in
            moments[group].add(y: ys[row], x: xs[row])
          }
        }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? RegressionAccumulator else { return }
    for (group, moment) in other.moments.enumerated() { moments[Int(groups[group])].add(moment) }
  }

  func finish(groupCount: Int) -> Vector {
    let moments = moments.prefix(groupCount)
    if figure == .pairCount {
      return Vector(
        type: .integer, count: groupCount, storage: .integers(moments.map { Int64($0.count) }))
    }
    let values = moments.map(value)
    return Vector(
      type: .double, count: groupCount, storage: .doubles(values.map { $0 ?? 0 }),
      validity: Validity.compacted(values.map { $0 == nil ? 0 : 1 }))
  }

  /// `nil` where PostgreSQL gives null: too few rows, or a line that does not exist.
  private func value(_ moments: Moments) -> Double? {
    guard moments.count > 0 else { return nil }
    let meanX = moments.originX + moments.meanX
    let meanY = moments.originY + moments.meanY
    switch figure {
    case .pairCount: return moments.count
    case .meanX: return meanX
    case .meanY: return meanY
    case .populationCovariance: return moments.products / moments.count
    case .sampleCovariance:
      return moments.count > 1 ? moments.products / (moments.count - 1) : nil
    case .slope: return moments.squaresX == 0 ? nil : moments.products / moments.squaresX
    case .intercept:
      if moments.squaresX == 0 { return nil }
      return meanY - meanX * (moments.products / moments.squaresX)
    case .correlation:
      if moments.squaresX == 0 || moments.squaresY == 0 { return nil }
      let product = moments.squaresX * moments.squaresY
      // The root of each where their product is out of range.
      let share =
        product.isNormal
        ? moments.products / product.squareRoot()
        : moments.products / moments.squaresX.squareRoot() / moments.squaresY.squareRoot()
      return share.isNaN ? share : min(max(share, -1), 1)
    case .determination:
      if moments.squaresX == 0 { return nil }
      if moments.squaresY == 0 { return 1 }
      return (moments.products / moments.squaresX) * (moments.products / moments.squaresY)
    }
  }
}
