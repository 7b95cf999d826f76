import ColumnStore
import QueryLanguage
import QueryPlanning

extension Aggregate {
  /// The aggregate's value over the rows of one group. Approximate aggregates give the exact answer.
  func value(over rows: [[Value]]) throws -> Value {
    var kept = try rows.filter { row in
      try filter.map { try $0.value(on: row) == .boolean(true) } ?? true
    }
    if let journey = try journey(over: kept) { return journey }
    if function == .countRows { return .integer(Int64(kept.count)) }
    if function == .stringAggregate || function == .arrayAggregate {
      kept = try sorted(kept, by: orderBy)
    }
    if let key = arguments.dropFirst().first, isArgumentOfExtreme {
      return try argumentOfExtreme(kept, by: key)
    }
    var values = try kept.map { try arguments[0].value(on: $0) }
    if function == .arrayAggregate {
      if isDistinct {
        if orderBy.isEmpty {
          values.sort { $0.isNull || $1.isNull ? !$0.isNull && $1.isNull : $0.order($1) < 0 }
        }
        var seen: Set<RowKey> = []
        values = values.filter { seen.insert(RowKey([$0])).inserted }
      }
      return values.isEmpty ? .null : .array(values)
    }
    values = values.filter { !$0.isNull }
    if isDistinct {
      var seen: Set<RowKey> = []
      values = values.filter { seen.insert(RowKey([$0])).inserted }
    }
    return try result(values)
  }

  private var isArgumentOfExtreme: Bool {
    function == .argumentOfMinimum || function == .argumentOfMaximum
  }

  private func argumentOfExtreme(_ rows: [[Value]], by key: Expression) throws -> Value {
    var best: (key: Value, row: [Value])?
    for row in rows {
      let value = try key.value(on: row)
      if value.isNull { continue }
      let order = best.map { value.order($0.key) } ?? 1
      if best == nil || (function == .argumentOfMinimum ? order < 0 : order > 0) {
        best = (value, row)
      }
    }
    return try best.map { try arguments[0].value(on: $0.row) } ?? .null
  }

  private func result(_ values: [Value]) throws -> Value {
    let doubles = values.compactMap(\.number)
    let ascending = values.sorted { $0.order($1) < 0 }
    switch function {
    case .count: return .integer(Int64(values.count))
    case .approximateCountDistinct: return .integer(Int64(Set(values.map { RowKey([$0]) }).count))
    case .sum: return try sum(values)
    case .average:
      return doubles.isEmpty
        ? .null : .double(try Self.finiteTotal(doubles) / Double(doubles.count))
    case .minimum: return ascending.first ?? .null
    case .maximum: return ascending.last ?? .null
    case .standardDeviationSample: return spread(doubles, spare: 1) { $0.squareRoot() }
    case .standardDeviationPopulation: return spread(doubles, spare: 0) { $0.squareRoot() }
    case .varianceSample: return spread(doubles, spare: 1) { $0 }
    case .variancePopulation: return spread(doubles, spare: 0) { $0 }
    case .booleanAnd: return values.isEmpty ? .null : .boolean(!values.contains(.boolean(false)))
    case .booleanOr: return values.isEmpty ? .null : .boolean(values.contains(.boolean(true)))
    case .approximateQuantile(let fractions, let isArray),
      .percentileContinuous(let fractions, let isArray):
      return quantiles(fractions, isArray, of: ascending) { fraction in
        let place = fraction * Double(ascending.count - 1)
        let below = Int(place.rounded(.down))
        let (low, high) = (
          ascending[below].number ?? 0, ascending[Int(place.rounded(.up))].number ?? 0
        )
        return .double(low + (high - low) * (place - Double(below)))
      }
    case .percentileDiscrete(let fractions, let isArray):
      let inOrder = orderBy.first?.isDescending == true ? ascending.reversed() : ascending
      return quantiles(fractions, isArray, of: ascending) { fraction in
        inOrder[max(1, Int((fraction * Double(inOrder.count)).rounded(.up))) - 1]
      }
    case .mode: return mode(ascending)
    case .stringAggregate:
      guard !values.isEmpty, let separator = arguments[1].literalValue?.string else { return .null }
      return .text(values.compactMap(\.string).joined(separator: separator))
    case .anyValue: return values.first ?? .null
    case .countRows, .argumentOfMinimum, .argumentOfMaximum, .hyperLogLogState, .hyperLogLogMerge,
      .digestState, .digestMerge, .arrayAggregate, .regression, .retention, .windowFunnel,
      .sessionCount, .trailingDistinct:
      throw ReferenceEngine.Unsupported(name: "\(function)")
    }
  }

  private func sum(_ values: [Value]) throws -> Value {
    guard let first = values.first else { return .null }
    switch first {
    case .integer:
      let total = values.reduce(Int128(0)) { sum, value in
        if case .integer(let number) = value { sum + Int128(number) } else { sum }
      }
      guard let result = Int64(exactly: total) else { throw QueryError(.numericOutOfRange, "") }
      return .integer(result)
    case .double: return .double(try Self.finiteTotal(values.compactMap(\.number)))
    default: throw ReferenceEngine.Unsupported(name: "sum of \(first)")
    }
  }

  /// The sum of finite numbers is one, or an error.
  private static func finiteTotal(_ values: [Double]) throws -> Double {
    let total = total(values)
    if !total.isFinite, values.allSatisfy(\.isFinite) { throw QueryError(.numericOutOfRange, "") }
    return total
  }

  /// Neumaier's sum.
  static func total(_ values: [Double]) -> Double {
    var sum = 0.0
    var rest = 0.0
    for value in values {
      let next = sum + value
      rest += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    return sum.isFinite ? sum + rest : sum
  }

  private func spread(
    _ values: [Double], spare: Int, _ finish: (Double) -> Double
  ) -> Value {
    guard values.count > spare else { return .null }
    let mean = Self.total(values) / Double(values.count)
    let squares = Self.total(values.map { ($0 - mean) * ($0 - mean) })
    return .double(finish(squares / Double(values.count - spare)))
  }

  private func quantiles(
    _ fractions: [Double], _ isArray: Bool, of values: [Value], _ quantile: (Double) -> Value
  ) -> Value {
    guard !values.isEmpty, !fractions.isEmpty else { return .null }
    let results = fractions.map(quantile)
    return isArray ? .array(results) : results[0]
  }

  private func mode(_ ascending: [Value]) -> Value {
    var best: (value: Value, count: Int) = (.null, 0)
    var run = 0
    for (index, value) in ascending.enumerated() {
      run = index > 0 && ascending[index - 1].order(value) == 0 ? run + 1 : 1
      if run > best.count { best = (value, run) }
    }
    return best.value
  }
}

extension Value {
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
