public import ColumnStore
public import QueryLanguage

/// The value of `$1`, `$2`, ...
///
/// A text without a type is open, as a quoted literal is: it becomes what its place in the query
/// wants, a timestamp beside a timestamp. Every other value has the type that it is of.
public struct QueryParameter: Sendable {
  public var value: Value
  /// `nil`: open.
  public var type: DataType?

  public init(_ value: Value) {
    self.value = value
    if case .text = value { type = nil } else { type = value.type }
  }

  /// A value that was brought to a declared type.
  public init(_ value: Value, type: DataType) {
    self.value = value
    self.type = type
  }
}

extension Value {
  /// `nil` for null; an array without a value that is not null is one of text.
  var type: DataType? {
    switch self {
    case .null: nil
    case .boolean: .boolean
    case .integer: .integer
    case .double: .double
    case .text: .text
    case .timestamp: .timestamp
    case .timestampWithTimeZone: .timestampWithTimeZone
    case .date: .date
    case .interval: .interval
    case .json: .json
    case .hyperLogLog: .hyperLogLog
    case .digest: .digest
    case .array(let elements): .array(elements.lazy.compactMap(\.type).first ?? .text)
    }
  }
}

/// A statement that EXECUTE runs with values of its own.
public struct PreparedStatement: Sendable {
  public var statement: Statement
  /// What it was parsed from.
  public var text: String
  /// Declared types of the first parameters; those of others follow from their places.
  public var types: [DataType]
  /// How many parameters it takes.
  public var parameterCount: Int
}

extension Environment {
  func parameter(_ number: Int, at location: Int) throws(QueryError) -> Expression {
    guard context.parameters.indices.contains(number - 1) else {
      let count = context.parameters.count
      throw error(
        .undefinedParameter, "there is no parameter $\(number)", at: location,
        hint: count == 0 ? "no values are given" : "values are given for $1 to $\(count)")
    }
    let parameter = context.parameters[number - 1]
    return .literal(parameter.value, parameter.type ?? .null)
  }

  /// Every value has a place in the statement.
  func requireUse(ofParametersIn statement: Statement) throws(QueryError) {
    let range = statement.range.clamped(to: 0..<text.utf8.count)
    let used = SQLParser.parameters(
      in: String(decoding: Array(text.utf8)[range], as: UTF8.self))
    let count = context.parameters.count
    let needed = used.max() ?? 0
    guard count <= needed else {
      throw error(
        .parameterCount,
        "\(count) parameter\(count == 1 ? " is" : "s are") given, but the statement takes \(needed)",
        at: statement.range.lowerBound)
    }
    if let unused = (1...count).first(where: { !used.contains($0) }) {
      throw error(
        .unusedParameter, "parameter $\(unused) does not stand in the statement",
        at: statement.range.lowerBound)
    }
  }

  func prepare(
    _ name: Identifier, _ types: [TypeNameSyntax], _ statement: Statement
  ) throws(QueryError) -> PlannedStatement {
    switch statement.kind {
    case .select, .insert, .explain: break
    default:
      throw unsupported(
        "PREPARE of anything but a query or INSERT is", at: statement.range.lowerBound,
        hint: "run it directly, with its values in place")
    }
    var known: [DataType] = []
    for type in types { known.append(try self.type(type)) }
    let range = statement.range.clamped(to: 0..<text.utf8.count)
    let used = SQLParser.parameters(
      in: String(decoding: Array(text.utf8)[range], as: UTF8.self))
    return .prepare(
      name,
      PreparedStatement(
        statement: statement, text: text, types: known,
        parameterCount: max(used.max() ?? 0, known.count)))
  }

  func execute(
    _ name: Identifier, _ values: [ExpressionSyntax]
  ) throws(QueryError) -> PlannedStatement {
    var binder = ExpressionBinder(environment: self, scope: Scope())
    binder.place = .clause("EXECUTE")
    var parameters: [QueryParameter] = []
    for syntax in values {
      let bound = try binder.bind(syntax)
      guard case .literal(let value, let type) = bound.expression.folded(in: self) else {
        throw error(.invalidParameter, "a value of EXECUTE must be a constant", at: syntax.location)
      }
      parameters.append(
        type == .null ? QueryParameter(value) : QueryParameter(value, type: type))
    }
    return .execute(name, parameters)
  }
}

extension Planner {
  /// The value as the declared type of its parameter, as EXECUTE assigns it.
  public func assigned(
    _ parameter: QueryParameter, to type: DataType
  ) throws(QueryError) -> QueryParameter {
    let environment = Environment(catalog: catalog, context: context, text: "")
    let bound = BoundExpression(.literal(parameter.value, parameter.type ?? .null), at: 0)
    let converted = try environment.cast(bound, to: type, .assignment).folded(in: environment)
    return QueryParameter(converted.literalValue ?? .null, type: type)
  }
}
