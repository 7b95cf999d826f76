import ColumnStore
import QueryLanguage

/// Turns the expressions of one query block into typed ones.
///
/// Aggregates are gathered on the way: each becomes a column beyond `firstAggregate`, which the
/// grouping step replaces by its place in the aggregation's output row. So are sub-queries: their
/// columns are those beyond `firstSubquery` until they are joined. Columns of the query around
/// this one are beyond `firstOuter`.
struct ExpressionBinder {
  /// Columns from here on stand for gathered aggregates. No row is this wide.
  static let firstAggregate = 1 << 40
  /// Columns from here on stand for window functions, which take effect after grouping.
  static let firstWindow = 1 << 41
  /// Columns from here on stand for the values of set-returning functions, which come after windows.
  static let firstExpansion = firstWindow + firstAggregate
  static let windowColumns = firstWindow..<firstExpansion
  static let expansionColumns = firstExpansion..<firstSubquery
  /// Columns from here on stand for those of sub-queries, and for those of queries around this one.
  static let firstSubquery = 1 << 42
  static let firstOuter = 1 << 43

  /// Where an expression stands, as far as it decides about aggregates.
  enum Place {
    case aggregatesAllowed
    /// The name of a clause in which there can be no aggregate.
    case clause(String)
    case insideAggregate
  }

  let environment: Environment
  let scope: Scope
  var place = Place.aggregatesAllowed
  /// Different aggregates only: equal ones are evaluated once.
  private(set) var aggregates: [Aggregate] = []
  private var aggregateIndices: [Aggregate: Int] = [:]
  /// HAVING takes aggregates but no window functions.
  var allowsWindows = true
  var isInsideWindow = false
  /// `WINDOW w AS (...)`.
  var namedWindows: [String: WindowSyntax] = [:]
  /// Different ones only, each with where the input columns in it were written.
  private(set) var windows:
    [(function: WindowFunction, uses: [Int: (location: Int, name: String)])] = []
  private var windowIndices: [WindowFunction: Int] = [:]
  /// Set-returning functions of the select list, each with where its input columns were written.
  private(set) var expansions:
    [(source: Expansion.Source, uses: [Int: (location: Int, name: String)])] = []
  private var expansionIndices: [[Expression]: Int] = [:]
  var isInsideExpansion = false
  /// Where a column was first named outside of aggregates, since the last `forgetColumnUses`.
  private(set) var columnUses: [Int: (location: Int, name: String)] = [:]
  /// Binds sub-queries; `nil` where there can be none.
  var subqueryBinder: QueryBinder?
  /// What the query's own names do not find: the queries around it, the nearest first.
  var outerScopes: [Scope] = []
  /// Joins that bring the columns of sub-queries, in the order in which they are needed.
  var subqueries: [SubqueryJoin] = []
  var nextSubqueryColumn = Self.firstSubquery

  init(environment: Environment, scope: Scope) {
    self.environment = environment
    self.scope = scope
  }

  /// Whether it stands in WHERE, ON or the like.
  var isInClause: Bool { if case .clause = place { true } else { false } }

  mutating func forgetColumnUses() { columnUses = [:] }

  mutating func noteUse(of column: ScopeColumn, at location: Int) {
    if case .insideAggregate = place { return }
    if columnUses[column.index] == nil { columnUses[column.index] = (location, column.name) }
  }

  mutating func addAggregate(_ aggregate: Aggregate) -> Expression {
    let identity = aggregate.withoutLocations
    let index = aggregateIndices[identity] ?? aggregates.count
    if index == aggregates.count {
      aggregates.append(aggregate)
      aggregateIndices[identity] = index
    }
    return .column(Self.firstAggregate + index, aggregate.type)
  }

  mutating func addWindowFunction(_ function: WindowFunction) -> Expression {
    let identity = function.withoutLocations
    let index = windowIndices[identity] ?? windows.count
    if index == windows.count {
      windows.append((function, columnUses))
      windowIndices[identity] = index
    }
    return .column(Self.firstWindow + index, function.type)
  }

  mutating func addExpansion(_ source: Expansion.Source) -> Expression {
    let identity = source.expressions.map(\.withoutLocations)
    let index = expansionIndices[identity] ?? expansions.count
    if index == expansions.count {
      expansions.append((source, columnUses))
      expansionIndices[identity] = index
    }
    return .column(Self.firstExpansion + index, source.type)
  }

  /// Binds to an expression that must be a truth value.
  mutating func bindCondition(
    _ syntax: ExpressionSyntax, of clause: String
  ) throws(QueryError) -> Expression {
    let bound = try bind(syntax)
    if let condition = try environment.converted(bound, to: .boolean, .implicit) {
      return condition
    }
    throw environment.error(
      .typeMismatch, "argument of \(clause) must be type boolean, not type \(bound.type.sqlName)",
      at: syntax.location)
  }

