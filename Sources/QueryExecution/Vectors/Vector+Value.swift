public import ColumnStore

extension Vector {
  /// One row as a value: for results and tests, never in a loop over rows that has to be fast.
  public func value(at row: Int) -> Value {
    if let validity, validity[row] == 0 { return .null }
    switch storage {
    case .constant(let value): return value
    case .booleans(let values): return .boolean(values[row] != 0)
    case .integers(let values):
      return switch type {
      case .timestamp: .timestamp(values[row])
      case .timestampWithTimeZone: .timestampWithTimeZone(values[row])
      case .date: .date(values[row])
      default: .integer(values[row])
      }
    case .doubles(let values): return .double(values[row])
    case .text(let codes, let source):
      let text = source.string(codes[row])
      return type == .json ? .json(text) : .text(text)
    case .objects(let values): return values[row]
    }
  }
}

extension TextSource {
  public func string(_ code: UInt32) -> String {
    switch self {
    case .dictionary(let view): view.string(code)
    case .pool(let pool): pool.string(Int(code))
    }
  }
}
