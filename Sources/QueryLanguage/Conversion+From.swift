import CPgQuery

extension Conversion {
  mutating func tableReference(_ node: GrammarNode) throws(QueryError) -> TableReference {
    try nested { (conversion) throws(QueryError) in try conversion.tableReferenceHere(node) }
  }

  private mutating func tableReferenceHere(
    _ node: GrammarNode
  ) throws(QueryError) -> TableReference {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      return try table(node.pointee.range_var.pointee)
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      let reference = node.pointee.range_subselect.pointee
      guard let query = reference.subquery,
        query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
      else {
        throw internalError("subquery without a SELECT")
      }
      let syntax = try select(query.pointee.select_stmt)
      return .subquery(
        syntax, alias: alias(reference.alias), isLateral: reference.lateral != 0)
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
      return try function(node.pointee.range_function.pointee)
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      return .join(try join(node.pointee.join_expr.pointee))
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
      throw unsupported(
        "TABLESAMPLE is", at: keyword("tablesample", within: 16),
        hint: "filter by a hash or by time instead")
    case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC:
      throw unsupported(
        "XMLTABLE is", at: node.pointee.range_table_func.pointee.location,
        hint: "store the rows as JSON: column ->> 'key'")
    default:
      throw unsupported(
        "this entry of FROM is", at: nextLocation,
        hint: "name a table, a function or a subquery in brackets")
    }
  }

  private mutating func table(_ relation: PgQuery__RangeVar) throws(QueryError) -> TableReference {
    let catalog = String(grammar: relation.catalogname)
    let schema = String(grammar: relation.schemaname)
    let offset = visit(relation.location)
    guard catalog.isEmpty else {
      throw unsupported(
        "a database in front of a table name is", at: offset,
        hint: "there is one database: write the table's name alone")
    }
    guard relation.inh != 0 else {
      throw unsupported("FROM ONLY is", at: offset, hint: "tables have no children: leave it out")
    }
    var schemaName: Identifier?
    var name = Identifier(String(grammar: relation.relname), offset: offset)
    if !schema.isEmpty {
      schemaName = Identifier(schema, offset: offset)
      name = identifier(name.name)
    }
    return .table(schema: schemaName, name: name, alias: alias(relation.alias))
  }

  mutating func alias(
    _ alias: UnsafeMutablePointer<PgQuery__Alias>?
  ) -> TableAlias? {
    guard let alias = alias?.pointee else { return nil }
    let name = identifier(String(grammar: alias.aliasname))
    return TableAlias(
      name: name, columnNames: identifiers(NodeList(alias.n_colnames, alias.colnames)))
  }

  private mutating func function(
    _ reference: PgQuery__RangeFunction
  ) throws(QueryError) -> TableReference {
    // The grammar has one list per function: the call, then the column definitions or nothing.
    let lists = NodeList(reference.n_functions, reference.functions).present
    guard let first = lists.first, first.pointee.node_case == PG_QUERY__NODE__NODE_LIST,
      let call = NodeList(first.pointee.list.pointee.n_items, first.pointee.list.pointee.items)
        .present.first
    else {
      throw internalError("function in FROM without a call")
    }
    if reference.is_rowsfrom != 0 {
      throw unsupported(
        "ROWS FROM is", at: keyword("rows"),
        hint: "join the functions WITH ORDINALITY on their ordinality")
    }
    let expression = try self.expression(call)
    if reference.n_coldeflist > 0 {
      throw unsupported(
        "a column definition list in FROM is", at: expression.location,
        hint: "cast the columns in SELECT: a::int")
    }
    return .function(
      expression, alias: alias(reference.alias), hasOrdinality: reference.ordinality != 0)
  }

  private mutating func join(_ join: PgQuery__JoinExpr) throws(QueryError) -> JoinSyntax {
    guard let leftNode = join.larg, let rightNode = join.rarg else {
      throw internalError("JOIN without its tables")
    }
    let left = try tableReference(leftNode)
    try refuseForeignJoin(left)
    // The first word of the join: NATURAL, LEFT, ...
    let location = keyword(
      "join", "natural", "cross", "inner", "left", "right", "full", within: 16)
    let right = try tableReference(rightNode)
    let condition: JoinSyntax.Condition
    if join.is_natural != 0 {
      condition = .natural
    } else if join.n_using_clause > 0 {
      _ = keyword("using", within: 16)
      condition = .using(identifiers(NodeList(join.n_using_clause, join.using_clause)))
    } else if let quals = join.quals {
      condition = .on(try expression(quals))
    } else {
      condition = .none
    }
    if let alias = join.join_using_alias ?? join.alias {
      let name = identifier(String(grammar: alias.pointee.aliasname))
      throw unsupported(
        "an alias for a join is", at: name.offset, hint: "name the tables inside of it")
    }
    let kind: JoinKind
    switch join.jointype {
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT: kind = .left
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: kind = .right
    case PG_QUERY__JOIN_TYPE__JOIN_FULL: kind = .full
    default:
      if case .none = condition { kind = .cross } else { kind = .inner }
    }
    return JoinSyntax(
      kind: kind, left: left, right: right, condition: condition, location: location)
  }

  /// `a ANTI JOIN b` is `a AS anti JOIN b` to the grammar: another answer than was asked for.
  private func refuseForeignJoin(_ left: TableReference) throws(QueryError) {
    guard case .table(_, _, let alias?) = left,
      ["anti", "semi", "asof"].contains(alias.name.name), alias.columnNames.isEmpty
    else { return }
    let index = text.index(at: alias.name.offset)
    guard text.kind(index) == .word, text.matches(index + 1, "join"), !text.matches(index - 1, "as")
    else { return }
    throw unsupported(
      "\(alias.name.name.uppercased()) JOIN is", at: alias.name.offset,
      hint: Conversion.joinHint(alias.name.name))
  }

  static func joinHint(_ kind: String) -> String {
    switch kind {
    case "anti": "filter with WHERE NOT EXISTS (SELECT ...)"
    case "semi": "filter with WHERE EXISTS (SELECT ...)"
    default: "join on <= and keep the latest row with row_number() or arg_max"
    }
  }
}
