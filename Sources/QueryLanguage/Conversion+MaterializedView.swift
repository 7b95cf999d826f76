import CPgQuery

/// CREATE MATERIALIZED VIEW, which the grammar takes for a CREATE TABLE AS.
extension Conversion {
  mutating func createMaterializedView(
    _ statement: PgQuery__CreateTableAsStmt, range: Range<Int>
  ) throws(QueryError) -> CreateMaterializedViewSyntax {
    guard let into = statement.into?.pointee, let relation = into.rel?.pointee,
      let query = statement.query, query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
    else { throw internalError("CREATE MATERIALIZED VIEW without a name or a query") }
    let name = try plainTableName(relation)
    guard String(grammar: relation.relpersistence) == "p",
      String(grammar: into.access_method).isEmpty, String(grammar: into.table_space_name).isEmpty
    else {
      throw unsupported(
        "UNLOGGED, USING or TABLESPACE is", at: name.offset,
        hint: "the view is kept as tables are: leave it out")
    }
    let columnNames = identifiers(NodeList(into.n_col_names, into.col_names))
    var options: [(name: Identifier, value: ExpressionSyntax?)] = []
    for node in NodeList(into.n_options, into.options).present {
      options.append(try option(node.pointee.def_elem.pointee))
    }
    _ = keyword("as", within: 64)
    let start = nextLocation
    let select = try select(query.pointee.select_stmt)
    return CreateMaterializedViewSyntax(
      name: name, ifNotExists: statement.if_not_exists != 0, columnNames: columnNames,
      options: options, query: select, definition: start..<max(start, endOfQuery(range)))
  }

  /// In front of `WITH [NO] DATA`, which makes no difference: the view always has all rows.
  private func endOfQuery(_ range: Range<Int>) -> Int {
    var last = text.index(at: range.upperBound) - 1
    guard text.matches(last, "data") else { return range.upperBound }
    last -= text.matches(last - 1, "no") ? 2 : 1
    return text.matches(last, "with") ? text.tokens[last].range.lowerBound : range.upperBound
  }
}
