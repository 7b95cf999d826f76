import ColumnStore
import QueryLanguage

/// Columns and numbers: the leaves.
extension ExpressionBinder {
  mutating func bindColumn(_ path: [String], at location: Int) throws(QueryError)
    -> BoundExpression
  {
    do throws(QueryError) {
      return try resolve(path, at: location)
    } catch {
      var error = error
      if path.count > 1 { error.location = environment.range(ofName: path, at: location) }
      throw error
    }
  }

  private mutating func resolve(
    _ path: [String], at location: Int
  ) throws(QueryError) -> BoundExpression {
    guard let name = path.last else {
      throw environment.unsupported(
        "an empty name is", at: location, hint: "texts stand in single quotes: ''")
    }
    // `schema.table.column`: there is one schema, whatever it is called.
    let qualifier = path.count > 1 ? path[path.count - 2] : nil
    let lookup = scope.column(named: name, qualifier: qualifier)
    if let outer = try outerColumn(
      named: name, qualifier: qualifier, unlessIn: lookup, at: location)
    {
      return BoundExpression(outer, at: location)
    }
    switch lookup {
    case .found(let column):
      noteUse(of: column, at: location)
      environment.noteReference(to: column.name, at: location, isDeciding: isInClause)
      return BoundExpression(.column(column.index, column.type), at: location)
    case .ambiguous:
      let tables = scope.relations
        .filter { relation in relation.columns.contains { $0.name == name } }
        .compactMap(\.name)
      throw environment.error(
        .ambiguousColumn, "column reference '\(name)' is ambiguous", at: location,
        hint: tables.isEmpty
          ? nil : "say which: " + tables.map { "\($0).\(name)" }.joined(separator: ", "))
    case .unknownTable:
      throw environment.error(
        .undefinedTable, "unknown table '\(qualifier ?? "")' in FROM", at: location,
        hint: environment.suggestion(
          for: qualifier ?? "", among: scope.relations.compactMap(\.name)))
    case .unknownColumn:
      throw unknownColumn(name, qualifier: qualifier, at: location)
    }
  }

  /// What a name that this query does not know means in the query around it.
  private func outerColumn(
    named name: String, qualifier: String?, unlessIn lookup: Scope.Lookup, at location: Int
  ) throws(QueryError) -> Expression? {
    switch lookup {
    case .found, .ambiguous: return nil
    case .unknownTable, .unknownColumn: break
    }
    for (level, outer) in outerScopes.enumerated() {
      guard case .found(let column) = outer.column(named: name, qualifier: qualifier) else {
        continue
      }
      if level == 0 { return .column(Self.firstOuter + column.index, column.type) }
      throw environment.unsupported(
        "a column of a query two levels up is", at: location,
        hint: "a sub-query sees the query directly around it")
    }
    return nil
  }

  func unknownColumn(_ name: String, qualifier: String?, at location: Int) -> QueryError {
    let tables = scope.relations.filter { qualifier == nil || $0.name == qualifier }
    let place =
      if tables.count == 1, let table = tables[0].name {
        " in table '\(table)'"
      } else if scope.relations.isEmpty {
        ", there is no FROM"
      } else {
        ""
      }
    let names = tables.flatMap(\.columns).map(\.name)
    var hint = environment.suggestion(for: name, among: names)
    if hint == nil, qualifier != nil {
      let elsewhere = scope.relations.first { $0.columns.contains { $0.name == name } }
      hint = elsewhere?.name.map { "did you mean '\($0).\(name)'?" }
    }
    if qualifier == nil, environment.isQuoted(at: location),
      !names.contains(where: { $0.lowercased() == name.lowercased() })
    {
      let text = name.split(separator: "'", omittingEmptySubsequences: false).joined(
        separator: "''")
      hint = (hint.map { $0 + " " } ?? "") + "text stands in single quotes: '\(text)'"
    }
    return environment.error(
      .undefinedColumn, "unknown column '\(name)'\(place)", at: location, hint: hint)
  }

  /// A number that is no `Int64`: with a point or an exponent a double, else one digit too many.
  func bindNumber(_ digits: String, at location: Int) throws(QueryError) -> BoundExpression {
    let isWhole = digits.utf8.allSatisfy { (48...57).contains($0) }
    guard let number = Double(digits), number.isFinite else {
      throw environment.error(
        .numericOutOfRange, "number \(digits) is out of range for type double precision",
        at: location)
    }
    return BoundExpression(.literal(.double(number), isWhole ? .null : .double), at: location)
  }
}
