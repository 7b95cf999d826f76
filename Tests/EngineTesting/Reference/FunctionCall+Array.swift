import ColumnStore
import QueryPlanning

extension FunctionCall {
  /// Functions of arrays that see nulls.
  func array(_ values: [Value]) throws -> Value {
    let isSame: (Value, Value) -> Bool = { RowKey([$0]) == RowKey([$1]) }
    switch (function, values[0], values[1]) {
    case (.arrayAppend, let array, let element): return .array((array.elements ?? []) + [element])
    case (.arrayPrepend, let element, let array): return .array([element] + (array.elements ?? []))
    case (.arrayConcatenate, let a, let b):
      if a.isNull && b.isNull { return .null }
      return .array((a.elements ?? []) + (b.elements ?? []))
    case (.arrayPosition, .array(let elements), let wanted):
      let place = elements.firstIndex { isSame($0, wanted) }
      return place.map { .integer(Int64($0 + 1)) } ?? .null
    case (.arrayRemove, .array(let elements), let unwanted):
      return .array(elements.filter { !isSame($0, unwanted) })
    case (.arrayToText, .array(let elements), .text(let separator)) where values.count == 2:
      return .text(
        elements.filter { !$0.isNull }.map { $0.formatted() }.joined(separator: separator))
    case (.anyHolds, let value, .array(let elements)), (.allHold, let value, .array(let elements)):
      guard let comparison = values[2].string.flatMap(Comparison.init(rawValue:)) else { break }
      let results = try elements.map {
        try Expression.compare(
          comparison, .literal(value, .null), .literal($0, .null)
        ).value(on: [])
      }
      let decisive = Value.boolean(function == .anyHolds)
      if results.contains(decisive) { return decisive }
      return results.contains(.null) ? .null : .boolean(function == .allHold)
    case (_, .null, _), (_, _, .null): return .null
    default: break
    }
    throw ReferenceEngine.Unsupported(name: function.rawValue)
  }

  func strictArray(_ values: [Value]) -> Value? {
    guard let elements = values.first?.elements else { return nil }
    let others = values.dropFirst().first
    switch (function, others) {
    case (.arrayLength, nil): return .integer(Int64(elements.count))
    case (.arrayDimension, .integer(let dimension)?):
      return dimension == 1 && !elements.isEmpty ? .integer(Int64(elements.count)) : .null
    case (.element, .integer(let place)?):
      return (1...Int64(max(elements.count, 1))).contains(place) && !elements.isEmpty
        ? elements[Int(place) - 1] : .null
    case (.arrayContains, .array(let wanted)?):
      let known = Set(elements.filter { !$0.isNull }.map { RowKey([$0]) })
      return .boolean(wanted.allSatisfy { known.contains(RowKey([$0])) })
    case (.arrayOverlaps, .array(let wanted)?):
      let known = Set(elements.filter { !$0.isNull }.map { RowKey([$0]) })
      return .boolean(wanted.contains { known.contains(RowKey([$0])) })
    default: return nil
    }
  }
}

extension Value {
  fileprivate var elements: [Value]? {
    if case .array(let elements) = self { elements } else { nil }
  }
}
