import CPgQuery

/// PREPARE, EXECUTE and DEALLOCATE.
extension Conversion {
  mutating func prepare(
    _ statement: PgQuery__PrepareStmt, range: Range<Int>
  ) throws(QueryError) -> StatementKind {
    guard let query = statement.query else { throw internalError("PREPARE without a statement") }
    _ = keyword("prepare")
    let name = identifier(String(grammar: statement.name))
    var types: [TypeNameSyntax] = []
    for node in NodeList(statement.n_argtypes, statement.argtypes).present {
      types.append(try type(node.pointee.type_name.pointee))
    }
    _ = keyword("as")
    let inner = nextLocation..<max(nextLocation, range.upperBound)
    return .prepare(name: name, types: types, try self.statement(query, range: inner))
  }

  mutating func execute(_ statement: PgQuery__ExecuteStmt) throws(QueryError) -> StatementKind {
    _ = keyword("execute")
    let name = identifier(String(grammar: statement.name))
    return .execute(
      name: name, values: try expressions(NodeList(statement.n_params, statement.params)))
  }

  mutating func deallocate(_ statement: PgQuery__DeallocateStmt) -> StatementKind {
    _ = keyword("deallocate")
    let name = String(grammar: statement.name)
    return .deallocate(name.isEmpty ? nil : identifier(name))
  }
}

extension SQLParser {
  /// The numbers of the parameters in a text: `$1` is 1.
  public static func parameters(in text: String) -> Set<Int> {
    let text = TokenizedText(text)
    return Set(
      text.tokens.indices.compactMap { index in
        text.kind(index) == .parameter ? Int(text.written(index).dropFirst()) : nil
      })
  }
}
