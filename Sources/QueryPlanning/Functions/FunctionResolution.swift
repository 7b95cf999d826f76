import ColumnStore
import QueryLanguage

/// Finds the signature that fits the arguments and brings the arguments to its types.
extension Environment {
  func scalarCall(
    _ name: String, _ arguments: [BoundExpression], shownAs shownName: String? = nil,
    at location: Int
  ) throws(QueryError) -> BoundExpression {
    guard let signatures = FunctionTable.byName[name] else {
      throw unknownFunction(name, arguments, at: location)
    }
    var best: (definition: FunctionDefinition, cost: Int)?
    for definition in signatures {
      guard let cost = cost(of: arguments, for: definition) else { continue }
      if let best, best.cost <= cost { continue }
      best = (definition, cost)
    }
    guard let definition = best?.definition else {
      let types = arguments.map(\.type.sqlName).joined(separator: ", ")
      throw error(
        .undefinedFunction, "function \(shownName ?? name)(\(types)) does not exist", at: location,
        hint: "there is " + signatures.map(\.signature).joined(separator: ", "))
    }
    return try apply(definition, to: arguments, at: location)
  }

  private func unknownFunction(
    _ name: String, _ arguments: [BoundExpression], at location: Int
  ) -> QueryError {
    let types = arguments.map(\.type.sqlName).joined(separator: ", ")
    let names =
      FunctionTable.all.flatMap(\.names) + AggregateTable.names + WindowTable.all.map(\.name)
      + ["now", "pi"]
    return error(
      .undefinedFunction, "function \(name)(\(types)) does not exist", at: location,
      hint: ForeignFunction.hint(for: name) ?? suggestion(for: name, among: names))
  }

  private func parameters(of definition: FunctionDefinition, count: Int) -> [ParameterType]? {
    let listed = definition.parameters
    if listed.count == count { return listed }
    guard definition.isVariadic, let repeated = listed.last, count >= listed.count - 1, count > 0
    else { return nil }
    return (0..<count).map { $0 < listed.count ? listed[$0] : repeated }
  }

  /// How far the arguments are from the parameters; `nil`: they do not fit.
  private func cost(of arguments: [BoundExpression], for definition: FunctionDefinition) -> Int? {
    guard let parameters = parameters(of: definition, count: arguments.count) else { return nil }
    var total = 0
    for (argument, parameter) in zip(arguments, parameters) {
      guard let cost = cost(of: argument, for: parameter) else { return nil }
      total += cost
    }
    return total
  }

  private func cost(of argument: BoundExpression, for parameter: ParameterType) -> Int? {
    let type = argument.type
    switch parameter {
    case .type(let wanted):
      if type == wanted { return 0 }
      // An open literal goes best with text, then with what comes first in the table.
      if argument.isUnknown { return wanted == .text ? 1 : wanted.isTime ? 2 : 3 }
      guard Self.mayConvert(type, to: wanted, .implicit) else { return nil }
      return wanted == .timestampWithTimeZone ? 2 : 1
    case .number: return type.isNumber ? 0 : argument.isUnknown ? 3 : nil
    case .anyArray:
      if argument.isUnknown { return 3 }
      guard case .array = type else { return nil }
      return 0
    case .anyElement: return 0
    case .anyAsText: return type == .hyperLogLog || type == .digest ? nil : type == .text ? 0 : 1
    case .dateUnit, .dateField: return argument.isUnknown || type == .text ? 0 : nil
    case .timeZone: return argument.isUnknown || type == .text ? 0 : nil
    }
  }

