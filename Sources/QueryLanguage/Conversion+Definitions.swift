import CPgQuery

extension Conversion {
  mutating func createTable(
    _ statement: PgQuery__CreateStmt
  ) throws(QueryError) -> CreateTableSyntax {
    guard let relation = statement.relation?.pointee else {
      throw internalError("CREATE TABLE without a name")
    }
    let name = try plainTableName(relation)
    if String(grammar: relation.relpersistence) != "p" {
      throw unsupported(
        "a temporary or unlogged table is", at: name.offset,
        hint: "name the query with WITH, or use CREATE TABLE and DROP TABLE")
    }
    if statement.partbound != nil {
      throw unsupported(
        "CREATE TABLE ... PARTITION OF is", at: name.offset,
        hint: "partitions are made as rows arrive: CREATE TABLE ... PARTITION BY DAY (ts)")
    }
    if statement.n_inh_relations > 0 {
      throw unsupported(
        "INHERITS is", at: keyword("inherits", within: 1024),
        hint: "repeat the columns, and read both with UNION ALL")
    }
    if statement.of_typename != nil {
      throw unsupported("CREATE TABLE ... OF a type is", at: name.offset, hint: "name the columns")
    }
    var table = CreateTableSyntax(
      name: name, columns: [], ifNotExists: statement.if_not_exists != 0)
    for node in NodeList(statement.n_table_elts, statement.table_elts).present {
      switch node.pointee.node_case {
      case PG_QUERY__NODE__NODE_COLUMN_DEF:
        try column(node.pointee.column_def.pointee, into: &table)
      case PG_QUERY__NODE__NODE_CONSTRAINT:
        try tableConstraint(node.pointee.constraint.pointee, into: &table)
      case PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE:
        throw unsupported(
          "CREATE TABLE (LIKE ...) is", at: keyword("like"), hint: "name the columns")
      default:
        throw internalError("unknown element of CREATE TABLE")
      }
    }
    if let specification = statement.partspec?.pointee {
      table.partitioning = try partitioning(specification)
    }
    if !String(grammar: statement.access_method).isEmpty {
      throw unsupported(
        "USING an access method is", at: keyword("using"),
        hint: "every table is kept by columns: leave it out")
    }
    for node in NodeList(statement.n_options, statement.options).present {
      table.options.append(try option(node.pointee.def_elem.pointee))
    }
    if statement.oncommit != PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_NOOP {
      throw unsupported(
        "ON COMMIT is", at: nextLocation, hint: "there are no transactions: leave it out")
    }
    if !String(grammar: statement.tablespacename).isEmpty {
      throw unsupported(
        "TABLESPACE is", at: keyword("tablespace"),
        hint: "tables are kept in the data folder: leave it out")
    }
    return table
  }

