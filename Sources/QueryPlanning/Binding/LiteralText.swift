import ColumnStore
import QueryLanguage

extension Environment {
  /// Gives an open literal its type; text that is no value of the type is an error right here.
  func settled(_ bound: BoundExpression, as type: DataType) throws(QueryError) -> Expression {
    guard case .literal(let value, _) = bound.expression else { return bound.expression }
    switch value {
    case .text(let text):
      return .literal(try literal(text, as: type, at: bound.location), type)
    case .double(let number):
      if type == .double { return .literal(value, .double) }
      if type == .text || type == .boolean {
        throw error(.typeMismatch, "\(number) is not of type \(type.sqlName)", at: bound.location)
      }
      throw error(
        .numericOutOfRange, "value is out of range for type bigint", at: bound.location,
        hint: "write it as a double precision number, with a decimal point")
    default:
      return .literal(.null, type)
    }
  }

  private func literal(
    _ text: String, as type: DataType, at location: Int
  ) throws(QueryError) -> Value {
    let trimmed = text.trimmingSpaces
    switch type {
    case .text, .null: return .text(text)
    case .json: return .json(text)
    case .boolean:
      if let value = booleanWords[trimmed.lowercased()] { return .boolean(value) }
    case .integer:
      if let value = Int64(trimmed) { return .integer(value) }
      if let value = Double(trimmed), trimmed.allSatisfy({ $0.isNumber || $0 == "-" }),
        value.magnitude > 9e18
      {
        throw error(
          .numericOutOfRange, "value '\(text)' is out of range for type bigint", at: location)
      }
    case .double:
      if let value = doubleValue(trimmed) { return .double(value) }
    case .date, .timestamp, .timestampWithTimeZone, .interval:
      if let value = temporalLiteral(trimmed, as: type) { return value }
      throw error(
        .invalidDatetime, "invalid input syntax for type \(type.sqlName): '\(text)'", at: location,
        hint: temporalHint(type))
    case .array(let element):
      return try arrayLiteral(trimmed, of: element, at: location)
    case .hyperLogLog, .digest: break
    }
    throw error(
      .invalidText, "invalid input syntax for type \(type.sqlName): '\(text)'", at: location)
  }

  /// `{a,b,"c d"}`, one level deep.
  private func arrayLiteral(
    _ text: String, of element: DataType, at location: Int
  ) throws(QueryError) -> Value {
    guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count >= 2 else {
      throw error(
        .invalidText, "malformed array literal: '\(text)'", at: location,
        hint: "write the elements in braces: '{a,b}'")
    }
    var values: [Value] = []
    let inner = text.dropFirst().dropLast()
    if inner.allSatisfy({ $0 == " " }) { return .array([]) }
    for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
      var item = String(part).trimmingSpaces
      if item.lowercased() == "null" {
        values.append(.null)
        continue
      }
      if item.utf8.count >= 2, item.hasPrefix("\""), item.hasSuffix("\"") {
        item = String(item.dropFirst().dropLast())
      }
      values.append(try literal(item, as: element, at: location))
    }
    return .array(values)
  }

  /// The literal in another type where that cannot fail or lose a zone; `nil`: at run time.
  func castLiteral(_ value: Value, to type: DataType) -> Value? {
    switch (value, type) {
    case (.integer(let number), .double): .double(Double(number))
    case (.date(let days), .timestamp):
      days.multipliedReportingOverflow(by: 86_400_000).overflow
        ? nil : .timestamp(days * 86_400_000)
    case (.integer(let number), .text): .text(String(number))
    case (.boolean(let value), .text): .text(value ? "true" : "false")
    case (.boolean(let value), .integer): .integer(value ? 1 : 0)
    case (.integer(let number), .boolean): .boolean(number != 0)
    case (.text(let text), .json): .json(text)
    case (.json(let text), .text): .text(text)
    case (.double(let number), .integer):
      Int64(exactly: number.rounded(.toNearestOrEven)).map(Value.integer)
    default: nil
    }
  }

  private func doubleValue(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": return .nan
    case "infinity", "inf", "+infinity", "+inf": return .infinity
    case "-infinity", "-inf": return -.infinity
    default:
      // Swift also reads hexadecimal numbers and `nan(...)`, which SQL does not know.
      guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
        let value = Double(text), value.isFinite
      else { return nil }
      return value
    }
  }

  private func temporalHint(_ type: DataType) -> String {
    switch type {
    case .date: "write it as '2024-05-31'"
    case .interval: "write it as '7 days', '1 month' or '02:30:00'"
    case .timestampWithTimeZone: "write it as '2024-05-31 18:30:00+02'"
    default: "write it as '2024-05-31 18:30:00'"
    }
  }
}

private let booleanWords: [String: Bool] = [
  "true": true, "t": true, "yes": true, "y": true, "on": true, "1": true,
  "false": false, "f": false, "no": false, "n": false, "off": false, "0": false,
]

extension String {
  /// Without the ASCII white space that PostgreSQL ignores around literals.
  var trimmingSpaces: String {
    let isSpace: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
    guard let start = utf8.firstIndex(where: { !isSpace($0) }),
      let end = utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[start...end])
  }
}
