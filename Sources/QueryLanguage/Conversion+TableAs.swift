import CPgQuery

extension Conversion {
  mutating func createTable(
    as statement: PgQuery__CreateTableAsStmt
  ) throws(QueryError) -> CreateTableSyntax {
    guard let into = statement.into?.pointee, let relation = into.rel?.pointee,
      let query = statement.query
    else { throw internalError("CREATE TABLE AS without a name or a query") }
    let name = try plainTableName(relation)
    if String(grammar: relation.relpersistence) != "p" {
      throw unsupported(
        "a temporary or unlogged table is", at: name.offset,
        hint: "name the query with WITH, or use CREATE TABLE and DROP TABLE")
    }
    guard query.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT else {
      throw unsupported(
        "CREATE TABLE AS of anything but a query is", at: name.offset,
        hint: "write the query itself: CREATE TABLE t AS SELECT ...")
    }
    if !String(grammar: into.access_method).isEmpty {
      throw unsupported(
        "USING an access method is", at: keyword("using"),
        hint: "every table is kept by columns: leave it out")
    }
    if into.on_commit != PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_NOOP
      || !String(grammar: into.table_space_name).isEmpty
    {
      throw unsupported(
        "ON COMMIT or TABLESPACE is", at: name.offset,
        hint: "leave it out: there are no transactions, and one data folder")
    }
    let columnNames = identifiers(NodeList(into.n_col_names, into.col_names))
    var table = CreateTableSyntax(
      name: name, columns: [], ifNotExists: statement.if_not_exists != 0)
    for node in NodeList(into.n_options, into.options).present {
      table.options.append(try option(node.pointee.def_elem.pointee))
    }
    _ = keyword("as", within: 64)
    table.source = CreateTableSyntax.Source(
      columnNames: columnNames, query: try select(query.pointee.select_stmt),
      isWithoutRows: into.skip_data != 0)
    return table
  }
}

/// `PARTITION BY DAY (ts)` in front of the `AS` of `CREATE TABLE ... AS`, where PostgreSQL's grammar
/// takes no such clause.
struct PartitionClause {
  var range: Range<Int>
  var strategy: Identifier
  var columns: [Identifier]
}

func partitionClauses(in text: TokenizedText) -> [PartitionClause] {
  var clauses: [PartitionClause] = []
  var depth = 0
  // What the statement begins with, and whether its AS is still to come.
  var isCreateTable = false
  var isStart = true
  for index in text.tokens.indices {
    if isStart {
      isCreateTable = text.matches(index, "create") && text.matches(index + 1, "table")
    }
    isStart = text.matches(index, ";")
    if isStart { depth = 0 }
    guard isCreateTable else { continue }
    if text.matches(index, "(") { depth += 1 }
    if text.matches(index, ")") { depth -= 1 }
    if depth == 0, text.matches(index, "as") { isCreateTable = false }
    if depth == 0, let clause = partitionClause(at: index, in: text) { clauses.append(clause) }
  }
  return clauses
}

private func partitionClause(at first: Int, in text: TokenizedText) -> PartitionClause? {
  guard text.matches(first, "partition"), text.matches(first + 1, "by"),
    let strategy = text.name(first + 2), text.matches(first + 3, "(")
  else { return nil }
  var columns: [Identifier] = []
  var index = first + 4
  while let name = text.name(index) {
    columns.append(Identifier(name, offset: text.tokens[index].range.lowerBound))
    index += 1
    guard text.matches(index, ",") else { break }
    index += 1
  }
  guard text.matches(index, ")"), text.matches(index + 1, "as") || text.matches(index + 1, "with")
  else { return nil }
  return PartitionClause(
    range: text.tokens[first].range.lowerBound..<text.tokens[index].range.upperBound,
    strategy: Identifier(strategy, offset: text.tokens[first + 2].range.lowerBound),
    columns: columns)
}
