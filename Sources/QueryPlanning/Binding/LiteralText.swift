import ColumnStore
import QueryLanguage

extension Environment {
  /// Gives an open literal its type; text that is no value of the type is an error right here.
  func settled(_ bound: BoundExpression, as type: DataType) throws(QueryError) -> Expression {
    guard case .literal(let value, _) = bound.expression else { return bound.expression }
    switch value {
    case .text(let text) where type == .json:
      // What is JSON, execution knows.
      return folded(.cast(.literal(.text(text), .text), to: .json, location: bound.location))
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
    switch type {
    case .text, .null: return .text(text)
    case .json: return .json(text)
    case .boolean:
      if let value = withBytes(of: text, NumberText.boolean) { return .boolean(value) }
    case .integer, .double:
      return try number(text, as: type, at: location)
    case .date, .timestamp, .timestampWithTimeZone, .interval:
      return try dateOrTime(text, as: type, at: location)
    case .array(let element):
      return try arrayLiteral(text.trimmingSpaces, of: element, at: location)
    case .hyperLogLog, .digest:
      if let state = withBytes(of: text, { SketchText.state($0, type: type) }) { return state }
    }
    throw error(
      .invalidText, "invalid input syntax for type \(type.sqlName): '\(text)'", at: location)
  }

  /// `{a,b,"c d"}`, one level deep.
  private func arrayLiteral(
    _ text: String, of element: DataType, at location: Int
  ) throws(QueryError) -> Value {
    guard let items = Array(text.utf8).withUnsafeBufferPointer(ArrayText.elements) else {
      throw error(
        .invalidText, "malformed array literal: '\(text)'", at: location,
        hint: "write the elements in braces: '{a,b}'")
    }
    var values: [Value] = []
    for item in items {
      if let item {
        values.append(try literal(item, as: element, at: location))
      } else {
        values.append(.null)
      }
    }
    return .array(values)
  }

  private func number(
    _ text: String, as type: DataType, at location: Int
  ) throws(QueryError) -> Value {
    do throws(NumberText.Failure) {
      let bytes = Array(text.utf8)
      return try bytes.withUnsafeBufferPointer { (bytes) throws(NumberText.Failure) in
        type == .integer
          ? .integer(try NumberText.integer(bytes)) : .double(try NumberText.double(bytes))
      }
    } catch {
      switch error {
      case .outOfRange:
        throw self.error(
          .numericOutOfRange, "value '\(text)' is out of range for type \(type.sqlName)",
          at: location)
      case .notUnderstood:
        throw self.error(
          .invalidText, "invalid input syntax for type \(type.sqlName): '\(text)'", at: location)
      }
    }
  }

  private func dateOrTime(
    _ text: String, as type: DataType, at location: Int
  ) throws(QueryError) -> Value {
    let zone = sessionZone
    do throws(DateTimeFailure) {
      let bytes = Array(text.utf8)
      return try bytes.withUnsafeBufferPointer { (bytes) throws(DateTimeFailure) in
        switch type {
        case .date: .date(try DateTimeText.date(bytes))
        case .timestamp: .timestamp(try DateTimeText.timestamp(bytes))
        case .interval: .interval(try IntervalText.parse(bytes))
        default:
          .timestampWithTimeZone(try DateTimeText.timestampWithTimeZone(bytes, zone: zone))
        }
      }
    } catch {
      switch error.reason {
      case .notUnderstood:
        throw self.error(
          .invalidDatetime, "invalid input syntax for type \(type.sqlName): '\(text)'",
          at: location, hint: "write \(error.expected)")
      case .outOfRange:
        throw self.error(
          .datetimeOverflow, "\(type.sqlName) out of range: '\(text)'", at: location,
          hint: "write \(error.expected)")
      case .unknownZone(let name):
        throw self.error(
          .invalidParameter, "time zone '\(name)' is not known", at: location)
      }
    }
  }

  private func withBytes<Result>(
    of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    Array(text.utf8).withUnsafeBufferPointer(body)
  }

  var sessionZone: TimeZoneRules { TimeZoneRules.named(context.timeZone) ?? .utc }
}

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
