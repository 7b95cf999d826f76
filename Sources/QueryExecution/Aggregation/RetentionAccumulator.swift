import ColumnStore
import QueryLanguage
import QueryPlanning

/// `retention`: which conditions some row of the group meets, a bit each.
final class RetentionAccumulator: Accumulator {
  private let conditionCount: Int
  private var met: [UInt32] = []

  init(conditionCount: Int) {
    self.conditionCount = conditionCount
  }

  var byteCount: Int { met.count * 4 }

  func resize(to groupCount: Int) {
    met.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let bits = try input.conditionBits(0..<conditionCount)
    bits.withUnsafeBufferPointer { bits in
      met.withUnsafeMutableBufferPointer { met in
        input.forEachRow(validity: nil) { row, group in met[group] |= bits[row] }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? RetentionAccumulator else { return }
    for (group, bits) in other.met.enumerated() { met[Int(groups[group])] |= bits }
  }

  /// Nothing counts without the first condition.
  func finish(groupCount: Int) -> Vector {
    let values = met.prefix(groupCount).map { bits -> Value in
      .array(
        (0..<conditionCount).map { .integer(bits & 1 == 0 ? 0 : Int64(bits &>> UInt32($0) & 1)) })
    }
    return Vector(values: values, type: .array(.integer))
  }
}
