import CPgQuery

/// The operators that the syntax tree can hold.
private let binaryOperators: Set<String> = [
  "+", "-", "*", "/", "%", "^", "||", "=", "<>", "<", "<=", ">", ">=", "~", "~*", "!~", "!~*",
  "->", "->>", "#>", "#>>", "&", "|", "#", "<<", ">>", "@>", "<@", "&&",
]
private let unaryOperators: Set<String> = ["-", "+", "~"]
private let comparisons: Set<String> = ["=", "<>", "<", "<=", ">", ">="]

extension Conversion {
  mutating func operation(_ expression: PgQuery__AExpr) throws(QueryError) -> ExpressionSyntax {
    let names = NodeList(expression.n_name, expression.name).strings
    let location = expression.location >= 0 ? Int(expression.location) : nextLocation
    guard names.count == 1, let name = names.first else {
      throw unsupported("OPERATOR() is", at: location, hint: "write the operator itself")
    }
    guard let rightNode = expression.rexpr else { throw internalError("operator without operands") }
    guard let leftNode = expression.lexpr else {
      guard unaryOperators.contains(name) else { throw unknownOperator(name, at: location) }
      visit(expression.location)
      return ExpressionSyntax(.unary(name, try self.expression(rightNode)), location: location)
    }
    switch expression.kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      visit(expression.location)
      let left = try self.expression(leftNode)
      return ExpressionSyntax(.nullIf(left, try self.expression(rightNode)), location: location)
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
      guard binaryOperators.contains(name) else { throw unknownOperator(name, at: location) }
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY, PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
      guard comparisons.contains(name) else {
        throw unsupported(
          "ANY or ALL with this operator is", at: location, hint: "compare with = < <= > >= or <>")
      }
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      throw unsupported(
        "SIMILAR TO is", at: location, hint: "match a regular expression: x ~ '^(a|b)$'")
    default:
      break
    }
    let left = try self.expression(leftNode)
    visit(expression.location)
    let kind = try operationKind(expression.kind, name, left, rightNode)
    return ExpressionSyntax(kind, location: location)
  }

  private mutating func operationKind(
    _ kind: PgQuery__AExprKind, _ name: String, _ left: ExpressionSyntax, _ right: GrammarNode
  ) throws(QueryError) -> ExpressionSyntax.Kind {
    switch kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
      return .binary(name, left, try expression(right))
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
      return .quantified(name, left, try expression(right), isAll: false)
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
      return .quantified(name, left, try expression(right), isAll: true)
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
      return .isDistinct(left, try expression(right), negated: false)
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      return .isDistinct(left, try expression(right), negated: true)
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
      let list = try listItems(right)
      guard list.count <= SizeLimits.inListLength else {
        throw QueryError(
          .programLimitExceeded, "IN takes at most \(SizeLimits.inListLength) items",
          at: text.tokenRange(at: list[0].location),
          hint: "load them as a table: IN (SELECT ...)")
      }
      return .inList(left, list, negated: name == "<>")
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
      return try like(left, right, ignoresCase: false, negated: name.hasPrefix("!"))
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
      return try like(left, right, ignoresCase: true, negated: name.hasPrefix("!"))
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
      return try between(left, right, negated: false, symmetric: false)
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
      return try between(left, right, negated: true, symmetric: false)
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
      return try between(left, right, negated: false, symmetric: true)
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return try between(left, right, negated: true, symmetric: true)
    default:
      throw internalError("unknown kind of operator")
    }
  }

  private mutating func listItems(_ node: GrammarNode) throws(QueryError) -> [ExpressionSyntax] {
    guard node.pointee.node_case == PG_QUERY__NODE__NODE_LIST else {
      throw internalError("list expected")
    }
    return try expressions(
      NodeList(node.pointee.list.pointee.n_items, node.pointee.list.pointee.items))
  }

  private mutating func between(
    _ operand: ExpressionSyntax, _ bounds: GrammarNode, negated: Bool, symmetric: Bool
  ) throws(QueryError) -> ExpressionSyntax.Kind {
    let bounds = try listItems(bounds)
    guard bounds.count == 2 else { throw internalError("BETWEEN without its bounds") }
    return .between(operand, bounds[0], bounds[1], negated: negated, symmetric: symmetric)
  }

  private mutating func like(
    _ operand: ExpressionSyntax, _ right: GrammarNode, ignoresCase: Bool, negated: Bool
  ) throws(QueryError) -> ExpressionSyntax.Kind {
    // `LIKE p ESCAPE e` arrives as `LIKE like_escape(p, e)`.
    if right.pointee.node_case == PG_QUERY__NODE__NODE_FUNC_CALL {
      let call = right.pointee.func_call.pointee
      let arguments = NodeList(call.n_args, call.args).present
      if NodeList(call.n_funcname, call.funcname).strings == ["pg_catalog", "like_escape"],
        arguments.count == 2
      {
        let pattern = try expression(arguments[0])
        return .like(
          operand, pattern: pattern, escape: try expression(arguments[1]),
          ignoresCase: ignoresCase, negated: negated)
      }
    }
    return .like(
      operand, pattern: try expression(right), escape: nil, ignoresCase: ignoresCase,
      negated: negated)
  }

  private func unknownOperator(_ name: String, at location: Int) -> QueryError {
    let hint =
      switch name {
      case "==": "equality is written with one =: a = b"
      case "!==": "inequality is written <>: a <> b"
      case "!": "write NOT in front of a condition"
      case "**": "powers are written with ^ or power(x, y)"
      case "|/", "||/": "roots are functions: sqrt(x), cbrt(x)"
      case "@": "absolute values are a function: abs(x)"
      case "~~", "!~~": "write LIKE"
      case "~~*", "!~~*": "write ILIKE"
      case "~<~", "~<=~", "~>=~", "~>~":
        "texts compare byte by byte already: write \(name.filter { $0 != "~" })"
      case "^@": "write starts_with(text, prefix)"
      case "@@", "@@@": "search text with LIKE or a regular expression: x ~* 'word'"
      case "<->": "subtract, or compute the distance with sqrt and power"
      case "?", "?|", "?&": "test a key with (x -> 'key') IS NOT NULL"
      case "@?": "follow the path step by step: x -> 'a' ->> 'b'"
      case _ where name.contains("`"): "names are quoted with double quotes: \"name\""
      default: "Documentation/sql.md lists the operators; many have a function instead"
      }
    return unsupported("the operator \(name) is", at: location, hint: hint)
  }

  /// AND, OR and NOT. Chains become one node with many operands, however they are bracketed.
  mutating func logical(_ node: GrammarNode) throws(QueryError) -> ExpressionSyntax {
    let expression = node.pointee.bool_expr.pointee
    let location = expression.location >= 0 ? Int(expression.location) : nextLocation
    guard expression.boolop != PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR else {
      return try negation(expression, at: location)
    }
    var operands: [ExpressionSyntax] = []
    var pending = [node]
    while let next = pending.popLast() {
      if next.pointee.node_case == PG_QUERY__NODE__NODE_BOOL_EXPR,
        next.pointee.bool_expr.pointee.boolop == expression.boolop
      {
        let inner = next.pointee.bool_expr.pointee
        pending.append(contentsOf: NodeList(inner.n_args, inner.args).present.reversed())
      } else {
        operands.append(try self.expression(next))
      }
    }
    let isAnd = expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR
    return ExpressionSyntax(isAnd ? .and(operands) : .or(operands), location: location)
  }

  private mutating func negation(
    _ expression: PgQuery__BoolExpr, at location: Int
  ) throws(QueryError) -> ExpressionSyntax {
    guard let operand = NodeList(expression.n_args, expression.args).present.first else {
      throw internalError("NOT without an operand")
    }
    // `x NOT IN (SELECT ...)` arrives as NOT at the place of the IN.
    if operand.pointee.node_case == PG_QUERY__NODE__NODE_SUB_LINK,
      operand.pointee.sub_link.pointee.location == expression.location,
      operand.pointee.sub_link.pointee.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK,
      operand.pointee.sub_link.pointee.n_oper_name == 0
    {
      return try subquery(operand.pointee.sub_link.pointee, negated: true)
    }
    visit(expression.location)
    return ExpressionSyntax(.not(try self.expression(operand)), location: location)
  }

  mutating func subquery(
    _ link: PgQuery__SubLink, negated: Bool
  ) throws(QueryError) -> ExpressionSyntax {
    guard let node = link.subselect, node.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
    else {
      throw internalError("subquery without a SELECT")
    }
    var operand: ExpressionSyntax?
    if let test = link.testexpr { operand = try expression(test) }
    let location = visit(link.location)
    let query = try select(node.pointee.select_stmt)
    let names = NodeList(link.n_oper_name, link.oper_name).strings
    guard names.count <= 1, names.allSatisfy(comparisons.contains) else {
      throw unsupported(
        "ANY or ALL with this operator is", at: location, hint: "compare with = < <= > >= or <>")
    }
    switch (link.sub_link_type, operand) {
    case (PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK, nil):
      return ExpressionSyntax(.exists(query), location: location)
    case (PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK, nil):
      return ExpressionSyntax(.subquery(query), location: location)
    case (PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK, nil):
      return ExpressionSyntax(.arraySubquery(query), location: location)
    case (PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK, let operand?):
      guard let name = names.first else {
        return ExpressionSyntax(.inSubquery(operand, query, negated: negated), location: location)
      }
      return ExpressionSyntax(
        .quantifiedSubquery(name, operand, query, isAll: false), location: location)
    case (PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK, let operand?):
      return ExpressionSyntax(
        .quantifiedSubquery(names.first ?? "=", operand, query, isAll: true), location: location)
    default:
      throw unsupported(
        "this form of subquery is", at: location, hint: "join with the subquery in FROM")
    }
  }
}