  /// Binds to an expression with a type of its own.
  mutating func bindSettled(_ syntax: ExpressionSyntax) throws(QueryError) -> BoundExpression {
    let bound = try bind(syntax)
    return BoundExpression(try environment.settled(bound), at: bound.location)
  }

  mutating func bind(_ syntax: [ExpressionSyntax]) throws(QueryError) -> [BoundExpression] {
    var bound: [BoundExpression] = []
    bound.reserveCapacity(syntax.count)
    for expression in syntax { bound.append(try bind(expression)) }
    return bound
  }

  /// The one switch over all that can be written. The work is done elsewhere, so that a deeply
  /// nested expression takes little stack.
  mutating func bind(_ syntax: ExpressionSyntax) throws(QueryError) -> BoundExpression {
    try environment.context.check?()
    let location = syntax.location
    switch syntax.kind {
    case .null: return BoundExpression(.literal(.null, .null), at: location)
    case .boolean(let value):
      return BoundExpression(.literal(.boolean(value), .boolean), at: location)
    case .integer(let value):
      return BoundExpression(.literal(.integer(value), .integer), at: location)
    case .decimal(let digits): return try bindNumber(digits, at: location)
    case .string(let text): return BoundExpression(.literal(.text(text), .null), at: location)
    case .column(let path): return try bindColumn(path, at: location)
    case .unary(let name, let operand): return try bindUnary(name, operand, at: location)
    case .binary(let name, let left, let right):
      return try bindBinary(name, left, right, at: location)
    case .and(let operands): return try bindConnective(operands, "AND", at: location)
    case .or(let operands): return try bindConnective(operands, "OR", at: location)
    case .not(let operand):
      return BoundExpression(.not(try bindCondition(operand, of: "NOT")), at: location)
    case .isNull(let operand, let negated):
      return try bindNullTest(operand, negated: negated, at: location)
    case .isBoolean(let operand, let value, let negated):
      return try bindBooleanTest(operand, value, negated: negated, at: location)
    case .isDistinct(let left, let right, let negated):
      return try bindDistinct(left, right, negated: negated, at: location)
    case .between(let operand, let low, let high, let negated, let symmetric):
      return try bindBetween(
        operand, low, high, negated: negated, symmetric: symmetric, at: location)
    case .inList(let operand, let list, let negated):
      return try bindInList(operand, list, negated: negated, at: location)
    case .quantified(let name, let operand, let array, let isAll):
      return try bindQuantified(name, operand, array, isAll: isAll, at: location)
    case .like(let operand, let pattern, let escape, let ignoresCase, let negated):
      return try bindLike(
        operand, pattern, escape: escape, ignoresCase: ignoresCase, negated: negated, at: location)
    case .caseWhen(let operand, let branches, let otherwise):
      return try bindCase(operand, branches, otherwise, at: location)
    case .coalesce(let operands): return try bindCoalesce(operands, at: location)
    case .nullIf(let left, let right): return try bindNullIf(left, right, at: location)
    case .greatest(let operands): return try bindExtreme(.greatest, operands, at: location)
    case .least(let operands): return try bindExtreme(.least, operands, at: location)
    case .cast(let operand, let type): return try bindCast(operand, type, at: location)
    case .atTimeZone(let operand, let zone): return try bindAtTimeZone(operand, zone, at: location)
    case .extract(let field, let operand): return try bindExtract(field, operand, at: location)
    case .array(let elements): return try bindArray(elements, at: location)
    case .subscripted(let array, let index): return try bindSubscript(array, index, at: location)
    case .sliced(let array, let lower, let upper):
      return try bindSlice(array, lower, upper, at: location)
    case .function(let call): return try bindFunction(call, at: location)
    case .subquery(let query): return try bindScalarSubquery(query, at: location)
    case .exists(let query): return try bindExists(query, at: location)
    case .inSubquery(let operand, let query, let negated):
      return try bindMembership(operand, query, negated: negated, at: location)
    case .quantifiedSubquery(let name, let operand, let query, let isAll):
      return try bindQuantified(name, operand, query, isAll: isAll, at: location)
    case .arraySubquery(let query): return try bindArraySubquery(query, at: location)
    case .parameter(let number):
      return BoundExpression(try environment.parameter(number, at: location), at: location)
    case .star:
      throw refusal(of: syntax)
    }
  }

  private func refusal(of syntax: ExpressionSyntax) -> QueryError {
    switch syntax.kind {
    case .star:
      environment.error(
        .syntaxError, "'*' is not an expression: it stands alone in SELECT and in count(*)",
        at: syntax.location)
    default:
      environment.unsupported(
        "this expression is", at: syntax.location,
        hint: "Documentation/sql.md lists what expressions are made of")
    }
  }
}
