import ColumnStore
import QueryLanguage

/// Binds what FROM names: tables, sub-queries and joins of them.
extension QueryBinder {
  /// All entries of a FROM list as one cross product; `nil` without FROM.
  func bindFrom(_ references: [TableReference]) throws(QueryError) -> BoundRelation? {
    var all: BoundRelation?
    let location = references.first?.location ?? 0
    try requireBounded(operatorCount: references.count, at: location)
    for reference in references {
      try environment.context.check?()
      if case .function(let call, let alias, let hasOrdinality) = reference, let left = all {
        let (bound, isOverLeft) = try bindFunction(
          call, alias: alias, hasOrdinality: hasOrdinality, beside: left)
        if isOverLeft {
          all = bound
          continue
        }
      }
      let next = try bind(reference)
      guard let left = all else {
        all = next
        continue
      }
      try requireDistinctNames(left, next, at: reference.location)
      let both = joined(left, next, kind: .inner, residual: nil)
      try requireBounded(operatorCount: both.operatorCount, at: location)
      all = both
    }
    if let all { try requireBounded(operatorCount: all.operatorCount, at: location) }
    return all
  }

  private func requireBounded(operatorCount: Int, at location: Int) throws(QueryError) {
    guard operatorCount <= Self.operatorLimit else {
      throw environment.error(
        .tooComplex, "the query is too complex", at: location,
        hint: "WITH queries that use each other many times multiply")
    }
  }

  func bind(_ reference: TableReference) throws(QueryError) -> BoundRelation {
    switch reference {
    case .table(let schema, let name, let alias):
      return try bindTable(schema: schema, name, alias: alias)
    case .subquery(let query, let alias, let isLateral):
      if isLateral {
        throw environment.unsupported(
          "LATERAL is", at: query.location,
          hint: "number the rows with row_number() OVER (PARTITION BY ...), then join and filter")
      }
      let bound = try bind(query)
      return try relation(
        bound, named: alias?.name ?? Identifier("", offset: query.location), alias: alias)
    case .function(let call, let alias, let hasOrdinality):
      return try bindFunction(call, alias: alias, hasOrdinality: hasOrdinality, beside: nil)
        .relation
    case .join(let join):
      return try bindJoin(join)
    }
  }

  private func bindTable(
    schema: Identifier?, _ name: Identifier, alias: TableAlias?
  ) throws(QueryError) -> BoundRelation {
    if schema == nil, let common = commonTables[name.name] {
      return try relation(common, named: name, alias: alias)
    }
    if let schema, SystemTable.schemas.contains(schema.name) {
      environment.notes.dependsOnMore = true
      return try relation(try bindSystemTable(schema, name), named: name, alias: alias)
    }
    if let schema, schema.name != "public", schema.name != "main" {
      throw environment.error(
        .undefinedTable, "unknown schema '\(schema.name)'", at: schema.offset,
        hint: "there are public, system and information_schema")
    }
    if let view = environment.catalog.views[name.name] {
      environment.notes.dependsOnMore = true
      return try relation(try bindView(view, at: name), named: name, alias: alias)
    }
    environment.noteUse(of: name)
    guard let table = environment.catalog.tables[name.name] else {
      throw environment.unknownTable(name, others: commonTables.names)
    }
    environment.notes.tables.insert(name.name)
    if let rollUp = table.schema.rollUp {
      environment.notes.dependsOnMore = true
      return try relation(
        try bindMaterializedView(table.schema, rollUp, at: name), named: name, alias: alias)
    }
    let columns = table.schema.columns
    let scan = try environment.scan(of: table.schema, at: name)
    return try relation(
      BoundQuery(plan: .scan(scan), columnNames: columns.map(\.name), operatorCount: 1),
      named: name, alias: alias)
  }

  func relation(
    _ query: BoundQuery, named name: Identifier, alias: TableAlias?
  ) throws(QueryError) -> BoundRelation {
    let visible = alias?.name ?? name
    let names = try environment.renamed(
      query.columnNames, to: alias?.columnNames ?? [], of: visible)
    let columns = zip(names, query.plan.types).enumerated().map {
      ScopeColumn(name: $1.0, type: $1.1, index: $0)
    }
    return BoundRelation(
      plan: query.plan,
      relations: [
        ScopeRelation(name: visible.name.isEmpty ? nil : visible.name, columns: columns)
      ],
      operatorCount: query.operatorCount)
  }

  private func bindJoin(_ join: JoinSyntax) throws(QueryError) -> BoundRelation {
    let left = try bind(join.left)
    if let bound = try bindFunctionJoin(join, left) { return bound }
    let right = try bind(join.right)
    try requireDistinctNames(left, right, at: join.right.location)
    let join = natural(join, left, right)
    switch join.kind {
    case .inner, .cross: return try bindJoin(join, left, right, kind: .inner)
    case .left: return try bindJoin(join, left, right, kind: .left)
    case .right:
      let bound = leftJoin(swapping: try bindJoin(join, left, right, kind: .inner))
      return try coalesced(bound, join, left, right)
    case .full:
      return try coalesced(try bindJoin(join, left, right, kind: .full), join, left, right)
    }
  }

