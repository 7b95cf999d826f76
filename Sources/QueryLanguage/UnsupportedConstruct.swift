import CPgQuery

extension Conversion {
  /// Names a statement that PostgreSQL has and Daybook does not.
  func unsupportedStatement(_ node: PgQuery__Node, range: Range<Int>) -> QueryError {
    let first = text.index(at: range.lowerBound)
    let words = (text.written(first).uppercased(), text.written(first + 1).uppercased())
    let (name, hint): (String, String?) =
      switch node.node_case {
      case PG_QUERY__NODE__NODE_MERGE_STMT:
        ("MERGE", "use INSERT INTO ... SELECT ... ON CONFLICT, or UPDATE and DELETE")
      case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        ("CREATE MATERIALIZED VIEW", "use CREATE VIEW, or CREATE TABLE ... AS for a copy")
      case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
        (words.0, "every statement stands for itself: there are no transactions")
      case PG_QUERY__NODE__NODE_INDEX_STMT:
        ("CREATE INDEX", "no index is needed: blocks that cannot match are skipped")
      case PG_QUERY__NODE__NODE_VACUUM_STMT:
        (words.0, "nothing is left to clean up or to count")
      case _ where ["CREATE", "ALTER", "DROP", "COMMENT", "REFRESH"].contains(words.0):
        ("\(words.0) \(words.1)", nil)
      default:
        (words.0, nil)
      }
    return QueryError(
      .featureNotSupported, "\(name) is not supported",
      at: text.tokenRange(at: range.lowerBound), hint: hint)
  }

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
      unsupported("GROUPING() is", at: node.pointee.grouping_func.pointee.location)
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
      unsupported("XML is", at: node.pointee.xml_expr.pointee.location)
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
      unsupported("XML is", at: node.pointee.xml_serialize.pointee.location)
    case PG_QUERY__NODE__NODE_CURRENT_OF_EXPR:
      unsupported("WHERE CURRENT OF is", at: nextLocation)
    default:
      unsupported("this expression is", at: nextLocation)
    }
  }
}
