import ColumnStore
import QueryLanguage

/// CREATE VIEW, DROP of tables and views, and DESCRIBE of either.
extension Environment {
  func createView(_ syntax: CreateViewSyntax) throws(QueryError) -> PlannedStatement {
    let name = syntax.name
    if catalog.tables[name.name] != nil {
      throw syntax.replaces
        ? error(.wrongObjectType, "'\(name.name)' is a table, not a view", at: name.offset)
        : error(.duplicateTable, "there is a table '\(name.name)' already", at: name.offset)
    }
    let old = catalog.views[name.name]
    if old != nil, !syntax.replaces {
      throw error(
        .duplicateTable, "view '\(name.name)' already exists", at: name.offset,
        hint: "CREATE OR REPLACE VIEW puts another in its place")
    }
    var inner = self
    inner.viewPath = [name.name]
    inner.context.parameters = []
    let bound = try QueryBinder(environment: inner).bind(syntax.query)
    let names = try renamed(bound.columnNames, to: syntax.columnNames, of: name)
    var known: Set<String> = []
    for (index, column) in names.enumerated() where !known.insert(column).inserted {
      let place = syntax.columnNames.indices.contains(index) ? syntax.columnNames[index] : name
      throw error(
        .duplicateColumn, "column '\(column)' specified more than once", at: place.offset,
        hint: "name the columns: CREATE VIEW \(name.name) (a, b) AS ...")
    }
    let types = bound.plan.types
    let columns = names.indices.map {
      View.Column(name: names[$0], type: types[$0], source: bound.columnNames[$0])
    }
    if let old { try checkReplacement(of: old, by: columns, at: name) }
    let definition = String(
      decoding: Array(text.utf8)[syntax.definition.clamped(to: 0..<text.utf8.count)],
      as: UTF8.self)
    return .createView(
      View(name: name.name, definition: definition, columns: columns, uses: notes.uses),
      replacing: syntax.replaces)
  }

  /// As PostgreSQL: the columns that there are stay, since other views may use them.
  private func checkReplacement(
    of old: View, by columns: [View.Column], at name: Identifier
  ) throws(QueryError) {
    for (index, column) in old.columns.enumerated() {
      guard columns.indices.contains(index) else {
        throw error(
          .invalidTableDefinition, "cannot drop column '\(column.name)' from view '\(old.name)'",
          at: name.offset, hint: "DROP VIEW first; new columns go to the end")
      }
      guard columns[index].name == column.name else {
        throw error(
          .invalidTableDefinition,
          "cannot change the name of column '\(column.name)' of view '\(old.name)' to '\(columns[index].name)'",
          at: name.offset, hint: "DROP VIEW first; new columns go to the end")
      }
      guard columns[index].type == column.type else {
        throw error(
          .invalidTableDefinition,
          "cannot change the type of column '\(column.name)' of view '\(old.name)' from \(column.type.sqlName) to \(columns[index].type.sqlName)",
          at: name.offset, hint: "DROP VIEW first")
      }
    }
  }

  func dropTables(
    _ names: [Identifier], ifExists: Bool, cascades: Bool
  ) throws(QueryError) -> PlannedStatement {
    for name in names {
      if catalog.views[name.name] != nil {
        throw error(
          .wrongObjectType, "'\(name.name)' is a view, not a table", at: name.offset,
          hint: "use DROP VIEW")
      }
      if !ifExists { _ = try table(name) }
      if let schema = catalog.tables[name.name]?.schema {
        try refuseAppendOnly(schema, "DROP TABLE", at: name)
      }
    }
    return .drop(try dropped(names, cascades: cascades), tag: "DROP TABLE")
  }

  func dropViews(
    _ names: [Identifier], ifExists: Bool, cascades: Bool
  ) throws(QueryError) -> PlannedStatement {
    for name in names where catalog.views[name.name] == nil {
      if catalog.tables[name.name] != nil {
        throw error(
          .wrongObjectType, "'\(name.name)' is a table, not a view", at: name.offset,
          hint: "use DROP TABLE")
      }
      guard ifExists else {
        throw error(
          .undefinedTable, "unknown view '\(name.name)'", at: name.offset,
          hint: suggestion(for: name.name, among: catalog.views.keys.sorted()))
      }
    }
    return .drop(try dropped(names, cascades: cascades), tag: "DROP VIEW")
  }

  private func dropped(_ names: [Identifier], cascades: Bool) throws(QueryError) -> Set<String> {
    let all = Set(names.map(\.name))
    let dependent = catalog.viewsUsing(all)
    guard cascades || dependent.isEmpty else {
      let name = names.first { !catalog.viewsUsing([$0.name]).isEmpty } ?? names[0]
      let list = dependent.map { "'\($0)'" }.joined(separator: ", ")
      throw error(
        .dependentObjects,
        "cannot drop '\(name.name)': view\(dependent.count == 1 ? "" : "s") \(list) "
          + "depend\(dependent.count == 1 ? "s" : "") on it",
        at: name.offset, hint: "DROP ... CASCADE drops them too")
    }
    return all.union(dependent)
  }

  func describe(_ name: Identifier) throws(QueryError) -> PlannedStatement {
    let plain = name.name.hasPrefix("public.") ? String(name.name.dropFirst(7)) : name.name
    if let view = catalog.views[plain] { return .describeView(view) }
    if let table = SystemTable(rawValue: plain) {
      // It has nothing in memory either.
      return .describeView(
        View(
          name: plain, definition: "",
          columns: table.columns.map { .init(name: $0.name, type: $0.type, source: $0.name) },
          uses: []))
    }
    return .describe(try table(Identifier(plain, offset: name.offset)).schema)
  }
}
