import CPgQuery

/// What a statement of PostgreSQL is called, and what to use instead.
private struct StatementAdvice {
  var name: String
  var hint: String

  init(_ name: String, _ hint: String) {
    self.name = name
    self.hint = hint
  }
}

extension Conversion {
  /// Names a statement that PostgreSQL has and Daybook does not.
  func unsupportedStatement(_ node: PgQuery__Node, range: Range<Int>) -> QueryError {
    let advice =
      queryAdvice(node, range) ?? definitionAdvice(node, range) ?? rightsAdvice(node, range)
      ?? sessionAdvice(node, range)
      ?? StatementAdvice(
        words(range, namesObject(range) ? 2 : 1), "Documentation/sql.md lists the statements")
    return unsupported(advice, range)
  }

  /// Names what DROP cannot drop because it cannot be there.
  func unsupportedDrop(of type: PgQuery__ObjectType, range: Range<Int>) -> QueryError {
    let hint =
      switch type {
      case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX: "there are no indexes to drop"
      case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN: "a domain stays: it takes no room without tables"
      case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA: "there are no schemas: drop the tables one by one"
      default: "only tables and views are dropped: DROP TABLE, DROP VIEW"
      }
    return unsupported(
      StatementAdvice(words(range, 2), hint), range)
  }

  private func unsupported(_ advice: StatementAdvice, _ range: Range<Int>) -> QueryError {
    QueryError(
      .featureNotSupported, "\(advice.name) is not supported",
      at: text.tokenRange(at: range.lowerBound), hint: advice.hint)
  }

  private func words(_ range: Range<Int>, _ count: Int) -> String {
    let first = text.index(at: range.lowerBound)
    return (first..<first + count).map { text.written($0).uppercased() }.joined(separator: " ")
  }

  private func namesObject(_ range: Range<Int>) -> Bool {
    ["CREATE", "ALTER", "DROP", "COMMENT", "REFRESH"].contains(words(range, 1))
  }

  // MARK: Kinds of statements

  private func queryAdvice(_ node: PgQuery__Node, _ range: Range<Int>) -> StatementAdvice? {
    switch node.node_case {
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      StatementAdvice(
        "MERGE", "use INSERT INTO ... SELECT ... ON CONFLICT, or UPDATE and DELETE")
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT, PG_QUERY__NODE__NODE_FETCH_STMT,
      PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
      StatementAdvice(words(range, 1), "there are no cursors: run the query, with LIMIT and OFFSET")
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
      StatementAdvice(
        words(range, 1), "every statement stands for itself: there are no transactions")
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      StatementAdvice("LOCK", "queries never wait for writers, and writers take turns")
    case PG_QUERY__NODE__NODE_DO_STMT, PG_QUERY__NODE__NODE_CALL_STMT:
      StatementAdvice(words(range, 1), "there are no procedures: send the statements one by one")
    default: nil
    }
  }

