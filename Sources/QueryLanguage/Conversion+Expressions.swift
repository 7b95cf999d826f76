import CPgQuery

extension Conversion {
  mutating func expressions(_ list: NodeList) throws(QueryError) -> [ExpressionSyntax] {
    var expressions: [ExpressionSyntax] = []
    expressions.reserveCapacity(list.count)
    for node in list.present { expressions.append(try expression(node)) }
    return expressions
  }

  mutating func expression(_ node: GrammarNode) throws(QueryError) -> ExpressionSyntax {
    try nested { (conversion) throws(QueryError) in try conversion.expressionHere(node) }
  }

  private mutating func expressionHere(_ node: GrammarNode) throws(QueryError) -> ExpressionSyntax {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_A_CONST:
      return try constant(node.pointee.a_const.pointee)
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return try column(node.pointee.column_ref.pointee)
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return try parameter(node.pointee.param_ref.pointee)
    case PG_QUERY__NODE__NODE_A_EXPR:
      return try operation(node.pointee.a_expr.pointee)
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      return try logical(node)
    case PG_QUERY__NODE__NODE_NULL_TEST:
      return try nullTest(node.pointee.null_test.pointee)
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
      return try booleanTest(node.pointee.boolean_test.pointee)
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return try subquery(node.pointee.sub_link.pointee, negated: false)
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return try caseWhen(node.pointee.case_expr.pointee)
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      let coalesce = node.pointee.coalesce_expr.pointee
      let location = visit(coalesce.location)
      let arguments = try expressions(NodeList(coalesce.n_args, coalesce.args))
      return ExpressionSyntax(.coalesce(arguments), location: location)
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      let extreme = node.pointee.min_max_expr.pointee
      let location = visit(extreme.location)
      let arguments = try expressions(NodeList(extreme.n_args, extreme.args))
      let isGreatest = extreme.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST
      return ExpressionSyntax(
        isGreatest ? .greatest(arguments) : .least(arguments), location: location)
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return try valueFunction(node.pointee.sqlvalue_function.pointee)
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return try call(node.pointee.func_call.pointee)
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return try cast(node.pointee.type_cast.pointee)
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      let array = node.pointee.a_array_expr.pointee
      let location = visit(array.location)
      let elements = try expressions(NodeList(array.n_elements, array.elements))
      return ExpressionSyntax(.array(elements), location: location)
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return try subscripted(node.pointee.a_indirection.pointee)
    default:
      throw unsupportedExpression(node)
    }
  }

  private mutating func constant(
    _ constant: PgQuery__AConst
  ) throws(QueryError) -> ExpressionSyntax {
    let location = visit(constant.location)
    let kind: ExpressionSyntax.Kind
    switch constant.val_case {
    case _ where constant.isnull != 0:
      kind = .null
    case PG_QUERY__A__CONST__VAL_IVAL:
      kind = .integer(Int64(constant.ival.pointee.ival))
    case PG_QUERY__A__CONST__VAL_FVAL:
      kind = .number(String(grammar: constant.fval.pointee.fval))
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      kind = .boolean(constant.boolval.pointee.boolval != 0)
    case PG_QUERY__A__CONST__VAL_SVAL:
      kind = .string(String(grammar: constant.sval.pointee.sval))
    default:
      throw unsupported(
        "a bit string is", at: location, hint: "write a number, such as 5 for B'101'")
    }
    // The sign of a negative number is a token of its own.
    if text.matches(text.index(at: location), "-") { visit(constant.location, following: 1) }
    return ExpressionSyntax(kind, location: location)
  }

  private mutating func column(
    _ reference: PgQuery__ColumnRef
  ) throws(QueryError) -> ExpressionSyntax {
    let fields = NodeList(reference.n_fields, reference.fields)
    let names = fields.strings
    let location = visit(reference.location, following: 2 * max(fields.count - 1, 0))
    guard names.count == fields.count else {
      throw malformed(
        "* is only allowed as an item of SELECT", at: location,
        hint: "count rows with count(*), or name the columns")
    }
    guard names.count <= 3 else {
      throw unsupported(
        "a database in front of a column name is", at: location, hint: "write table.column")
    }
    return ExpressionSyntax(.column(names), location: location)
  }

  private mutating func parameter(
    _ parameter: PgQuery__ParamRef
  ) throws(QueryError) -> ExpressionSyntax {
    let location = visit(parameter.location)
    guard parameter.number > 0 else {
      throw unsupported("a parameter without a number is", at: location, hint: "write $1, $2")
    }
    return ExpressionSyntax(.parameter(Int(parameter.number)), location: location)
  }

  private mutating func caseWhen(
    _ expression: PgQuery__CaseExpr
  ) throws(QueryError) -> ExpressionSyntax {
    let location = visit(expression.location)
    var operand: ExpressionSyntax?
    if let node = expression.arg { operand = try self.expression(node) }
    var branches: [(condition: ExpressionSyntax, result: ExpressionSyntax)] = []
    for node in NodeList(expression.n_args, expression.args).present {
      let branch = node.pointee.case_when.pointee
      guard let condition = branch.expr, let result = branch.result else {
        throw internalError("WHEN without its parts")
      }
      branches.append((try self.expression(condition), try self.expression(result)))
    }
    var otherwise: ExpressionSyntax?
    if let node = expression.defresult { otherwise = try self.expression(node) }
    return ExpressionSyntax(
      .caseWhen(operand: operand, branches: branches, otherwise: otherwise), location: location)
  }

  private mutating func subscripted(
    _ indirection: PgQuery__AIndirection
  ) throws(QueryError) -> ExpressionSyntax {
    guard let argument = indirection.arg else { throw internalError("subscript of nothing") }
    let steps = NodeList(indirection.n_indirection, indirection.indirection).present
    var value = try expression(argument)
    guard steps.count <= 8 else {
      throw unsupported(
        "an array of so many dimensions is", at: value.location,
        hint: "an array is a list: write one subscript")
    }
    for step in steps {
      guard step.pointee.node_case == PG_QUERY__NODE__NODE_A_INDICES else {
        throw unsupported(
          "a field of a row value is", at: value.location, hint: "write table.column")
      }
      let indices = step.pointee.a_indices.pointee
      if indices.is_slice != 0 {
        var bounds: [ExpressionSyntax?] = []
        for node in [indices.lidx, indices.uidx] {
          if let node { bounds.append(try expression(node)) } else { bounds.append(nil) }
        }
        value = ExpressionSyntax(
          .sliced(value, lower: bounds[0], upper: bounds[1]), location: value.location)
        continue
      }
      guard let node = indices.uidx else { throw internalError("subscript without an index") }
      let index = try expression(node)
      value = ExpressionSyntax(.subscripted(value, index: index), location: value.location)
    }
    return value
  }

  private mutating func nullTest(_ test: PgQuery__NullTest) throws(QueryError) -> ExpressionSyntax {
    guard let argument = test.arg else { throw internalError("IS NULL of nothing") }
    let operand = try expression(argument)
    let location = visit(test.location)
    let negated = test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL
    return ExpressionSyntax(.isNull(operand, negated: negated), location: location)
  }

  private mutating func booleanTest(
    _ test: PgQuery__BooleanTest
  ) throws(QueryError) -> ExpressionSyntax {
    guard let argument = test.arg else { throw internalError("IS TRUE of nothing") }
    let operand = try expression(argument)
    let location = visit(test.location)
    let (value, negated): (Bool?, Bool) =
      switch test.booltesttype {
      case PG_QUERY__BOOL_TEST_TYPE__IS_TRUE: (true, false)
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE: (true, true)
      case PG_QUERY__BOOL_TEST_TYPE__IS_FALSE: (false, false)
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE: (false, true)
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_UNKNOWN: (nil, true)
      default: (nil, false)
      }
    return ExpressionSyntax(.isBoolean(operand, value, negated: negated), location: location)
  }
}
