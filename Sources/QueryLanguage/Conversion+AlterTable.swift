import CPgQuery

/// ALTER TABLE: new names, new columns, columns that go.
extension Conversion {
  mutating func alterTable(
    _ statement: PgQuery__AlterTableStmt, _ node: PgQuery__Node, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    let commands = NodeList(statement.n_cmds, statement.cmds).present
    let isMaterializedView =
      statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
      && commands.allSatisfy { $0.pointee.alter_table_cmd.pointee.subtype.isOfOptions }
    guard statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || isMaterializedView,
      let relation = statement.relation?.pointee
    else { throw unsupportedStatement(node, range: range) }
    let table = try plainTableName(relation)
    var actions: [AlterTableSyntax.Action] = []
    for node in commands {
      if text.matches(text.index(at: cursor), ",") { _ = keyword(",") }
      actions.append(try action(node.pointee.alter_table_cmd.pointee))
    }
    return .alterTable(
      AlterTableSyntax(table: table, ifExists: statement.missing_ok != 0, actions: actions))
  }

  private mutating func action(
    _ command: PgQuery__AlterTableCmd
  ) throws(QueryError) -> AlterTableSyntax.Action {
    let location = nextLocation
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      guard let definition = command.def else { throw internalError("ADD COLUMN without one") }
      var columns = CreateTableSyntax(
        name: Identifier("", offset: location), columns: [], ifNotExists: false)
      try column(definition.pointee.column_def.pointee, into: &columns)
      guard columns.primaryKey.isEmpty, let column = columns.columns.first else {
        throw unsupported(
          "a PRIMARY KEY of a table that exists is",
          at: columns.primaryKey.first?.offset ?? location,
          hint: "make a new table with the key, and INSERT INTO ... SELECT the rows")
      }
      return .addColumn(column, ifNotExists: command.missing_ok != 0)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      let name = identifier(String(grammar: command.name))
      if command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE {
        throw unsupported(
          "DROP COLUMN ... CASCADE is", at: nextLocation,
          hint: "drop the views that use the table first")
      }
      return .dropColumn(name, ifExists: command.missing_ok != 0)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
      return .setOptions(try options(of: command))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
      return .resetOptions(try options(of: command).map(\.name))
    default:
      throw unsupportedAction(command.subtype, at: location)
    }
  }

  private mutating func options(
    of command: PgQuery__AlterTableCmd
  ) throws(QueryError) -> [(name: Identifier, value: ExpressionSyntax?)] {
    guard let list = command.def, list.pointee.node_case == PG_QUERY__NODE__NODE_LIST else {
      throw internalError("options without a list")
    }
    var options: [(name: Identifier, value: ExpressionSyntax?)] = []
    let items = list.pointee.list.pointee
    for node in NodeList(items.n_items, items.items).present {
      options.append(try option(node.pointee.def_elem.pointee))
    }
    if text.matches(text.index(at: cursor), ")") { _ = keyword(")") }
    return options
  }

  /// `RENAME TO` and `RENAME COLUMN`; the grammar has one statement for all that has a name.
  mutating func rename(
    _ statement: PgQuery__RenameStmt, _ node: PgQuery__Node, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    let isTable = statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE
    let isColumn =
      statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN
      && statement.relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE
    guard isTable || isColumn, let relation = statement.relation?.pointee else {
      throw unsupportedStatement(node, range: range)
    }
    let table = try plainTableName(relation)
    var column: Identifier?
    if isColumn {
      _ = keyword("rename")
      if text.matches(text.index(at: cursor), "column") { _ = keyword("column") }
      column = identifier(String(grammar: statement.subname))
    }
    _ = keyword("to")
    let name = identifier(String(grammar: statement.newname))
    return .alterTable(
      AlterTableSyntax(
        table: table, ifExists: statement.missing_ok != 0,
        actions: [column.map { .renameColumn($0, to: name) } ?? .renameTable(to: name)]))
  }

  private func unsupportedAction(
    _ kind: PgQuery__AlterTableType, at location: Int
  ) -> QueryError {
    let (name, hint) =
      switch kind {
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        (
          "ALTER COLUMN ... TYPE",
          "add a column of the new type, fill it with UPDATE, and drop the old one"
        )
      case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        (
          "ALTER COLUMN ... DEFAULT",
          "a column left out is null: give the value in INSERT, or coalesce in the query"
        )
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull,
        PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        (
          "ALTER COLUMN ... NOT NULL",
          "make a new table with the columns, and INSERT INTO ... SELECT the rows"
        )
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint,
        PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint,
        PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint,
        PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint:
        (
          "a constraint in ALTER TABLE",
          "the key is stated when a table is made: CREATE TABLE ... (PRIMARY KEY (column))"
        )
      case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
        ("OWNER TO", "there are no accounts: restrict who may read the data folder")
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition,
        PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
        ("this form of PARTITION", "partitions are made as rows arrive: DELETE removes old days")
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit, PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
        ("INHERIT", "tables have no children: read both with UNION ALL")
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace:
        ("TABLESPACE", "tables are kept in the data folder")
      case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity,
        PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity,
        PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
        ("ROW LEVEL SECURITY", "show part of a table with CREATE VIEW ... WHERE")
      case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
        ("TRIGGER", "there are no triggers")
      default:
        (
          "this form of ALTER TABLE",
          "RENAME TO, RENAME COLUMN, ADD COLUMN, DROP COLUMN and SET (...) are; else make a new table"
        )
      }
    return unsupported("\(name) is", at: location, hint: hint)
  }
}

extension PgQuery__AlterTableType {
  fileprivate var isOfOptions: Bool {
    self == PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions
      || self == PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions
  }
}
