import ColumnStore
import QueryLanguage
import QueryPlanning

/// The functions that say where in its partition a row is.
struct WindowRanking {
  private let order: WindowOrder

  init(_ order: WindowOrder) {
    self.order = order
  }

  func evaluate(_ function: WindowFunction, _ batch: Batch) throws(QueryError) -> Vector {
    switch function.kind {
    case .rank: integers { $2.startOfPeers(order, $1) + 1 }
    case .denseRank: integers { $1 - $2.groups.lowerBound + 1 }
    case .percentRank:
      doubles { _, group, partition in
        let others = partition.positions.count - 1
        return others == 0
          ? 0 : Double(partition.startOfPeers(order, group)) / Double(others)
      }
    case .cumulativeDistribution:
      doubles { _, group, partition in
        let through = order.peers(group).upperBound - partition.positions.lowerBound
        return Double(through) / Double(partition.positions.count)
      }
    case .ntile: try buckets(function, batch)
    default: integers { position, _, partition in position - partition.positions.lowerBound + 1 }
    }
  }

  @inline(__always)
  private func integers(_ value: (Int, Int, WindowOrder.Partition) -> Int) -> Vector {
    var values = [Int64](repeating: 0, count: order.rows.count)
    order.forEachPosition { position, group, partition in
      values[Int(order.rows[position])] = Int64(value(position, group, partition))
    }
    return Vector(type: .integer, count: values.count, storage: .integers(values))
  }

  @inline(__always)
  private func doubles(_ value: (Int, Int, WindowOrder.Partition) -> Double) -> Vector {
    var values = [Double](repeating: 0, count: order.rows.count)
    order.forEachPosition { position, group, partition in
      values[Int(order.rows[position])] = value(position, group, partition)
    }
    return Vector(type: .double, count: values.count, storage: .doubles(values))
  }

  /// `ntile`: the first buckets have one row more where the rows do not divide evenly.
  private func buckets(_ function: WindowFunction, _ batch: Batch) throws(QueryError) -> Vector {
    let counts = try BatchView(batch).materialize(CompiledExpression(function.arguments[0]))
    var values = [Int64](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 1, count: batch.rowCount)
    for index in 0..<order.partitionCount {
      let positions = order.partition(index).positions
      let first = counts.value(at: Int(order.rows[positions.lowerBound]))
      guard case .integer(let wanted) = first else {
        for position in positions { validity[Int(order.rows[position])] = 0 }
        continue
      }
      guard wanted > 0 else {
        throw QueryError(
          .invalidParameter, "argument of ntile must be greater than zero",
          at: function.location..<function.location)
      }
      let (size, larger) = Int64(positions.count).quotientAndRemainder(dividingBy: wanted)
      for (offset, position) in positions.enumerated() {
        let offset = Int64(offset)
        let inLarger = larger * (size + 1)
        values[Int(order.rows[position])] =
          offset < inLarger ? offset / (size + 1) + 1 : larger + (offset - inLarger) / size + 1
      }
    }
    return Vector(
      type: .integer, count: batch.rowCount, storage: .integers(values),
      validity: Validity.compacted(validity))
  }
}

extension WindowOrder.Partition {
  /// Counted from the start of the partition.
  @inline(__always)
  fileprivate func startOfPeers(_ order: WindowOrder, _ group: Int) -> Int {
    order.peers(group).lowerBound - positions.lowerBound
  }
}
