/// `CREATE MATERIALIZED VIEW [IF NOT EXISTS] name [(column, ...)] [WITH (option = value)] AS query`
public struct CreateMaterializedViewSyntax: Sendable {
  public var name: Identifier
  public var ifNotExists: Bool
  public var columnNames: [Identifier]
  public var options: [(name: Identifier, value: ExpressionSyntax?)] = []
  public var query: SelectSyntax
  /// The bytes of the text that the query takes up.
  public var definition: Range<Int>
}

extension CreateMaterializedViewSyntax: CustomStringConvertible {
  public var description: String {
    let names = columnNames.isEmpty ? "" : " (\(listed(columnNames)))"
    return "CREATE MATERIALIZED VIEW \(ifNotExists ? "IF NOT EXISTS " : "")\(name)\(names) "
      + (options.isEmpty ? "" : "WITH (\(optionList(options))) ") + "AS \(query)"
  }
}

/// `a = 1, b`
func optionList(_ options: [(name: Identifier, value: ExpressionSyntax?)]) -> String {
  options.map { option in
    option.value.map { "\(option.name) = \($0)" } ?? "\(option.name)"
  }.joined(separator: ", ")
}
