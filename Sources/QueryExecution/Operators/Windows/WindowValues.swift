import ColumnStore
import QueryLanguage
import QueryPlanning

/// The functions that take their value from another row: all of them find out which, then gather.
struct WindowValues {
  private let order: WindowOrder

  init(_ order: WindowOrder) {
    self.order = order
  }

  func evaluate(_ function: WindowFunction, _ batch: Batch) throws(QueryError) -> Vector {
    let view = BatchView(batch)
    var arguments: [Vector] = []
    for argument in function.arguments {
      arguments.append(try view.materialize(CompiledExpression(argument)))
    }
    // Behind the values, the defaults: one for each row, then a null.
    let count = batch.rowCount
    var values = [arguments[0]]
    if arguments.count > 2 { values.append(arguments[2]) }
    values.append(Vector(constant: .null, type: function.type, count: 1))
    let hasDefaults = arguments.count > 2
    let null = UInt32(hasDefaults ? 2 * count : count)
    var sources = [UInt32](repeating: null, count: count)
    switch function.kind {
    case .lag, .lead:
      let isLag = function.kind == .lag
      if case .integer(let step)? = arguments[1].constant, !hasDefaults {
        return shifted(arguments[0], by: isLag ? step == .min ? .max : -step : step)
      }
      order.forEachPosition { position, _, partition in
        let row = Int(order.rows[position])
        guard case .integer(let step) = arguments[1].value(at: row) else { return }
        let range = partition.positions
        // Further than the partition is long is outside whichever way.
        let most = Int64(range.count)
        let distance = Int(min(max(step, -most), most))
        let target = isLag ? position - distance : position + distance
        sources[row] =
          range.contains(target) ? order.rows[target] : hasDefaults ? UInt32(count + row) : null
      }
    default:
      let bounds = try FrameBounds(function, order, batch)
      for position in 0..<count {
        let row = Int(order.rows[position])
        let (start, end) = (bounds.starts[position], bounds.ends[position])
        if start >= end { continue }
        var target = start
        if function.kind == .lastValue {
          target = end - 1
        } else if function.kind == .nthValue {
          guard case .integer(let place) = arguments[1].value(at: row) else { continue }
          guard place > 0 else {
            throw QueryError(
              .invalidParameter, "argument of nth_value must be greater than zero",
              at: function.location..<function.location)
          }
          if place > Int64(end - start) { continue }
          target = start + Int(place) - 1
        }
        sources[row] = order.rows[target]
      }
    }
    return Vector.concatenate(values, type: function.type).gather(rows: sources)
  }

  /// The values a fixed number of rows further on, null where the partition has none there.
  private func shifted(_ values: Vector, by step: Int64) -> Vector {
    let rows = order.rows
    var sources = [UInt32](repeating: 0, count: rows.count)
    var validity = [UInt8](repeating: 0, count: rows.count)
    for index in 0..<order.partitionCount {
      let range = order.partition(index).positions
      let most = Int64(range.count)
      let distance = Int(min(max(step, -most), most))
      let first = max(range.lowerBound, range.lowerBound - distance)
      let end = min(range.upperBound, range.upperBound - distance)
      guard first < end else { continue }
      for position in first..<end {
        let row = Int(rows[position])
        sources[row] = rows[position + distance]
        validity[row] = 1
      }
    }
    var result = values.expanded().gather(rows: sources)
    if let theirs = result.validity {
      for row in validity.indices { validity[row] &= theirs[row] }
    }
    result.validity = validity
    return result
  }
}
