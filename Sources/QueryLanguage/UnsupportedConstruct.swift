import CPgQuery

extension Conversion {
  /// Names an expression that PostgreSQL has and Daybook does not.
  func unsupportedExpression(_ node: GrammarNode) -> QueryError {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      unsupported(
        "a row value such as (a, b) is", at: node.pointee.row_expr.pointee.location,
        hint: "compare the columns one by one with AND")
    case PG_QUERY__NODE__NODE_GROUPING_SET:
      unsupported(
        "GROUPING SETS, ROLLUP and CUBE are", at: node.pointee.grouping_set.pointee.location,
        hint: "join several GROUP BY queries with UNION ALL")
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      unsupported(
        "GROUPING() is", at: node.pointee.grouping_func.pointee.location,
        hint: "a column that is not of the group is null: test it with IS NULL")
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      unsupportedCollation(at: node.pointee.collate_clause.pointee.location)
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
      unsupported(
        "an argument with a name is", at: node.pointee.named_arg_expr.pointee.location,
        hint: "give the values in order")
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
      unsupported(
        "DEFAULT as a value is", at: node.pointee.set_to_default.pointee.location,
        hint: "write NULL, or leave the column out of the list")
    case PG_QUERY__NODE__NODE_XML_EXPR:
      unsupportedXML(at: node.pointee.xml_expr.pointee.location)
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
      unsupportedXML(at: node.pointee.xml_serialize.pointee.location)
    case PG_QUERY__NODE__NODE_CURRENT_OF_EXPR:
      unsupported(
        "WHERE CURRENT OF is", at: nextLocation,
        hint: "name the rows by their values: WHERE key = ...")
    default:
      unsupported(
        "this expression is", at: nextLocation,
        hint: "Documentation/sql.md lists what expressions are made of")
    }
  }

  private func unsupportedXML(at location: Int32) -> QueryError {
    unsupported("XML is", at: location, hint: "store it as JSON: column ->> 'key'")
  }
}
