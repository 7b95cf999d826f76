import ColumnStore
import Foundation
import QueryLanguage
import QueryPlanning

extension FunctionCall {
  func value(on row: [Value]) throws -> Value {
    let values = try arguments.map { try $0.value(on: row) }
    switch function {
    case .greatest, .least:
      let known = values.filter { !$0.isNull }
      return known.reduce(known.first ?? .null) { best, next in
        let order = next.order(best)
        return (function == .greatest ? order > 0 : order < 0) ? next : best
      }
    case .concatenateAll:
      return .text(values.compactMap(\.string).joined())
    case .concatenateWithSeparator:
      guard let separator = values[0].string else { return .null }
      return .text(values.dropFirst().compactMap(\.string).joined(separator: separator))
    case .makeArray: return .array(values)
    case .arrayPosition, .arrayToText, .textToArray, .arrayConcatenate, .arrayAppend,
      .arrayPrepend, .arrayRemove, .anyHolds, .allHold:
      return try array(values)
    default:
      if values.contains(where: \.isNull) { return .null }
      return try strict(values)
    }
  }

  /// With arguments of which none is null.
  private func strict(_ values: [Value]) throws -> Value {
    switch (values.first, values.second, values.count) {
    case (.integer(let a)?, .integer(let b)?, 2):
      if let result = try integers(a, b) { return result }
    case (.double(let a)?, .double(let b)?, 2):
      if let result = try doubles(a, b) { return result }
    case (.integer(let a)?, nil, _):
      if let result = try integer(a) { return result }
    case (.double(let a)?, nil, _):
      if let result = try double(a) { return result }
    case (.double(let a)?, .integer(let digits)?, 2):
      if function == .round || function == .truncate { return .double(rounded(a, Int(digits))) }
    default: break
    }
    if case .text = type, let result = try text(values) { return result }
    if let result = try textFacts(values) { return result }
    if let result = try time(values) { return result }
    if let result = strictArray(values) { return result }
    throw ReferenceEngine.Unsupported(name: function.rawValue)
  }

  private func checked(_ result: (partialValue: Int64, overflow: Bool)) throws -> Value {
    if result.overflow { throw QueryError(.numericOutOfRange, "") }
    return .integer(result.partialValue)
  }

  private func integers(_ a: Int64, _ b: Int64) throws -> Value? {
    switch function {
    case .add: return try checked(a.addingReportingOverflow(b))
    case .subtract: return try checked(a.subtractingReportingOverflow(b))
    case .multiply: return try checked(a.multipliedReportingOverflow(by: b))
    case .divide:
      if b == 0 { throw QueryError(.divisionByZero, "") }
      return try checked(a.dividedReportingOverflow(by: b))
    case .modulo:
      if b == 0 { throw QueryError(.divisionByZero, "") }
      return .integer(b == -1 ? 0 : a % b)
    case .bitAnd: return .integer(a & b)
    case .bitOr: return .integer(a | b)
    case .bitXor: return .integer(a ^ b)
    default: return nil
    }
  }

  private func doubles(_ a: Double, _ b: Double) throws -> Value? {
    /// PostgreSQL: infinity out of finite numbers is an error.
    func finite(_ result: Double) throws -> Value {
      if result.isInfinite, a.isFinite, b.isFinite { throw QueryError(.numericOutOfRange, "") }
      return .double(result)
    }
    switch function {
    case .add: return try finite(a + b)
    case .subtract: return try finite(a - b)
    case .multiply: return try finite(a * b)
    case .divide:
      if b == 0, !a.isNaN { throw QueryError(.divisionByZero, "") }
      return try finite(a / b)
    case .modulo:
      if b == 0 { throw QueryError(.divisionByZero, "") }
      return .double(fmod(a, b))
    case .power: return try finite(pow(a, b))
    case .arcTangent2: return .double(atan2(a, b))
    default: return nil
    }
  }

  private func integer(_ a: Int64) throws -> Value? {
    switch function {
    case .negate: return try checked(Int64(0).subtractingReportingOverflow(a))
    case .absolute:
      return try a < 0 ? checked(Int64(0).subtractingReportingOverflow(a)) : .integer(a)
    case .sign: return .integer(a.signum())
    case .toHexadecimal: return .text(String(UInt64(bitPattern: a), radix: 16))
    default: return nil
    }
  }

  private func double(_ a: Double) throws -> Value? {
    switch function {
    case .negate: .double(-a)
    case .absolute: .double(abs(a))
    case .sign: .double(a > 0 ? 1 : a < 0 ? -1 : a)
    case .ceiling: .double(a.rounded(.up))
    case .floor: .double(a.rounded(.down))
    case .squareRoot where a >= 0: .double(a.squareRoot())
    case .cubeRoot: .double(cbrt(a))
    case .exponential where a < 700: .double(exp(a))
    case .naturalLogarithm where a > 0: .double(log(a))
    case .logarithm10 where a > 0: .double(log10(a))
    case .sine: .double(sin(a))
    case .cosine: .double(cos(a))
    case .round: .double(a.rounded(.toNearestOrAwayFromZero))
    case .truncate: .double(a.rounded(.towardZero))
    default: nil
    }
  }

  /// Through the decimal text, as numbers are written.
  private func rounded(_ value: Double, _ digits: Int) -> Double {
    let rule: NSDecimalNumber.RoundingMode =
      function == .truncate ? (value < 0 ? .up : .down) : .plain
    guard value.isFinite, let exact = Decimal(string: "\(value)") else { return value }
    var input = abs(exact)
    var output = Decimal()
    NSDecimalRound(&output, &input, digits, function == .truncate ? .down : rule)
    let magnitude = Double("\(output)") ?? .nan
    return value < 0 ? -magnitude : magnitude
  }
}

extension Value {
  var string: String? {
    switch self {
    case .text(let text), .json(let text): text
    default: nil
    }
  }
}
