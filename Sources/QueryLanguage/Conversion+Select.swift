import CPgQuery

extension Conversion {
  mutating func select(
    _ statement: UnsafeMutablePointer<PgQuery__SelectStmt>
  ) throws(QueryError) -> SelectSyntax {
    try nested { (conversion) throws(QueryError) in
      try conversion.selectHere(statement.pointee)
    }
  }

  private mutating func selectHere(
    _ statement: PgQuery__SelectStmt
  ) throws(QueryError) -> SelectSyntax {
    let with = try commonTableExpressions(statement.with_clause)
    var location = with.location ?? nextLocation
    let body: SelectBody
    switch statement.op {
    case PG_QUERY__SET_OPERATION__SETOP_UNION:
      body = try setOperation(.union, statement)
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
      body = try setOperation(.intersect, statement)
    case PG_QUERY__SET_OPERATION__SETOP_EXCEPT:
      body = try setOperation(.except, statement)
    default:
      let start = keyword("select", "values", "table", within: 1024)
      if with.location == nil { location = start }
      body =
        statement.n_values_lists > 0
        ? .values(try rows(NodeList(statement.n_values_lists, statement.values_lists)))
        : .select(try core(statement, at: start))
    }
    if case .setOperation(_, _, let left, _) = body, with.location == nil {
      location = left.location
    }
    var query = SelectSyntax(body: body, location: location)
    query.with = with.list
    query.isRecursive = with.isRecursive
    query.orderBy = try orderItems(NodeList(statement.n_sort_clause, statement.sort_clause))
    if let offset = statement.limit_offset { query.offset = try expression(offset) }
    if let count = statement.limit_count {
      let limit = try expression(count)
      // LIMIT ALL arrives as LIMIT NULL and means the same: no limit.
      if case .null = limit.kind {} else { query.limit = limit }
    }
    if statement.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES {
      throw unsupported(
        "FETCH ... WITH TIES is", at: keyword("ties", within: 8), hint: "filter by rank() instead")
    }
    if statement.n_locking_clause > 0 {
      throw unsupported(
        "FOR UPDATE or FOR SHARE is", at: keyword("for"), hint: "queries never wait for writers")
    }
    return query
  }

  private mutating func setOperation(
    _ operation: SetOperation, _ statement: PgQuery__SelectStmt
  ) throws(QueryError) -> SelectBody {
    guard let left = statement.larg, let right = statement.rarg else {
      throw internalError("set operation without its operands")
    }
    let first = try select(left)
    _ = keyword("union", "intersect", "except", within: 1024)
    let second = try select(right)
    return .setOperation(operation, all: statement.all != 0, first, second)
  }

  private mutating func rows(_ lists: NodeList) throws(QueryError) -> [[ExpressionSyntax]] {
    var rows: [[ExpressionSyntax]] = []
    rows.reserveCapacity(lists.count)
    for node in lists.present {
      let list = node.pointee.list.pointee
      let start = nextLocation
      let row = try expressions(NodeList(list.n_items, list.items))
      if let first = rows.first, first.count != row.count {
        throw malformed(
          "VALUES lists must all be the same length", at: row.first?.location ?? start,
          hint: "this one has \(row.count), the first \(first.count)")
      }
      rows.append(row)
    }
    return rows
  }

  private mutating func core(
    _ statement: PgQuery__SelectStmt, at start: Int
  ) throws(QueryError) -> SelectCore {
    var core = SelectCore(items: [])
    core.distinct = try distinct(NodeList(statement.n_distinct_clause, statement.distinct_clause))
    for node in NodeList(statement.n_target_list, statement.target_list).present {
      core.items.append(try selectItem(node.pointee.res_target.pointee))
    }
    guard !core.items.isEmpty else {
      throw malformed(
        "SELECT names nothing", at: start, hint: "name columns, or * for all of them")
    }
    if let into = statement.into_clause {
      throw unsupported(
        "SELECT INTO is", at: into.pointee.rel?.pointee.location ?? -1,
        hint: "use CREATE TABLE ... AS SELECT")
    }
    for node in NodeList(statement.n_from_clause, statement.from_clause).present {
      core.from.append(try tableReference(node))
    }
    if let filter = statement.where_clause { core.filter = try expression(filter) }
    if statement.group_distinct != 0 {
      throw unsupported(
        "GROUP BY DISTINCT is", at: nextLocation, hint: "list every grouping set once")
    }
    try addGrouping(NodeList(statement.n_group_clause, statement.group_clause), to: &core)
    if let having = statement.having_clause { core.having = try expression(having) }
    for node in NodeList(statement.n_window_clause, statement.window_clause).present {
      core.windows.append(try namedWindow(node.pointee.window_def.pointee))
    }
    return core
  }