  private func bindJoin(
    _ join: JoinSyntax, _ left: BoundRelation, _ right: BoundRelation, kind: Join.Kind
  ) throws(QueryError) -> BoundRelation {
    switch join.condition {
    case .none, .natural: return joined(left, right, kind: kind, residual: nil)
    case .on(let syntax):
      var result = joined(left, right, kind: kind, residual: nil)
      var binder = ExpressionBinder(
        environment: environment, scope: Scope(relations: result.relations))
      binder.place = .clause("JOIN conditions")
      binder.outerScopes = outerScopes
      // Where no row is padded, a condition is as good above the join: sub-queries are joined there.
      if join.kind == .inner { binder.subqueryBinder = self }
      let condition = try binder.bindCondition(syntax, of: "JOIN/ON")
      if !binder.subqueries.isEmpty {
        let types = result.plan.types
        var places = SubqueryPlaces()
        let plan = try places.join(binder.subqueries, to: result.plan) {
          (expression, _) throws(QueryError) in expression
        }
        result.plan = .project(
          .filter(plan, [places.placed(condition)]),
          types.enumerated().map { .column($0.offset, $0.element) })
        result.operatorCount += 2 + binder.subqueries.reduce(0) { $0 + $1.operatorCount }
        return result
      }
      result.plan = .join(
        Join(kind: kind, left: left.plan, right: right.plan, keys: [], residual: condition))
      return result
    case .using(let columns):
      return try bindUsing(columns, left, right, kind: kind)
    }
  }

  /// `NATURAL JOIN` is USING with the names that both sides have.
  private func natural(_ join: JoinSyntax, _ left: BoundRelation, _ right: BoundRelation)
    -> JoinSyntax
  {
    guard case .natural = join.condition else { return join }
    func names(_ relation: BoundRelation) -> [String] {
      relation.relations.flatMap(\.columns).filter { !$0.isMerged }.map(\.name)
    }
    let others = Set(names(right))
    var seen: Set<String> = []
    let common = names(left).filter { others.contains($0) && seen.insert($0).inserted }
    var join = join
    join.condition =
      common.isEmpty ? .none : .using(common.map { Identifier($0, offset: join.location) })
    return join
  }

  private func joined(
    _ left: BoundRelation, _ right: BoundRelation, kind: Join.Kind, residual: Expression?
  ) -> BoundRelation {
    let width = left.plan.types.count
    return BoundRelation(
      plan: .join(
        Join(kind: kind, left: left.plan, right: right.plan, keys: [], residual: residual)),
      relations: left.relations + right.relations.map { $0.shifted(by: width) },
      operatorCount: left.operatorCount + right.operatorCount + 1)
  }

  /// `USING (a, b)`: equality of the columns, of which only the left ones are seen unqualified.
  private func bindUsing(
    _ columns: [Identifier], _ left: BoundRelation, _ right: BoundRelation, kind: Join.Kind
  ) throws(QueryError) -> BoundRelation {
    var result = joined(left, right, kind: kind, residual: nil)
    let width = left.plan.types.count
    var conditions: [Expression] = []
    for column in columns {
      let a = try usingColumn(column, in: Scope(relations: left.relations))
      let b = try usingColumn(column, in: Scope(relations: right.relations))
      conditions.append(
        try environment.compared(
          .equal, BoundExpression(.column(a.index, a.type), at: column.offset),
          BoundExpression(.column(b.index + width, b.type), at: column.offset),
          at: column.offset))
      for table in result.relations.indices {
        for position in result.relations[table].columns.indices
        where result.relations[table].columns[position].index == b.index + width {
          result.relations[table].columns[position].isMerged = true
        }
      }
    }
    result.plan = .join(
      Join(
        kind: kind, left: left.plan, right: right.plan, keys: [],
        residual: .conjunction(conditions)))
    return result
  }

  func usingColumn(
    _ column: Identifier, in scope: Scope
  ) throws(QueryError) -> ScopeColumn {
    switch scope.column(named: column.name, qualifier: nil) {
    case .found(let found):
      environment.noteReference(to: found.name, at: column.offset, isDeciding: true)
      return found
    case .ambiguous:
      throw environment.error(
        .ambiguousColumn, "column reference '\(column.name)' is ambiguous", at: column.offset)
    case .unknownTable, .unknownColumn:
      let binder = ExpressionBinder(environment: environment, scope: scope)
      throw binder.unknownColumn(column.name, qualifier: nil, at: column.offset)
    }
  }

  func requireDistinctNames(
    _ left: BoundRelation, _ right: BoundRelation, at location: Int
  ) throws(QueryError) {
    let taken = Set(left.relations.compactMap(\.name))
    for name in right.relations.compactMap(\.name) where taken.contains(name) {
      throw environment.error(
        .duplicateAlias, "table name '\(name)' specified more than once", at: location,
        hint: "give one of them an alias: \(name) AS other")
    }
  }
}

extension TableReference {
  /// Where the reference begins, as far as the syntax tree knows.
  var location: Int {
    switch self {
    case .table(let schema, let name, _): schema?.offset ?? name.offset
    case .subquery(let query, _, _): query.location
    case .function(let call, _, _): call.location
    case .join(let join): join.left.location
    }
  }
}
