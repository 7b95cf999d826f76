import CPgQuery

/// UPDATE, DELETE, TRUNCATE, ON CONFLICT and RETURNING.
extension Conversion {
  mutating func update(_ statement: PgQuery__UpdateStmt) throws(QueryError) -> UpdateSyntax {
    let with = try commonTableExpressions(statement.with_clause)
    guard let relation = statement.relation?.pointee else {
      throw internalError("UPDATE without a table")
    }
    let target = try changedTable(relation, "UPDATE")
    var update = UpdateSyntax(
      table: target.table, alias: target.alias,
      assignments: try assignments(NodeList(statement.n_target_list, statement.target_list)))
    update.with = with.list
    update.isRecursive = with.isRecursive
    for node in NodeList(statement.n_from_clause, statement.from_clause).present {
      update.from.append(try tableReference(node))
    }
    if let filter = statement.where_clause { update.filter = try expression(filter) }
    update.returning = try returning(
      NodeList(statement.n_returning_list, statement.returning_list))
    return update
  }

  mutating func delete(_ statement: PgQuery__DeleteStmt) throws(QueryError) -> DeleteSyntax {
    let with = try commonTableExpressions(statement.with_clause)
    guard let relation = statement.relation?.pointee else {
      throw internalError("DELETE without a table")
    }
    let target = try changedTable(relation, "DELETE")
    var delete = DeleteSyntax(table: target.table, alias: target.alias)
    delete.with = with.list
    delete.isRecursive = with.isRecursive
    for node in NodeList(statement.n_using_clause, statement.using_clause).present {
      delete.using.append(try tableReference(node))
    }
    if let filter = statement.where_clause { delete.filter = try expression(filter) }
    delete.returning = try returning(
      NodeList(statement.n_returning_list, statement.returning_list))
    return delete
  }

  mutating func truncate(_ statement: PgQuery__TruncateStmt) throws(QueryError) -> StatementKind {
    _ = keyword("truncate")
    var names: [Identifier] = []
    for node in NodeList(statement.n_relations, statement.relations).present
    where node.pointee.node_case == PG_QUERY__NODE__NODE_RANGE_VAR {
      names.append(try plainTableName(node.pointee.range_var.pointee))
    }
    if statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE {
      throw unsupported(
        "TRUNCATE ... CASCADE is", at: nextLocation,
        hint: "nothing depends on a table: leave CASCADE out")
    }
    return .truncate(names)
  }

  mutating func conflict(_ clause: PgQuery__OnConflictClause) throws(QueryError) -> ConflictSyntax {
    var conflict = ConflictSyntax(columns: [], location: visit(clause.location))
    if let target = clause.infer?.pointee {
      if !String(grammar: target.conname).isEmpty {
        throw unsupported(
          "ON CONFLICT ON CONSTRAINT is", at: conflict.location,
          hint: "name the columns of the primary key: ON CONFLICT (...)")
      }
      for node in NodeList(target.n_index_elems, target.index_elems).present {
        let element = node.pointee.index_elem.pointee
        guard element.expr == nil, element.n_collation == 0, element.n_opclass == 0 else {
          throw unsupported(
            "ON CONFLICT of anything but columns is", at: conflict.location,
            hint: "name the columns of the primary key: ON CONFLICT (...)")
        }
        conflict.columns.append(identifier(String(grammar: element.name)))
      }
      if target.where_clause != nil {
        throw unsupported(
          "WHERE in the target of ON CONFLICT is", at: keyword("where"),
          hint: "there are no partial indexes: leave it out")
      }
    }
    if clause.action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE {
      conflict.assignments = try assignments(NodeList(clause.n_target_list, clause.target_list))
      if let filter = clause.where_clause { conflict.filter = try expression(filter) }
    }
    return conflict
  }

  mutating func returning(_ list: NodeList) throws(QueryError) -> [SelectItem] {
    var items: [SelectItem] = []
    for node in list.present { items.append(try selectItem(node.pointee.res_target.pointee)) }
    return items
  }

  private mutating func changedTable(
    _ relation: PgQuery__RangeVar, _ statement: String
  ) throws(QueryError) -> (table: Identifier, alias: TableAlias?) {
    let table = try plainTableName(relation)
    guard relation.inh != 0 else {
      throw unsupported(
        "\(statement) ONLY is", at: table.offset, hint: "tables have no children: leave it out")
    }
    return (table, alias(relation.alias))
  }

  private mutating func assignments(_ list: NodeList) throws(QueryError) -> [AssignmentSyntax] {
    var assignments: [AssignmentSyntax] = []
    for node in list.present {
      let target = node.pointee.res_target.pointee
      let offset = visit(target.location)
      guard target.n_indirection == 0 else {
        throw unsupported("SET of a part of a column is", at: offset, hint: "set the whole column")
      }
      guard let value = target.val else { throw internalError("SET without a value") }
      if value.pointee.node_case == PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF {
        throw unsupported(
          "SET of several columns at once is", at: offset, hint: "write SET a = ..., b = ...")
      }
      assignments.append(
        AssignmentSyntax(
          column: Identifier(String(grammar: target.name), offset: offset),
          value: try expression(value)))
    }
    return assignments
  }
}