  private mutating func distinct(_ clause: NodeList) throws(QueryError) -> SelectCore.Distinct {
    guard let first = clause.present.first else { return .no }
    // Plain DISTINCT is a list of one node that has no kind.
    if first.pointee.node_case == PG_QUERY__NODE__NODE__NOT_SET { return .all }
    return .on(try expressions(clause))
  }

  mutating func selectItem(
    _ target: PgQuery__ResTarget
  ) throws(QueryError) -> SelectItem {
    guard let value = target.val else { throw internalError("SELECT item without a value") }
    let expression: ExpressionSyntax
    if let star = try star(value) {
      expression = star
    } else {
      expression = try self.expression(value)
    }
    let name = String(grammar: target.name)
    return SelectItem(expression: expression, alias: name.isEmpty ? nil : identifier(name))
  }

  /// `*` and `table.*`; `nil` for every other expression.
  private mutating func star(_ node: GrammarNode) throws(QueryError) -> ExpressionSyntax? {
    guard node.pointee.node_case == PG_QUERY__NODE__NODE_COLUMN_REF else { return nil }
    let reference = node.pointee.column_ref.pointee
    let fields = NodeList(reference.n_fields, reference.fields)
    guard fields.present.last?.pointee.node_case == PG_QUERY__NODE__NODE_A_STAR else { return nil }
    let qualifiers = fields.strings
    let location = visit(reference.location, following: 2 * qualifiers.count)
    guard qualifiers.count <= 1 else {
      throw unsupported(
        "a schema in front of .* is", at: location, hint: "give the table an alias: FROM s.t AS t")
    }
    return ExpressionSyntax(.star(qualifier: qualifiers.first), location: location)
  }

  mutating func orderItems(_ list: NodeList) throws(QueryError) -> [OrderItemSyntax] {
    var items: [OrderItemSyntax] = []
    for node in list.present {
      let sort = node.pointee.sort_by.pointee
      guard let key = sort.node else { throw internalError("ORDER BY without an expression") }
      let expression = try self.expression(key)
      if sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING {
        throw unsupported("ORDER BY ... USING is", at: keyword("using"), hint: "use ASC or DESC")
      }
      let nullsFirst: Bool? =
        switch sort.sortby_nulls {
        case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST: true
        case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST: false
        default: nil
        }
      items.append(
        OrderItemSyntax(
          expression: expression,
          isDescending: sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC,
          nullsFirst: nullsFirst))
    }
    return items
  }

  mutating func commonTableExpressions(
    _ clause: UnsafeMutablePointer<PgQuery__WithClause>?
  ) throws(QueryError) -> (
    list: [CommonTableExpressionSyntax], isRecursive: Bool, location: Int?
  ) {
    guard let clause = clause?.pointee else { return ([], false, nil) }
    let location = visit(clause.location)
    var list: [CommonTableExpressionSyntax] = []
    for node in NodeList(clause.n_ctes, clause.ctes).present {
      let expression = node.pointee.common_table_expr.pointee
      let offset = visit(expression.location)
      let columns = identifiers(NodeList(expression.n_aliascolnames, expression.aliascolnames))
      guard let query = expression.ctequery,
        query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
      else {
        throw unsupported(
          "a statement other than SELECT in WITH is", at: offset,
          hint: "run the statement by itself, then the query")
      }
      // MATERIALIZED is advice about the plan: it cannot change the answer.
      let syntax = try select(query.pointee.select_stmt)
      if let search = expression.search_clause {
        throw unsupported("SEARCH is", at: search.pointee.location, hint: "sort with ORDER BY")
      }
      if let cycle = expression.cycle_clause {
        throw unsupported(
          "CYCLE is", at: cycle.pointee.location,
          hint: "WITH RECURSIVE does not exist: join the table with itself, once per level")
      }
      list.append(
        CommonTableExpressionSyntax(
          name: Identifier(String(grammar: expression.ctename), offset: offset),
          columnNames: columns, query: syntax))
    }
    return (list, clause.recursive != 0, location)
  }
}
