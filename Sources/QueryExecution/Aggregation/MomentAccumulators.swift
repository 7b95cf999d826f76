import ColumnStore
import QueryLanguage
import QueryPlanning

/// Variance and standard deviation by Welford's running mean; states merge as Chan et al. 1979.
final class VarianceAccumulator: Accumulator {
  private struct Moments {
    var count = 0.0
    var mean = 0.0
    /// Sum of squared distances from the mean.
    var squares = 0.0

    @inline(__always)
    mutating func add(_ value: Double) {
      count += 1
      let distance = value - mean
      mean += distance / count
      squares += distance * (value - mean)
    }

    mutating func add(_ other: Moments) {
      guard other.count > 0 else { return }
      guard count > 0 else {
        self = other
        return
      }
      let total = count + other.count
      let distance = other.mean - mean
      squares += other.squares + distance * distance * count * other.count / total
      mean += distance * other.count / total
      count = total
    }
  }

  private let isSample: Bool
  private let isRoot: Bool
  private var moments: [Moments] = []

  init(isSample: Bool, isRoot: Bool) {
    self.isSample = isSample
    self.isRoot = isRoot
  }

  var byteCount: Int { moments.count * 24 }

  func resize(to groupCount: Int) {
    moments.grow(to: groupCount, filling: Moments())
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(.double(let value)):
      input.forEachRow(validity: nil) { _, group in moments[group].add(value) }
    case .doubles(let values):
      values.withUnsafeBufferPointer { values in
        moments.withUnsafeMutableBufferPointer { moments in
          input.forEachRow(validity: vector.validity) { row, group in
            moments[group].add(values[row])
          }
        }
      }
    default: return
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? VarianceAccumulator else { return }
    for (group, moment) in other.moments.enumerated() { moments[Int(groups[group])].add(moment) }
  }

  func finish(groupCount: Int) -> Vector {
    let least: Double = isSample ? 2 : 1
    let values = moments.prefix(groupCount).map { moments -> Double in
      guard moments.count >= least else { return 0 }
      let variance = moments.squares / (isSample ? moments.count - 1 : moments.count)
      return isRoot ? variance.squareRoot() : variance
    }
    return Vector(
      type: .double, count: groupCount, storage: .doubles(values),
      validity: moments.prefix(groupCount).map { $0.count >= least ? 1 : 0 })
  }
}

/// `bool_and` and `bool_or`.
final class BooleanAccumulator: Accumulator {
  private let isAnd: Bool
  /// 0 and 1; 2 while there is no value.
  private var results: [UInt8] = []

  init(isAnd: Bool) {
    self.isAnd = isAnd
  }

  var byteCount: Int { results.count }

  func resize(to groupCount: Int) {
    results.grow(to: groupCount, filling: 2)
  }

  private func add(_ value: UInt8, to group: Int) {
    if results[group] == 2 {
      results[group] = value
    } else {
      results[group] = isAnd ? results[group] & value : results[group] | value
    }
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let vector = try input.vector(0)
    switch vector.storage {
    case .constant(.boolean(let value)):
      input.forEachRow(validity: nil) { _, group in add(value ? 1 : 0, to: group) }
    case .booleans(let values):
      input.forEachRow(validity: vector.validity) { row, group in add(values[row], to: group) }
    default: return
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? BooleanAccumulator else { return }
    for (group, value) in other.results.enumerated() where value != 2 {
      add(value, to: Int(groups[group]))
    }
  }

  func finish(groupCount: Int) -> Vector {
    let results = results.prefix(groupCount)
    return Vector(
      type: .boolean, count: groupCount, storage: .booleans(results.map { $0 & 1 }),
      validity: results.map { $0 == 2 ? 0 : 1 })
  }
}