  mutating func column(
    _ definition: PgQuery__ColumnDef, into table: inout CreateTableSyntax
  ) throws(QueryError) {
    let offset = visit(definition.location)
    let name = Identifier(String(grammar: definition.colname), offset: offset)
    guard let typeName = definition.type_name else {
      throw malformed("column \"\(name.name)\" has no type", at: offset)
    }
    let type = try self.type(typeName.pointee)
    if let collation = definition.coll_clause {
      throw unsupportedCollation(at: collation.pointee.location)
    }
    let method = String(grammar: definition.compression)
    let compression =
      method.isEmpty ? nil : Identifier(method, offset: keyword("compression"))
    if definition.n_fdwoptions > 0 {
      throw unsupported("OPTIONS of a column is", at: offset, hint: "leave them out")
    }
    var isNotNull = false
    var isNull = false
    for node in NodeList(definition.n_constraints, definition.constraints).present {
      let constraint = node.pointee.constraint.pointee
      try refuseName(of: constraint)
      let location = visit(constraint.location)
      switch constraint.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
        isNull = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        isNotNull = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        try refuseOptions(of: constraint)
        try setPrimaryKey([name], at: location, in: &table)
        isNotNull = true
      default:
        throw unsupportedConstraint(constraint)
      }
      if isNull && isNotNull {
        throw malformed("conflicting NULL/NOT NULL for column \"\(name.name)\"", at: location)
      }
    }
    var column = ColumnSyntax(name: name, type: type, isNotNull: isNotNull)
    column.compression = compression
    table.columns.append(column)
  }

  private mutating func tableConstraint(
    _ constraint: PgQuery__Constraint, into table: inout CreateTableSyntax
  ) throws(QueryError) {
    try refuseName(of: constraint)
    guard constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY else {
      throw unsupportedConstraint(constraint)
    }
    let location = visit(constraint.location)
    try refuseOptions(of: constraint)
    let names = identifiers(NodeList(constraint.n_keys, constraint.keys))
    try setPrimaryKey(names, at: location, in: &table)
    for index in table.columns.indices
    where names.contains(where: { $0.name == table.columns[index].name.name }) {
      table.columns[index].isNotNull = true
    }
  }

  private func setPrimaryKey(
    _ names: [Identifier], at location: Int, in table: inout CreateTableSyntax
  ) throws(QueryError) {
    guard table.primaryKey.isEmpty else {
      throw malformed(
        "multiple primary keys for table \"\(table.name.name)\"", at: location,
        hint: "name all columns of the key in one: PRIMARY KEY (a, b)")
    }
    table.primaryKey = names
  }

  private func refuseName(of constraint: PgQuery__Constraint) throws(QueryError) {
    guard String(grammar: constraint.conname).isEmpty else {
      throw unsupported(
        "a name for a constraint is", at: constraint.location,
        hint: "leave CONSTRAINT and the name out")
    }
  }

  private func refuseOptions(of constraint: PgQuery__Constraint) throws(QueryError) {
    guard constraint.n_including == 0, constraint.n_options == 0,
      String(grammar: constraint.indexname).isEmpty,
      String(grammar: constraint.indexspace).isEmpty, !constraint.isDeferrable
    else {
      throw unsupported(
        "an option of PRIMARY KEY is", at: constraint.location,
        hint: "write PRIMARY KEY (column, ...) and nothing more")
    }
  }

  private func unsupportedConstraint(_ constraint: PgQuery__Constraint) -> QueryError {
    let (name, hint) =
      switch constraint.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        ("DEFAULT", "a column left out is null: give the value in INSERT, or coalesce in the query")
      case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        ("GENERATED AS IDENTITY", "give the number in INSERT: row_number() OVER () counts rows")
      case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        ("a generated column", "compute it in the query, or in a view")
      case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        ("CHECK", "filter before storing: INSERT INTO ... SELECT ... WHERE")
      case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        ("UNIQUE", "one key is enforced: PRIMARY KEY (column, ...)")
      case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        ("EXCLUDE", "one key is enforced: PRIMARY KEY (column, ...)")
      case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        (
          "a foreign key",
          "leave it out: joins need none, and an anti join finds rows without a match"
        )
      default:
        ("DEFERRABLE", "keys are checked at the end of each statement: leave it out")
      }
    return unsupported("\(name) is", at: constraint.location, hint: hint)
  }

  private mutating func partitioning(
    _ specification: PgQuery__PartitionSpec
  ) throws(QueryError) -> (strategy: Identifier, columns: [Identifier]) {
    visit(specification.location, following: 1)
    let strategy = identifier(String(grammar: specification.strategy))
    var columns: [Identifier] = []
    for node in NodeList(specification.n_part_params, specification.part_params).present {
      let element = node.pointee.partition_elem.pointee
      let offset = visit(element.location)
      guard element.expr == nil, element.n_collation == 0, element.n_opclass == 0 else {
        throw unsupported(
          "an expression in PARTITION BY is", at: offset,
          hint: "name the column and the unit: PARTITION BY DAY (ts)")
      }
      columns.append(Identifier(String(grammar: element.name), offset: offset))
    }
    return (strategy, columns)
  }

  mutating func option(
    _ definition: PgQuery__DefElem
  ) throws(QueryError) -> (name: Identifier, value: ExpressionSyntax?) {
    let offset = visit(definition.location)
    guard String(grammar: definition.defnamespace).isEmpty else {
      throw unsupported(
        "an option with a namespace is", at: offset,
        hint: "the option of a table is retention_days = number")
    }
    let name = Identifier(String(grammar: definition.defname), offset: offset)
    guard let argument = definition.arg else { return (name, nil) }
    _ = keyword("=", within: 1)
    let location = nextLocation
    let kind: ExpressionSyntax.Kind
    switch argument.pointee.node_case {
    case PG_QUERY__NODE__NODE_INTEGER:
      kind = .integer(Int64(argument.pointee.integer.pointee.ival))
    case PG_QUERY__NODE__NODE_FLOAT:
      kind = .number(String(grammar: argument.pointee.float_.pointee.fval))
    case PG_QUERY__NODE__NODE_STRING:
      kind = .string(String(grammar: argument.pointee.string.pointee.sval))
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      // A bare word, such as `compression = fast`.
      kind = .string(try type(argument.pointee.type_name.pointee).name)
    default:
      throw unsupported(
        "this value of an option is", at: location,
        hint: "the option of a table is retention_days = number")
    }
    visit(Int32(clamping: location))
    return (name, ExpressionSyntax(kind, location: location))
  }

  mutating func createDomain(
    _ statement: PgQuery__CreateDomainStmt
  ) throws(QueryError) -> StatementKind {
    _ = keyword("domain")
    let parts = NodeList(statement.n_domainname, statement.domainname).strings
    let name = identifier(parts.first ?? "")
    guard parts.count == 1 else {
      throw unsupported(
        "a domain name with a schema is", at: name.offset,
        hint: "there are no schemas: write the name alone")
    }
    guard let typeName = statement.type_name else { throw internalError("domain without a type") }
    let type = try self.type(typeName.pointee)
    if let collation = statement.coll_clause {
      throw unsupportedCollation(at: collation.pointee.location)
    }
    if let constraint = NodeList(statement.n_constraints, statement.constraints).present.first {
      throw unsupported(
        "a constraint of a domain is", at: constraint.pointee.constraint.pointee.location,
        hint: "state it at the column")
    }
    return .createDomain(name: name, type: type)
  }

  func unsupportedCollation(at location: Int32) -> QueryError {
    unsupported("COLLATE is", at: location, hint: "texts compare byte by byte, as with \"C\"")
  }
}

extension PgQuery__Constraint {
  fileprivate var isDeferrable: Bool { deferrable != 0 || initdeferred != 0 }
}
