public import ColumnStore
public import QueryLanguage

/// Turns a syntax tree into a typed plan: names are looked up, types are made to agree, and rules
/// make the plan cheap to run.
public struct Planner: Sendable {
  let catalog: Catalog
  let context: PlanningContext

  public init(catalog: Catalog, context: PlanningContext) {
    self.catalog = catalog
    self.context = context
  }

  /// What the statement asks for. `text` is what it was parsed from: errors name places in it.
  public func plan(_ statement: Statement, text: String) throws(QueryError) -> PlannedStatement {
    try plan(statement, text: text, appliesRules: true)
  }

  /// Without rules a query's plan says what was asked for, operator by operator, however slow: what
  /// the rules are tested against.
  package func plan(
    _ statement: Statement, text: String, appliesRules: Bool
  ) throws(QueryError) -> PlannedStatement {
    var environment = Environment(catalog: catalog, context: context, text: text)
    environment.depth = statement.depth
    if !context.parameters.isEmpty { try environment.requireUse(ofParametersIn: statement) }
    if !appliesRules, case .select(let query) = statement.kind {
      let bound = try QueryBinder(environment: environment).bind(query)
      var redaction = Redaction(environment: environment)
      return .query(
        PlannedQuery(plan: try redaction.redact(bound.plan).plan, columnNames: bound.columnNames))
    }
    if statement.changesTables { try environment.requireWriting(at: statement.range.lowerBound) }
    switch statement.kind {
    case .select(let query): return .query(try environment.plan(query))
    case .explain(let inner, let analyze):
      return try explain(inner, text: text, analyze: analyze, environment)
    case .createTable(let definition): return try environment.createTable(definition)
    case .createDomain(let name, let type):
      return try environment.createDomain(name, type)
    case .createView(let view): return try environment.createView(view)
    case .createMaterializedView(let view): return try environment.createMaterializedView(view)
    case .alterTable(let change): return try environment.alterTable(change)
    case .label(let label): return try environment.label(label)
    case .dropTable(let names, let ifExists, let cascades):
      return try environment.dropTables(names, ifExists: ifExists, cascades: cascades)
    case .dropView(let names, let ifExists, let cascades):
      return try environment.dropViews(names, ifExists: ifExists, cascades: cascades)
    case .dropMaterializedView(let names, let ifExists, let cascades):
      return try environment.dropMaterializedViews(names, ifExists: ifExists, cascades: cascades)
    case .insert(let insert): return try environment.insert(insert)
    case .update(let update): return try environment.update(update)
    case .delete(let delete): return try environment.delete(delete)
    case .truncate(let names): return try environment.truncate(names)
    case .checkpoint: return .checkpoint
    case .copy(let copy): return try environment.copy(copy)
    case .prepare(let name, let types, let inner):
      return try environment.prepare(name, types, inner)
    case .execute(let name, let values): return try environment.execute(name, values)
    case .deallocate(let name): return .deallocate(name)
    case .show(let name): return try environment.show(name)
    case .set(let name, let values): return try environment.set(name, to: values)
    case .describe(let table): return try environment.describe(table)
    }
  }

  private func explain(
    _ statement: Statement, text: String, analyze: Bool, _ environment: Environment
  ) throws(QueryError) -> PlannedStatement {
    let planned: PlannedStatement
    switch statement.kind {
    case .select(let query):
      return .explain(try environment.plan(query), analyze: analyze, change: nil)
    case .insert(let insert): planned = try environment.insert(insert)
    case .update(let update): planned = try environment.update(update)
    case .delete(let delete): planned = try environment.delete(delete)
    default:
      throw environment.unsupported(
        "EXPLAIN of anything but a query or a change of rows is", at: statement.range.lowerBound,
        hint: "explain the query inside of it")
    }
    guard !analyze else {
      throw environment.unsupported(
        "EXPLAIN ANALYZE of a statement that changes rows is", at: statement.range.lowerBound,
        hint: "leave ANALYZE out: EXPLAIN alone changes nothing")
    }
    switch planned {
    case .insert(let table, let query):
      return .explain(query, analyze: false, change: "Insert into \(table.name)")
    case .changeRows(let change):
      return .explain(change.query, analyze: false, change: change.summary)
    default:
      throw environment.unsupported(
        "EXPLAIN of this statement is", at: statement.range.lowerBound,
        hint: "explain the query inside of it")
    }
  }
}

extension Environment {
  func plan(_ query: SelectSyntax) throws(QueryError) -> PlannedQuery {
    let bound = try QueryBinder(environment: self).bind(query)
    var planned = try planned(bound.plan, bound.columnNames)
    if !notes.dependsOnMore, !notes.namesPseudonyms { planned.sources = notes.tables }
    return planned
  }

  /// The rules, in the order in which each finds most to do.
  func optimized(_ plan: Plan) throws(QueryError) -> Plan {
    let folding = ConstantFolding(context)
    let budget = RewriteBudget(check: context.check)
    let rules: [(Plan) -> Plan] = [
      { SharedInlining($0).inline($0) }, folding.fold,
      FilterPushing(folding: folding, budget: budget).push,
      ProjectionMerging().merge, ColumnPruning().prune, ProjectionMerging().merge,
      SortLimiting().limit,
    ]
    var plan = plan
    for rule in rules {
      try context.check?()
      plan = rule(plan)
      try plan.requireBoundedSize()
    }
    try context.check?()
    return plan
  }

  /// One node, whose operands are folded already.
  func folded(_ expression: Expression) -> Expression {
    ConstantFolding(context).foldNode(expression)
  }
}

extension Expression {
  func folded(in environment: Environment) -> Expression {
    ConstantFolding(environment.context).fold(self)
  }
}
