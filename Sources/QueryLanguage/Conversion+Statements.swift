import CPgQuery

extension Conversion {
  mutating func statement(_ node: GrammarNode, range: Range<Int>) throws(QueryError) -> Statement {
    let kind = try statementKind(node, range: range)
    return Statement(kind: kind, range: range, depth: deepest)
  }

  private mutating func statementKind(
    _ node: GrammarNode, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return .select(try select(node.pointee.select_stmt))
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
      return try explain(node.pointee.explain_stmt.pointee, range: range)
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return .createTable(try createTable(node.pointee.create_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      let statement = node.pointee.create_table_as_stmt.pointee
      if statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW {
        return .createMaterializedView(try createMaterializedView(statement, range: range))
      }
      guard statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE else {
        throw unsupportedStatement(node.pointee, range: range)
      }
      return .createTable(try createTable(as: statement))
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      return try createDomain(node.pointee.create_domain_stmt.pointee)
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return .createView(try createView(node.pointee.view_stmt.pointee, range: range))
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return try alterTable(
        node.pointee.alter_table_stmt.pointee, node.pointee, range: range)
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      return try rename(node.pointee.rename_stmt.pointee, node.pointee, range: range)
    case PG_QUERY__NODE__NODE_SEC_LABEL_STMT:
      return .label(try label(node.pointee.sec_label_stmt.pointee, range: range))
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return try drop(node.pointee.drop_stmt.pointee, range: range)
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return .insert(try insert(node.pointee.insert_stmt.pointee))
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return .update(try update(node.pointee.update_stmt.pointee))
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return .delete(try delete(node.pointee.delete_stmt.pointee))
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      return try truncate(node.pointee.truncate_stmt.pointee)
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
      return .checkpoint
    case PG_QUERY__NODE__NODE_COPY_STMT:
      return .copy(try copy(node.pointee.copy_stmt.pointee, range: range))
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
      return try prepare(node.pointee.prepare_stmt.pointee, range: range)
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
      return try execute(node.pointee.execute_stmt.pointee)
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
      return deallocate(node.pointee.deallocate_stmt.pointee)
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
      return show(node.pointee.variable_show_stmt.pointee)
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
      return try set(node.pointee.variable_set_stmt.pointee, range: range)
    default:
      throw unsupportedStatement(node.pointee, range: range)
    }
  }

  private mutating func explain(
    _ statement: PgQuery__ExplainStmt, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    _ = keyword("explain")
    var analyze = false
    for node in NodeList(statement.n_options, statement.options).present {
      let option = node.pointee.def_elem.pointee
      let location = visit(option.location)
      guard String(grammar: option.defname) == "analyze", let value = switchValue(option.arg) else {
        throw unsupported(
          "this option of EXPLAIN is", at: location,
          hint: "EXPLAIN shows the plan, EXPLAIN ANALYZE runs the query and shows times")
      }
      // The value, where one is written, is the token behind the name.
      if option.arg != nil { visit(option.location, following: 1) }
      analyze = value
    }
    if text.matches(text.index(at: cursor), ")") { _ = keyword(")") }
    guard let query = statement.query else { throw internalError("EXPLAIN without a query") }
    let inner = nextLocation..<max(nextLocation, range.upperBound)
    return .explain(try self.statement(query, range: inner), analyze: analyze)
  }

  /// `ANALYZE`, `ANALYZE true`, `ANALYZE off`, `ANALYZE 1`.
  private func switchValue(_ argument: GrammarNode?) -> Bool? {
    guard let argument else { return true }
    switch argument.pointee.node_case {
    case PG_QUERY__NODE__NODE_STRING:
      switch String(grammar: argument.pointee.string.pointee.sval).lowercased() {
      case "true", "on": return true
      case "false", "off": return false
      default: return nil
      }
    case PG_QUERY__NODE__NODE_INTEGER:
      switch argument.pointee.integer.pointee.ival {
      case 0: return false
      case 1: return true
      default: return nil
      }
    default:
      return nil
    }
  }

  private mutating func insert(
    _ statement: PgQuery__InsertStmt
  ) throws(QueryError) -> InsertSyntax {
    let with = try commonTableExpressions(statement.with_clause)
    guard let relation = statement.relation else { throw internalError("INSERT without a table") }
    let table = try plainTableName(relation.pointee)
    if let alias = relation.pointee.alias {
      throw unsupported(
        "an alias of the table of INSERT is",
        at: identifier(String(grammar: alias.pointee.aliasname)).offset,
        hint: "name the table itself: ON CONFLICT reads new rows as excluded.column")
    }
    var columns: [Identifier] = []
    for node in NodeList(statement.n_cols, statement.cols).present {
      let column = node.pointee.res_target.pointee
      let offset = visit(column.location)
      guard column.n_indirection == 0 else {
        throw unsupported(
          "INSERT into a part of a column is", at: offset, hint: "name the whole column")
      }
      columns.append(Identifier(String(grammar: column.name), offset: offset))
    }
    guard statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_NOT_SET else {
      throw unsupported(
        "OVERRIDING is", at: nextLocation, hint: "no column makes values of its own: leave it out")
    }
    guard let query = statement.select_stmt else {
      throw unsupported(
        "INSERT ... DEFAULT VALUES is", at: nextLocation,
        hint: "write VALUES (NULL, ...): a column left out is null")
    }
    var source = try select(query.pointee.select_stmt)
    if !with.list.isEmpty {
      guard source.with.isEmpty else {
        throw unsupported(
          "INSERT with WITH both before and inside is", at: source.location,
          hint: "put all of them into one WITH")
      }
      source.with = with.list
      source.isRecursive = with.isRecursive
    }
    var insert = InsertSyntax(table: table, columns: columns, source: source)
    if let clause = statement.on_conflict_clause {
      insert.conflict = try conflict(clause.pointee)
    }
    insert.returning = try returning(
      NodeList(statement.n_returning_list, statement.returning_list))
    return insert
  }

  private mutating func show(_ statement: PgQuery__VariableShowStmt) -> StatementKind {
    _ = keyword("show")
    // `SHOW TIME ZONE` gives a name that is not written.
    return .show(name: Identifier(String(grammar: statement.name), offset: nextLocation))
  }

  private mutating func set(
    _ statement: PgQuery__VariableSetStmt, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    if statement.is_local != 0 {
      throw unsupported(
        "SET LOCAL is", at: range.lowerBound, hint: "there are no transactions: use SET")
    }
    _ = keyword("set", "reset")
    if text.matches(text.index(at: cursor), "session") { _ = keyword("session") }
    let name = Identifier(String(grammar: statement.name), offset: nextLocation)
    switch statement.kind {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE:
      let values = try expressions(NodeList(statement.n_args, statement.args))
      return .set(name: name, values: values)
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT, PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
      return .set(name: name, values: [])
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
      throw unsupported(
        "RESET ALL is", at: range.lowerBound, hint: "reset one by one: RESET timezone")
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_CURRENT:
      throw unsupported(
        "SET ... FROM CURRENT is", at: range.lowerBound,
        hint: "write the value: SET timezone = 'UTC'")
    default:
      throw unsupported(
        "SET TRANSACTION is", at: range.lowerBound, hint: "every query sees one consistent state")
    }
  }

  /// The name of a table that is created or written: without a schema but `public`, alias or ONLY.
  mutating func plainTableName(_ relation: PgQuery__RangeVar) throws(QueryError) -> Identifier {
    let offset = visit(relation.location)
    let schema = String(grammar: relation.schemaname)
    guard String(grammar: relation.catalogname).isEmpty, schema.isEmpty || schema == "public" else {
      throw unsupported(
        "a table name with a schema is", at: offset,
        hint: "there are no schemas: write the table's name alone")
    }
    let name = String(grammar: relation.relname)
    return schema.isEmpty ? Identifier(name, offset: offset) : identifier(name)
  }

  /// For what the grammar never gives.
  func internalError(_ message: String) -> QueryError {
    QueryError(.internalError, message, at: text.tokenRange(at: nextLocation))
  }
}