  private func apply(
    _ definition: FunctionDefinition, to arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> BoundExpression {
    let parameters = parameters(of: definition, count: arguments.count) ?? []
    let numbers = zip(arguments, parameters).filter { $0.1 == .number }.map(\.0)
    let common = commonType(of: numbers) ?? .double
    let number: DataType = common == .integer ? .integer : .double
    var converted: [Expression] = []
    let element = try elementType(of: arguments, parameters, definition, at: location)
    for (argument, parameter) in zip(arguments, parameters) {
      switch parameter {
      case .anyArray: converted.append(try cast(argument, to: .array(element), .implicit))
      case .anyElement: converted.append(try cast(argument, to: element, .implicit))
      default: converted.append(try convert(argument, to: parameter, number: number))
      }
    }
    if definition.function == .pseudonym { notes.namesPseudonyms = true }
    if definition.takesSessionZone { converted.append(zoneLiteral) }
    let type: DataType =
      switch definition.result {
      case .type(let type): type
      case .number: number
      case .anyArray: .array(element)
      case .anyElement: element
      }
    return BoundExpression(
      call(definition.function, converted, type, at: location), at: location)
  }

  /// The type that the elements of all arrays, and what goes with them, can take.
  private func elementType(
    of arguments: [BoundExpression], _ parameters: [ParameterType],
    _ definition: FunctionDefinition, at location: Int
  ) throws(QueryError) -> DataType {
    var elements: [BoundExpression] = []
    for (argument, parameter) in zip(arguments, parameters) {
      switch (parameter, argument.type) {
      case (.anyArray, .array(let type)):
        elements.append(BoundExpression(.column(0, type), at: argument.location))
      case (.anyElement, _): elements.append(argument)
      default: break
      }
    }
    guard let type = commonType(of: elements) else {
      let types = arguments.map(\.type.sqlName).joined(separator: ", ")
      throw error(
        .undefinedFunction, "function \(definition.name)(\(types)) does not exist", at: location,
        hint: "the elements must be of one type: there is \(definition.signature)")
    }
    return type
  }

  private func convert(
    _ argument: BoundExpression, to parameter: ParameterType, number: DataType
  ) throws(QueryError) -> Expression {
    switch parameter {
    case .type(let type): try cast(argument, to: type, .implicit)
    case .number: try cast(argument, to: number, .implicit)
    case .anyArray, .anyElement: argument.expression
    case .anyAsText: try cast(argument, to: .text)
    case .dateUnit:
      try keyword(argument, DateUnits.truncation, names: DateUnits.truncations, of: "date_trunc")
    case .dateField:
      try keyword(argument, DateUnits.field, names: DateUnits.fields, of: "date_part")
    case .timeZone: try timeZone(argument)
    }
  }

  /// A quoted word that must be known when the query is planned.
  private func keyword(
    _ argument: BoundExpression, _ lookUp: (String) -> String?, names: [String],
    of function: String
  ) throws(QueryError) -> Expression {
    guard case .literal(.text(let word), _) = argument.expression else {
      throw error(
        .invalidParameter, "the unit of \(function) must be a quoted word", at: argument.location,
        hint: "write it as \(function)('day', ...)")
    }
    guard let unit = lookUp(word.trimmingSpaces) else {
      throw error(
        .invalidParameter, "unit '\(word)' is not known to \(function)", at: argument.location,
        hint: "units: \(names.joined(separator: ", "))")
    }
    return .literal(.text(unit), .text)
  }

  private func timeZone(_ argument: BoundExpression) throws(QueryError) -> Expression {
    let zone = try cast(argument, to: .text, .implicit)
    if case .literal(.text(let name), _) = zone {
      return .literal(.text(try validZone(name, at: argument.location)), .text)
    }
    return zone
  }

  /// `x AT TIME ZONE zone`: a date counts as its midnight.
  func atTimeZone(
    _ operand: BoundExpression, zone: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    if operand.type == .text || operand.type == .interval {
      throw error(
        .undefinedFunction, "AT TIME ZONE needs a timestamp, not \(operand.type.sqlName)",
        at: operand.location)
    }
    return try scalarCall("timezone", [zone, operand], shownAs: "timezone", at: location).expression
  }

  func validZone(_ name: String, at location: Int) throws(QueryError) -> String {
    if let zone = TimeZoneRules.named(name) { return zone.name }
    let similar = TimeZoneRules.names(like: name).map { "'\($0)'" }
    throw error(
      .invalidParameter, "time zone '\(name)' is not known", at: location,
      hint: similar.isEmpty
        ? "use a name such as 'UTC', 'Europe/Berlin' or 'America/New_York'"
        : "did you mean \(similar.joined(separator: " or "))?")
  }
}
