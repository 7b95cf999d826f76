import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning

/// `count(*)` and `count(x)`.
final class CountAccumulator: Accumulator {
  private let hasArgument: Bool
  private var counts: [Int64] = []

  init(hasArgument: Bool) {
    self.hasArgument = hasArgument
  }

  var byteCount: Int { counts.count * 8 }

  /// Whether it looks at no value.
  var countsRows: Bool { !hasArgument }

  func add(_ rowCount: Int, to group: Int) { counts[group] += Int64(rowCount) }

  func resize(to groupCount: Int) {
    counts.grow(to: groupCount, filling: 0)
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    guard hasArgument else { return countRows(input) }
    // Validity is enough: the values of a column need not be decoded.
    if let chunk = input.storedChunk(0) {
      if chunk.isNullThroughout { return }
      if chunk.validity == nil { return countRows(input) }
      if case .single(let group) = input.assignment.kind, input.view.isWhole {
        counts[group] += Int64(chunk.rowCount - chunk.zone.nullCount)
        return
      }
      if case .single(let group) = input.assignment.kind, var rows = input.view.bits {
        rows.formIntersection(chunk.validity)
        counts[group] += Int64(rows.setCount)
        return
      }
    }
    let vector = try input.vector(0)
    if case .constant(let value) = vector.storage {
      if !value.isNull { countRows(input) }
      return
    }
    guard let validity = vector.validity else { return countRows(input) }
    counts.withUnsafeMutableBufferPointer { counts in
      input.forEachRow(validity: validity) { _, group in counts[group] &+= 1 }
    }
  }

  private func countRows(_ input: AggregateInput) {
    switch input.assignment.kind {
    case .single(let group): counts[group] += Int64(input.rowCount)
    case .indexed(_, let groups, let occurrences):
      for index in groups.indices where occurrences[index] > 0 {
        counts[Int(groups[index])] += Int64(occurrences[index])
      }
    case .rows:
      counts.withUnsafeMutableBufferPointer { counts in
        input.forEachRow(validity: nil) { _, group in counts[group] &+= 1 }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? CountAccumulator else { return }
    counts.withUnsafeMutableBufferPointer { counts in
      for (group, count) in other.counts.enumerated() { counts[Int(groups[group])] += count }
    }
  }

  func finish(groupCount: Int) -> Vector {
    Vector(type: .integer, count: groupCount, storage: .integers(Array(counts.prefix(groupCount))))
  }
}
