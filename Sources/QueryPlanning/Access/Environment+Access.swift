import ColumnStore
import QueryLanguage

/// Whose rows a statement reads.
extension Environment {
  var access: QueryAccess { context.access }

  /// The table's scan, restricted to the rows in reach. Every name of a table in a query comes here.
  func scan(of schema: TableSchema, at name: Identifier) throws(QueryError) -> TableScan {
    TableScan(
      schema: schema, columns: Array(schema.columns.indices),
      filters: try scope(of: schema, at: name))
  }

  /// The first conjuncts of the scan: what follows is not evaluated for rows out of reach.
  private func scope(
    of schema: TableSchema, at name: Identifier
  ) throws(QueryError) -> [Expression] {
    var filters: [Expression] = []
    if let organizations = access.organizationNames {
      filters.append(
        try restriction(
          to: Set(organizations.map { .text($0) }), by: .organization, schema, at: name))
    }
    if let user = access.userName {
      filters.append(try restriction(to: [.text(user)], by: .user, schema, at: name))
    }
    return filters
  }

  private func restriction(
    to values: Set<Value>, by label: ColumnLabel, _ schema: TableSchema, at name: Identifier
  ) throws(QueryError) -> Expression {
    guard let column = schema.column(labelled: label) else {
      throw error(
        .insufficientPrivilege, "no access to table '\(name.name)'", at: name.offset,
        hint: label == .organization
          ? "its rows belong to no organisation: it is for those who see all"
          : "its rows belong to nobody: it is for those who see their organisation")
    }
    let operand = Expression.column(column, .text)
    if values.count == 1, let only = values.first {
      return .compare(.equal, operand, .literal(only, .text))
    }
    return .inList(operand, values)
  }

  /// System tables tell of everybody's rows and queries. What only repeats the reference is for all.
  func requireAccess(to table: SystemTable, at name: Identifier) throws(QueryError) {
    switch table {
    case .functions, .settings, .informationTables, .informationColumns: return
    case .tables, .columns, .partitions, .segments, .views, .metrics, .queries, .database,
      .retentionDrops:
      break
    }
    guard access.mayOperate else {
      throw error(
        .insufficientPrivilege, "no access to \(table.rawValue)", at: name.offset,
        hint: "information_schema.tables and information_schema.columns are for everybody")
    }
  }

  /// Changes are refused before anything is looked up.
  func requireWriting(at location: Int) throws(QueryError) {
    guard access.mayWrite else {
      throw error(
        .readOnly, "nothing can be changed here", at: location,
        hint: "queries, EXPLAIN and SET are what this session may run")
    }
  }
}

extension Plan {
  /// Whether there is anything to hide. Most plans have nothing.
  fileprivate var readsLabelledColumns: Bool {
    if case .scan(let scan) = self {
      return scan.schema.columns.contains { $0.label?.hides == true }
    }
    return inputs.contains(where: \.readsLabelledColumns)
  }
}

extension Environment {
  /// The plan of a query for who asks: redacted, made fast, and looked through once more.
  ///
  /// `target` is the table whose columns the rows become.
  func planned(
    _ plan: Plan, _ columnNames: [String], into target: Redaction.Target = .answer
  ) throws(QueryError) -> PlannedQuery {
    guard plan.readsLabelledColumns || notes.namesPseudonyms else {
      return PlannedQuery(plan: try optimized(plan), columnNames: columnNames)
    }
    var redaction = Redaction(environment: self, target: target)
    let redacted = try redaction.redact(plan)
    var check = Redaction(environment: self, target: target)
    check.isChecking = true
    let optimized = try optimized(redacted.plan)
    _ = try check.redact(optimized)
    var query = PlannedQuery(plan: optimized, columnNames: columnNames)
    query.redactedColumns = redacted.columns
    query.openedColumns = check.opened.sorted()
    query.labels = redaction.labels
    return query
  }
}
