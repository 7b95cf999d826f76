import ColumnStore
import QueryLanguage
import QueryPlanning

/// `width_bucket`: the number of the bucket that a value is in.
enum WidthBucketKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    site.function == .widthBucketOfArray ? thresholds(site.location) : equalWidths(site.location)
  }

  private static func equalWidths(_ location: Range<Int>) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let values = arguments[0].doubleRows
      let lows = arguments[1].doubleRows
      let highs = arguments[2].doubleRows
      let counts = arguments[3].integerRows
      var buckets = [Int64](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        let (value, low, high, count) = (values[row], lows[row], highs[row], counts[row])
        let problem: String? =
          if count <= 0 || count >= Int64(Int32.max) {
            "count must be greater than zero and below 2147483647"
          } else if value.isNaN || low.isNaN || high.isNaN {
            "operand, lower bound and upper bound cannot be NaN"
          } else if !low.isFinite || !high.isFinite {
            "lower and upper bounds must be finite"
          } else if low == high {
            "lower bound cannot equal upper bound"
          } else {
            nil
          }
        if let problem {
          throw QueryError(.invalidWidthBucket, problem, at: location)
        }
        buckets[row] = bucket(value, low, high, count)
      }
      return Vector(type: .integer, count: rows.count, storage: .integers(buckets))
    }
  }

  /// Between bounds in either order; the first bound is in the first bucket, the last in none.
  private static func bucket(_ value: Double, _ low: Double, _ high: Double, _ count: Int64)
    -> Int64
  {
    let isAscending = low < high
    if isAscending ? value < low : value > low { return 0 }
    if isAscending ? value >= high : value <= high { return count + 1 }
    // Halves, since the distance of the bounds need not be a number.
    let share = (value / 2 - low / 2) / (high / 2 - low / 2)
    let index = (share * Double(count)).rounded(.down)
    return min(Int64(exactly: max(index, 0)) ?? 0, count - 1) + 1
  }

  private static func thresholds(_ location: Range<Int>) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var buckets = [Int64](repeating: 0, count: rows.count)
      let known = arguments[1].constant == nil ? nil : arguments[1].elements(at: 0)
      let firstRow = (0..<rows.count).first { rows.isValid($0) }
      var work = WorkCounter()
      for row in 0..<rows.count where rows.isValid(row) {
        let limits = known ?? arguments[1].elements(at: row)
        // Of thresholds that are the same for all rows, once.
        if known == nil || row == firstRow {
          try work.add(limits.count)
          if limits.contains(where: \.isNull) {
            throw QueryError(
              .nullNotAllowed, "thresholds array must not contain NULLs", at: location)
          }
        }
        try work.add(64)
        let value = arguments[0].value(at: row)
        var (low, high) = (0, limits.count)
        while low < high {
          let middle = (low + high) / 2
          if compareValues(limits[middle], value) <= 0 { low = middle + 1 } else { high = middle }
        }
        buckets[row] = Int64(low)
      }
      return Vector(type: .integer, count: rows.count, storage: .integers(buckets))
    }
  }
}
