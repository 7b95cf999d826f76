import CPgQuery

/// Functions that the grammar makes of a special syntax and that stay functions.
private let syntaxFunctions: Set<String> = ["btrim", "ltrim", "rtrim", "substring", "overlay"]

extension Conversion {
  mutating func call(_ call: PgQuery__FuncCall) throws(QueryError) -> ExpressionSyntax {
    var names = NodeList(call.n_funcname, call.funcname).strings
    let isSpecialSyntax = call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX
    let location = call.location >= 0 ? Int(call.location) : nextLocation
    if names.count > 1, names.first == "pg_catalog" {
      names.removeFirst()
      if !isSpecialSyntax { visit(call.location, following: 2) }
    }
    guard names.count == 1, let name = names.first else {
      throw unsupported(
        "a function name with a schema is", at: location,
        hint: "there are no schemas: write the function's name alone")
    }
    let arguments = NodeList(call.n_args, call.args)
    if name == "timezone", arguments.count == 2, call.isPlain {
      return try atTimeZone(arguments.present, isInOrder: !isSpecialSyntax, at: location)
    }
    visit(call.location)
    if isSpecialSyntax {
      switch name {
      case "extract":
        return try extract(arguments.present, at: location)
      case "position":
        // Written `position(needle IN text)`, and given to us the other way round.
        let both = try expressions(arguments)
        return ExpressionSyntax(
          .function(FunctionCallSyntax(name: "strpos", arguments: both)), location: location)
      case _ where syntaxFunctions.contains(name):
        break
      default:
        throw unsupportedSyntaxFunction(name, at: location)
      }
    }
    return ExpressionSyntax(.function(try plainCall(call, name)), location: location)
  }

  private mutating func plainCall(
    _ call: PgQuery__FuncCall, _ name: String
  ) throws(QueryError) -> FunctionCallSyntax {
    var function = FunctionCallSyntax(name: name, arguments: [])
    function.arguments = try expressions(NodeList(call.n_args, call.args))
    if call.func_variadic != 0 {
      throw unsupported(
        "VARIADIC is", at: function.arguments.last?.location ?? nextLocation,
        hint: "give the values one by one")
    }
    function.isStar = call.agg_star != 0
    function.isDistinct = call.agg_distinct != 0
    function.isWithinGroup = call.agg_within_group != 0
    function.orderBy = try orderItems(NodeList(call.n_agg_order, call.agg_order))
    if let filter = call.agg_filter { function.filter = try expression(filter) }
    if let over = call.over { function.over = try window(over.pointee) }
    return function
  }

  private mutating func atTimeZone(
    _ arguments: [GrammarNode], isInOrder: Bool, at location: Int
  ) throws(QueryError) -> ExpressionSyntax {
    guard arguments.count == 2 else { throw internalError("AT TIME ZONE without its operands") }
    if isInOrder {
      visit(Int32(clamping: location))
      let zone = try expression(arguments[0])
      return ExpressionSyntax(
        .atTimeZone(try expression(arguments[1]), zone: zone), location: location)
    }
    let operand = try expression(arguments[1])
    visit(Int32(clamping: location), following: 2)
    return ExpressionSyntax(
      .atTimeZone(operand, zone: try expression(arguments[0])), location: location)
  }

  private mutating func extract(
    _ arguments: [GrammarNode], at location: Int
  ) throws(QueryError) -> ExpressionSyntax {
    guard arguments.count == 2,
      arguments[0].pointee.node_case == PG_QUERY__NODE__NODE_A_CONST,
      arguments[0].pointee.a_const.pointee.val_case == PG_QUERY__A__CONST__VAL_SVAL
    else {
      throw internalError("EXTRACT without its parts")
    }
    let field = arguments[0].pointee.a_const.pointee
    visit(field.location)
    let name = String(grammar: field.sval.pointee.sval).lowercased()
    return ExpressionSyntax(
      .extract(field: name, try expression(arguments[1])), location: location)
  }

  /// CURRENT_DATE and its relatives, which are calls without brackets.
  mutating func valueFunction(
    _ function: PgQuery__SQLValueFunction
  ) throws(QueryError) -> ExpressionSyntax {
    let location = visit(function.location)
    switch function.op {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      return ExpressionSyntax(
        .function(FunctionCallSyntax(name: "current_date", arguments: [])), location: location)
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
      return ExpressionSyntax(
        .function(FunctionCallSyntax(name: "now", arguments: [])), location: location)
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      throw unsupported(
        "a precision of CURRENT_TIMESTAMP is", at: location, hint: "use date_trunc('second', now())"
      )
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      let name = text.written(text.index(at: location)).uppercased()
      throw unsupported("\(name) is", at: location, hint: "use current_timestamp or current_date")
    default:
      let name = text.written(text.index(at: location))
      throw unsupported(
        "\(name.uppercased()) is", at: location,
        hint: "a column of this name needs double quotes: \"\(name.lowercased())\"")
    }
  }

  private func unsupportedSyntaxFunction(_ name: String, at location: Int) -> QueryError {
    switch name {
    case "overlaps":
      unsupported(
        "OVERLAPS is", at: location, hint: "compare the ends: a_start < b_end AND b_start < a_end")
    case "is_normalized", "normalize":
      unsupported(
        "Unicode normalization is", at: location, hint: "normalize the text before it is loaded")
    case "pg_collation_for":
      unsupported(
        "COLLATION FOR is", at: location, hint: "texts compare byte by byte, as with \"C\"")
    default:
      unsupported(
        "\(name) in this form is", at: location, hint: "write it as a call: \(name)(value, ...)")
    }
  }
}

extension PgQuery__FuncCall {
  /// Without anything that only aggregates have.
  fileprivate var isPlain: Bool {
    agg_star == 0 && agg_distinct == 0 && agg_within_group == 0 && func_variadic == 0
      && n_agg_order == 0 && agg_filter == nil && over == nil
  }
}