  private func definitionAdvice(_ node: PgQuery__Node, _ range: Range<Int>) -> StatementAdvice? {
    let verb = words(range, 1)
    switch node.node_case {
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      return StatementAdvice(
        "REFRESH MATERIALIZED VIEW", "it is always fresh: every query of it sees the newest rows")
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return StatementAdvice(
        "CREATE INDEX", "no index is needed: blocks that cannot match are skipped")
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT,
      PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT, PG_QUERY__NODE__NODE_RULE_STMT:
      let name = node.node_case == PG_QUERY__NODE__NODE_RULE_STMT ? "RULE" : "TRIGGER"
      return StatementAdvice("\(verb) \(name)", "send the statement that should follow by itself")
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT, PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
      let isProcedure =
        node.node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT
        && node.create_function_stmt.pointee.is_procedure != 0
      return StatementAdvice(
        "\(verb) \(isProcedure ? "PROCEDURE" : "FUNCTION")",
        "name a query with CREATE VIEW, or prepare one with parameters: PREPARE q AS SELECT ... $1")
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
      return StatementAdvice(
        "\(verb) SEQUENCE", "number rows with row_number() OVER (ORDER BY ...)")
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
      return StatementAdvice("CREATE SCHEMA", "put the prefix into the table's name")
    case PG_QUERY__NODE__NODE_CREATEDB_STMT, PG_QUERY__NODE__NODE_DROPDB_STMT,
      PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT, PG_QUERY__NODE__NODE_ALTER_DATABASE_SET_STMT:
      return StatementAdvice(
        "\(verb) DATABASE", "a data folder is a database: daybook --data FOLDER")
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT, PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
      return StatementAdvice(
        "\(verb) EXTENSION", "what there is is built in: Documentation/sql.md lists the functions")
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT, PG_QUERY__NODE__NODE_CREATE_ENUM_STMT,
      PG_QUERY__NODE__NODE_CREATE_RANGE_STMT, PG_QUERY__NODE__NODE_ALTER_ENUM_STMT,
      PG_QUERY__NODE__NODE_ALTER_TYPE_STMT:
      return StatementAdvice(
        "\(verb) TYPE",
        "use text, or columns of their own: text is kept in a dictionary, as enums are")
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
      return StatementAdvice(
        words(range, 2), "what there is is built in: Documentation/sql.md lists the functions")
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT, PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      return StatementAdvice("\(verb) TABLESPACE", "tables are kept in the data folder")
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
      return StatementAdvice("ALTER DOMAIN", "a domain is a dictionary of text and has no options")
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      return StatementAdvice(
        "\(words(range, 2)) ... SET SCHEMA", "there are no schemas: RENAME TO changes the name")
    case PG_QUERY__NODE__NODE_RENAME_STMT
    where node.rename_stmt.pointee.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
      return StatementAdvice("RENAME CONSTRAINT", "the key is the only constraint: it has no names")
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, PG_QUERY__NODE__NODE_RENAME_STMT,
      PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
      let name = words(range, 2)
      return StatementAdvice(
        name,
        name == "ALTER VIEW"
          ? "state the view anew: CREATE OR REPLACE VIEW, or DROP VIEW and CREATE VIEW"
          : "only tables and their columns are altered: ALTER TABLE")
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
      return StatementAdvice("COMMENT ON", "keep notes beside the SQL: -- comments are ignored")
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT,
      PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT,
      PG_QUERY__NODE__NODE_IMPORT_FOREIGN_SCHEMA_STMT, PG_QUERY__NODE__NODE_CREATE_FDW_STMT,
      PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT, PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
      return StatementAdvice(
        words(range, 2), "bring rows in with COPY ... FROM, or daybook load FILE --into TABLE")
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
      return StatementAdvice("CREATE STATISTICS", "blocks keep their own bounds: none are needed")
    default: return nil
    }
  }

  private func rightsAdvice(_ node: PgQuery__Node, _ range: Range<Int>) -> StatementAdvice? {
    switch node.node_case {
    case PG_QUERY__NODE__NODE_GRANT_STMT, PG_QUERY__NODE__NODE_GRANT_ROLE_STMT,
      PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT,
      PG_QUERY__NODE__NODE_REASSIGN_OWNED_STMT, PG_QUERY__NODE__NODE_DROP_OWNED_STMT:
      StatementAdvice(
        words(range, namesObject(range) ? 2 : 1),
        "whoever may read the data folder may read all tables: restrict the folder")
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT, PG_QUERY__NODE__NODE_ALTER_ROLE_STMT,
      PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT, PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
      StatementAdvice(
        words(range, 2), "there are no accounts: restrict who may read the data folder")
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT, PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      StatementAdvice(words(range, 2), "show part of a table with CREATE VIEW ... WHERE")
    default: nil
    }
  }

  private func sessionAdvice(_ node: PgQuery__Node, _ range: Range<Int>) -> StatementAdvice? {
    switch node.node_case {
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      StatementAdvice(words(range, 1), "nothing is left to clean up or to count")
    case PG_QUERY__NODE__NODE_REINDEX_STMT, PG_QUERY__NODE__NODE_CLUSTER_STMT:
      StatementAdvice(
        words(range, 1), "there are no indexes: PARTITION BY DAY (ts) keeps rows by their time")
    case PG_QUERY__NODE__NODE_LISTEN_STMT, PG_QUERY__NODE__NODE_NOTIFY_STMT,
      PG_QUERY__NODE__NODE_UNLISTEN_STMT:
      StatementAdvice(words(range, 1), "ask again: what was aggregated before is kept")
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
      StatementAdvice("DISCARD", "use DEALLOCATE ALL, and RESET for each setting")
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
      StatementAdvice("SET CONSTRAINTS", "keys are checked at the end of each statement")
    case PG_QUERY__NODE__NODE_LOAD_STMT:
      StatementAdvice("LOAD", "rows are loaded with COPY ... FROM: libraries are not")
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
      StatementAdvice("ALTER SYSTEM", "use SET: settings last as long as the session")
    default: nil
    }
  }
}
