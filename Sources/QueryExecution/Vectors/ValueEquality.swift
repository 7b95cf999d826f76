import ColumnStore

extension Value {
  /// Equal, as Swift has it, for values of one type that SQL calls equal: a month is 30 days and a day
  /// 24 hours when intervals are compared, also inside of arrays.
  var equalityKey: Value {
    switch self {
    case .interval(let interval):
      let length = interval.comparableMilliseconds
      if let short = Int64(exactly: length) { return .integer(short) }
      return .array([
        .integer(Int64(truncatingIfNeeded: length >> 64)),
        .integer(Int64(truncatingIfNeeded: length)),
      ])
    case .array(let elements):
      // Elements have one type: the first that is not null tells which.
      switch elements.first(where: { !$0.isNull }) {
      case .interval, .array: return .array(elements.map(\.equalityKey))
      default: return self
      }
    default: return self
    }
  }
}
