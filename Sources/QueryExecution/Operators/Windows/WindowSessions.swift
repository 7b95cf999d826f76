import ColumnStore
import QueryLanguage
import QueryPlanning

/// `sessionize`: numbers the sessions of a partition in its order.
struct WindowSessions {
  private let order: WindowOrder

  init(_ order: WindowOrder) {
    self.order = order
  }

  /// A row without a moment has no session, and the gap is that between the rows around it.
  func evaluate(_ function: WindowFunction, _ batch: Batch) throws(QueryError) -> Vector {
    let moments = try BatchView(batch).materialize(CompiledExpression(function.arguments[0]))
      .expanded()
    guard case .integers(let times) = moments.storage,
      case .literal(.interval(let interval), _) = function.arguments[1]
    else { preconditionFailure("sessionize is of moments, with a constant gap") }
    let gap = UInt64(clamping: interval.fixedMilliseconds)
    var sessions = [Int64](repeating: 0, count: batch.rowCount)
    for index in 0..<order.partitionCount {
      var session: Int64 = 0
      var last: Int64 = 0
      for position in order.partition(index).positions {
        let row = Int(order.rows[position])
        if moments.validity?[row] == 0 { continue }
        let time = times[row]
        if session == 0 || (time > last ? time &- last : last &- time).magnitude > gap {
          session += 1
        }
        last = time
        sessions[row] = session
      }
    }
    return Vector(
      type: .integer, count: batch.rowCount, storage: .integers(sessions),
      validity: moments.validity)
  }
}
