import CPgQuery

/// CREATE VIEW, and DROP of tables and views.
extension Conversion {
  mutating func createView(
    _ statement: PgQuery__ViewStmt, range: Range<Int>
  ) throws(QueryError) -> CreateViewSyntax {
    guard let relation = statement.view?.pointee, let query = statement.query,
      query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
    else { throw internalError("CREATE VIEW without a query") }
    if text.matches(text.index(at: range.lowerBound) + 1, "recursive") {
      throw unsupported(
        "a recursive view is", at: range.lowerBound,
        hint: "join the table with itself, once per level")
    }
    let name = try plainTableName(relation)
    if String(grammar: relation.relpersistence) != "p" {
      throw unsupported(
        "a temporary view is", at: name.offset, hint: "name the query with WITH, or drop the view")
    }
    let columnNames = identifiers(NodeList(statement.n_aliases, statement.aliases))
    if let option = NodeList(statement.n_options, statement.options).present.first {
      throw unsupported(
        "an option of a view is", at: option.pointee.def_elem.pointee.location,
        hint: "a view reads with the rights of who asks: leave it out")
    }
    _ = keyword("as", within: 64)
    let start = nextLocation
    let select = try select(query.pointee.select_stmt)
    if statement.with_check_option != PG_QUERY__VIEW_CHECK_OPTION__NO_CHECK_OPTION {
      throw unsupported(
        "WITH CHECK OPTION is", at: keyword("with"), hint: "rows are not written through views")
    }
    return CreateViewSyntax(
      name: name, columnNames: columnNames, query: select,
      definition: start..<max(start, range.upperBound), replaces: statement.replace != 0)
  }

  mutating func drop(
    _ statement: PgQuery__DropStmt, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    let isView = statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW
    let isMaterialized = statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
    guard isView || isMaterialized || statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE
    else {
      throw unsupportedDrop(of: statement.remove_type, range: range)
    }
    _ = keyword("table", "view")
    if statement.missing_ok != 0 { _ = keyword("exists") }
    var names: [Identifier] = []
    for object in NodeList(statement.n_objects, statement.objects).present
    where object.pointee.node_case == PG_QUERY__NODE__NODE_LIST {
      let list = object.pointee.list.pointee
      let parts = NodeList(list.n_items, list.items).strings
      let first = identifier(parts.first ?? "")
      guard parts.count == 1 || (parts.count == 2 && parts[0] == "public") else {
        throw unsupported(
          "a table name with a schema is", at: first.offset,
          hint: "there are no schemas: write the name alone")
      }
      names.append(parts.count == 1 ? first : identifier(parts[1]))
    }
    let ifExists = statement.missing_ok != 0
    let cascades = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE
    if isMaterialized {
      return .dropMaterializedView(names: names, ifExists: ifExists, cascades: cascades)
    }
    return isView
      ? .dropView(names: names, ifExists: ifExists, cascades: cascades)
      : .dropTable(names: names, ifExists: ifExists, cascades: cascades)
  }
}
