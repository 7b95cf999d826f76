import CPgQuery

extension Conversion {
  mutating func type(_ type: PgQuery__TypeName) throws(QueryError) -> TypeNameSyntax {
    let converted = try typeWithoutModifiers(type)
    var modifiers: [Int64] = []
    for node in NodeList(type.n_typmods, type.typmods).present {
      guard let value = integer(node) else {
        throw unsupported(
          "a type modifier that is no number is", at: converted.location,
          hint: "write a number, as in numeric(12, 2)")
      }
      modifiers.append(value)
    }
    if converted.name == "interval", !modifiers.isEmpty {
      throw unsupported(
        "an interval type with fields or a precision is", at: converted.location,
        hint: "write interval alone")
    }
    return TypeNameSyntax(
      name: converted.name, modifiers: modifiers, isArray: converted.isArray,
      location: converted.location)
  }

  private mutating func typeWithoutModifiers(
    _ type: PgQuery__TypeName
  ) throws(QueryError) -> TypeNameSyntax {
    var names = NodeList(type.n_names, type.names).strings
    if names.count > 1, names.first == "pg_catalog" { names.removeFirst() }
    let location = visit(type.location)
    guard names.count == 1, let name = names.first else {
      throw unsupported(
        "a type name with a schema is", at: location,
        hint: "there are no schemas: write the type's name alone")
    }
    if type.setof != 0 {
      throw unsupported(
        "SETOF is", at: location, hint: "there are no functions of one's own: use CREATE VIEW")
    }
    if type.pct_type != 0 {
      throw unsupported(
        "%TYPE is", at: location, hint: "name the type: DESCRIBE shows that of a column")
    }
    let bounds = NodeList(type.n_array_bounds, type.array_bounds).present
    guard bounds.count <= 1 else {
      throw unsupported(
        "an array type of several dimensions is", at: location,
        hint: "write one pair of brackets: \(name)[]")
    }
    if let bound = bounds.first, let size = integer(bound), size >= 0 {
      throw unsupported("an array type with a size is", at: location, hint: "write \(name)[]")
    }
    return TypeNameSyntax(name: name, isArray: !bounds.isEmpty, location: location)
  }

  private func integer(_ node: GrammarNode) -> Int64? {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_INTEGER:
      return Int64(node.pointee.integer.pointee.ival)
    case PG_QUERY__NODE__NODE_A_CONST:
      let constant = node.pointee.a_const.pointee
      guard constant.isnull == 0, constant.val_case == PG_QUERY__A__CONST__VAL_IVAL else {
        return nil
      }
      return Int64(constant.ival.pointee.ival)
    default:
      return nil
    }
  }

  /// `CAST(x AS t)`, `x::t`, `t 'text'`.
  mutating func cast(_ cast: PgQuery__TypeCast) throws(QueryError) -> ExpressionSyntax {
    guard let argument = cast.arg, let typeName = cast.type_name?.pointee else {
      throw internalError("cast without a type")
    }
    // A typed literal has its type in front and no location of its own.
    let isTypedLiteral = cast.location < 0
    let location = isTypedLiteral ? visit(typeName.location) : Int(cast.location)
    if let text = try intervalWithUnit(argument, typeName) {
      let type = try typeWithoutModifiers(typeName)
      if let last = NodeList(typeName.n_typmods, typeName.typmods).present.last {
        visit(last.pointee.a_const.pointee.location)
      }
      return ExpressionSyntax(.cast(text, type), location: location)
    }
    let operand = try expression(argument)
    let type = try self.type(typeName)
    return ExpressionSyntax(.cast(operand, type), location: location)
  }

  /// `INTERVAL '5' DAY` as the text `5 day`; `nil` for everything that is no interval with fields.
  private mutating func intervalWithUnit(
    _ argument: GrammarNode, _ type: PgQuery__TypeName
  ) throws(QueryError) -> ExpressionSyntax? {
    let modifiers = NodeList(type.n_typmods, type.typmods).present
    guard NodeList(type.n_names, type.names).strings.last == "interval",
      let mask = modifiers.first.flatMap(integer), type.n_array_bounds == 0
    else { return nil }
    let location = type.location
    // The bits that PostgreSQL gives the fields of an interval.
    let unit: String? =
      switch mask {
      case 1 << 1: "month"
      case 1 << 2: "year"
      case 1 << 3: "day"
      case 1 << 10: "hour"
      case 1 << 11: "minute"
      case 1 << 12: "second"
      default: nil
      }
    let hint = "put the units into the text: INTERVAL '3 days 4 hours'"
    guard let unit, modifiers.count == 1 else {
      throw unsupported(
        "an interval with a range of fields or a precision is", at: location, hint: hint)
    }
    guard argument.pointee.node_case == PG_QUERY__NODE__NODE_A_CONST,
      argument.pointee.a_const.pointee.val_case == PG_QUERY__A__CONST__VAL_SVAL
    else {
      throw unsupported("an interval type with fields is", at: location, hint: hint)
    }
    let number = String(grammar: argument.pointee.a_const.pointee.sval.pointee.sval)
      .filter { $0 != " " }
    // Only seconds have a fraction: PostgreSQL cuts what is finer than the field.
    guard Int64(number) != nil || (unit == "second" && isFraction(number)) else {
      throw unsupported("a field behind this text is", at: location, hint: hint)
    }
    let place = visit(argument.pointee.a_const.pointee.location)
    return ExpressionSyntax(.string("\(number) \(unit)"), location: place)
  }

  private func isFraction(_ number: String) -> Bool {
    Double(number) != nil
      && number.utf8.allSatisfy { byte in
        (byte >= Ascii.zero && byte <= Ascii.nine) || byte == Ascii.dot || byte == Ascii.minus
          || byte == Ascii.plus
      }
  }
}

extension ExpressionSyntax.Kind {
  /// A number as the grammar gives it when it does not fit 32 bits.
  static func number(_ written: String) -> Self {
    Int64(written).map { .integer($0) } ?? .decimal(written)
  }
}
