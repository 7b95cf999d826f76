import ColumnStore
import QueryLanguage

/// A column that a query puts out, or a hidden one that it only sorts by.
struct Output {
  var name: String
  var expression: Expression
  var location: Int
  /// Where the input columns in it were written.
  var columnUses: [Int: (location: Int, name: String)]
}

/// The select list with stars expanded, followed by hidden columns for ORDER BY.
struct OutputList {
  private(set) var all: [Output] = []
  private(set) var visibleCount = 0

  init(_ items: [SelectItem], _ binder: inout ExpressionBinder) throws(QueryError) {
    for item in items {
      // Looked at before each item: a star adds many.
      guard all.count <= SizeLimits.columnCount else { break }
      if case .star(let qualifier) = item.expression.kind {
        try addStar(qualifier, at: item.expression.location, binder)
      } else {
        try add(item.expression, named: item.alias?.name ?? item.expression.outputName, &binder)
      }
    }
    guard all.count <= SizeLimits.columnCount else {
      throw binder.environment.error(
        .tooManyColumns, "a query gives at most \(SizeLimits.columnCount) columns",
        at: all[SizeLimits.columnCount].location)
    }
    visibleCount = all.count
  }

  private mutating func add(
    _ syntax: ExpressionSyntax, named name: String, _ binder: inout ExpressionBinder
  ) throws(QueryError) {
    binder.forgetColumnUses()
    let bound = try binder.bindSettled(syntax)
    all.append(
      Output(
        name: name, expression: bound.expression, location: bound.location,
        columnUses: binder.columnUses))
  }

  private mutating func addStar(
    _ qualifier: String?, at location: Int, _ binder: ExpressionBinder
  ) throws(QueryError) {
    let environment = binder.environment
    let relations = binder.scope.relations.filter { qualifier == nil || $0.name == qualifier }
    if relations.isEmpty {
      guard let qualifier else {
        throw environment.error(
          .syntaxError, "SELECT * with no tables specified is not valid", at: location)
      }
      throw environment.error(
        .undefinedTable, "unknown table '\(qualifier)' in FROM", at: location,
        hint: environment.suggestion(
          for: qualifier, among: binder.scope.relations.compactMap(\.name)))
    }
    for column in relations.flatMap(\.columns) where qualifier != nil || !column.isMerged {
      all.append(
        Output(
          name: column.name, expression: .column(column.index, column.type), location: location,
          columnUses: [column.index: (location, column.name)]))
    }
  }

  /// The output of that name, for GROUP BY and ORDER BY.
  func output(
    named name: String, at location: Int, _ environment: Environment
  ) throws(QueryError) -> Output? {
    let matches = all.prefix(visibleCount).filter { $0.name == name }
    let meanings = Set(matches.map(\.expression.withoutLocations))
    if meanings.count > 1 {
      throw environment.error(
        .ambiguousColumn, "column reference '\(name)' is ambiguous", at: location)
    }
    return matches.first
  }

  /// The columns that ORDER BY sorts by: of the select list where it names one or repeats an
  /// expression, else hidden ones.
  mutating func addSortColumns(
    _ items: [OrderItemSyntax], isDistinct: Bool, _ binder: inout ExpressionBinder
  ) throws(QueryError) -> [Int] {
    var columns: [Int] = []
    for item in items {
      let column = try sortColumn(item.expression, isDistinct: isDistinct, &binder)
      try binder.environment.requireComparable(
        BoundExpression(all[column].expression, at: item.expression.location), for: "ORDER BY")
      columns.append(column)
    }
    return columns
  }

  /// The columns of DISTINCT ON, found as those of ORDER BY are.
  mutating func addDistinctColumns(
    _ items: [ExpressionSyntax], _ binder: inout ExpressionBinder
  ) throws(QueryError) -> [Int] {
    var columns: [Int] = []
    for item in items {
      let column = try sortColumn(
        item, isDistinct: false, clause: "DISTINCT ON", &binder)
      try binder.environment.requireComparable(
        BoundExpression(all[column].expression, at: item.location), for: "DISTINCT ON")
      columns.append(column)
    }
    return columns
  }

  private mutating func sortColumn(
    _ syntax: ExpressionSyntax, isDistinct: Bool, clause: String = "ORDER BY",
    _ binder: inout ExpressionBinder
  ) throws(QueryError) -> Int {
    let environment = binder.environment
    if let position = try environment.ordinal(syntax, count: visibleCount, clause: clause) {
      return position
    }
    if case .column(let path) = syntax.kind, path.count == 1,
      try output(named: path[0], at: syntax.location, environment) != nil,
      let index = all.prefix(visibleCount).firstIndex(where: { $0.name == path[0] })
    {
      return index
    }
    try add(syntax, named: "", &binder)
    guard let added = all.last else { return 0 }
    let meaning = added.expression.withoutLocations
    if let same = all.dropLast().firstIndex(where: { $0.expression.withoutLocations == meaning }) {
      all.removeLast()
      return same
    }
    if isDistinct {
      throw environment.error(
        .invalidColumnReference,
        "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
        at: syntax.location)
    }
    return all.count - 1
  }

  mutating func mapExpressions<Failure: Error>(
    _ transform: (Output) throws(Failure) -> Expression
  ) throws(Failure) {
    for index in all.indices { all[index].expression = try transform(all[index]) }
  }
}

extension ExpressionSyntax {
  /// The column name that PostgreSQL gives an expression without alias.
  var outputName: String {
    switch kind {
    case .column(let path): return path.last ?? "?column?"
    case .function(let call): return call.name
    case .cast(let operand, let type):
      let inner = operand.outputName
      return inner == "?column?" ? type.name : inner
    case .caseWhen(_, _, let otherwise):
      let inner = otherwise?.outputName ?? "?column?"
      return inner == "?column?" ? "case" : inner
    case .coalesce: return "coalesce"
    case .nullIf: return "nullif"
    case .greatest: return "greatest"
    case .least: return "least"
    case .extract: return "extract"
    case .atTimeZone: return "timezone"
    case .array: return "array"
    case .exists: return "exists"
    case .subquery(let query):
      guard case .select(let core) = query.body, let item = core.items.first else {
        return "?column?"
      }
      return item.alias?.name ?? item.expression.outputName
    case .subscripted(let array, _), .sliced(let array, _, _): return array.outputName
    case .arraySubquery: return "array"
    default: return "?column?"
    }
  }
}
