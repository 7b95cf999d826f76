import CPgQuery

extension Conversion {
  mutating func copy(
    _ statement: PgQuery__CopyStmt, range: Range<Int>
  ) throws(QueryError) -> CopySyntax {
    if statement.is_program != 0 {
      throw unsupported(
        "COPY of a program is", at: range.lowerBound, hint: "pipe it: daybook load - --into TABLE")
    }
    if statement.where_clause != nil {
      throw unsupported(
        "WHERE of COPY is", at: keyword("where", within: 4096),
        hint: "load all rows and filter with CREATE TABLE ... AS")
    }
    let subject: CopySyntax.Subject
    if let relation = statement.relation?.pointee {
      let name = try plainTableName(relation)
      subject = .table(
        name, columns: identifiers(NodeList(statement.n_attlist, statement.attlist)))
    } else if let query = statement.query,
      query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT
    {
      subject = .query(try select(query.pointee.select_stmt))
    } else {
      throw unsupported(
        "COPY of anything but a table or query is", at: range.lowerBound,
        hint: "name a table, or put a query into brackets: COPY (SELECT ...) TO")
    }
    _ = keyword("from", "to", within: 64)
    let location = nextLocation
    let file = String(grammar: statement.filename)
    let direction: CopySyntax.Direction
    switch (statement.is_from != 0, file.isEmpty) {
    case (true, true):
      throw unsupported(
        "COPY ... FROM STDIN is", at: location, hint: "daybook load - --into TABLE reads a pipe")
    case (true, false): direction = .fromFile(file)
    case (false, true): direction = .toOutput
    case (false, false): direction = .toFile(file)
    }
    visit(Int32(clamping: location))
    var options: [(name: Identifier, value: ExpressionSyntax?)] = []
    for node in NodeList(statement.n_options, statement.options).present {
      options.append(try copyOption(node.pointee.def_elem.pointee))
    }
    return CopySyntax(
      subject: subject, direction: direction, fileLocation: location, options: options)
  }

  private mutating func copyOption(
    _ option: PgQuery__DefElem
  ) throws(QueryError) -> (name: Identifier, value: ExpressionSyntax?) {
    let offset = visit(option.location)
    let name = Identifier(String(grammar: option.defname), offset: offset)
    guard let argument = option.arg else { return (name, nil) }
    switch argument.pointee.node_case {
    case PG_QUERY__NODE__NODE_STRING:
      return (
        name,
        ExpressionSyntax(
          .string(String(grammar: argument.pointee.string.pointee.sval)), location: offset)
      )
    case PG_QUERY__NODE__NODE_BOOLEAN:
      return (
        name,
        ExpressionSyntax(.boolean(argument.pointee.boolean.pointee.boolval != 0), location: offset)
      )
    case PG_QUERY__NODE__NODE_INTEGER:
      return (
        name,
        ExpressionSyntax(
          .integer(Int64(argument.pointee.integer.pointee.ival)), location: offset)
      )
    default:
      throw unsupported(
        "the option \(name.name) of COPY is", at: offset,
        hint: "options are FORMAT, HEADER, DELIMITER and NULL")
    }
  }
}
