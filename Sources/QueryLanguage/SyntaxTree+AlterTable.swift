/// `ALTER TABLE [IF EXISTS] table action, ...`
public struct AlterTableSyntax: Sendable {
  public enum Action: Sendable {
    case renameTable(to: Identifier)
    case renameColumn(Identifier, to: Identifier)
    case addColumn(ColumnSyntax, ifNotExists: Bool)
    case dropColumn(Identifier, ifExists: Bool)
    case setOptions([(name: Identifier, value: ExpressionSyntax?)])
    case resetOptions([Identifier])
  }

  public var table: Identifier
  public var ifExists: Bool
  public var actions: [Action]

  public init(table: Identifier, ifExists: Bool, actions: [Action]) {
    self.table = table
    self.ifExists = ifExists
    self.actions = actions
  }
}

extension AlterTableSyntax: CustomStringConvertible {
  public var description: String {
    "ALTER TABLE \(ifExists ? "IF EXISTS " : "")\(table) \(listed(actions))"
  }
}

extension AlterTableSyntax.Action: CustomStringConvertible {
  public var description: String {
    switch self {
    case .renameTable(let name): "RENAME TO \(name)"
    case .renameColumn(let name, let newName): "RENAME COLUMN \(name) TO \(newName)"
    case .addColumn(let column, let ifNotExists):
      "ADD COLUMN \(ifNotExists ? "IF NOT EXISTS " : "")\(column)"
    case .dropColumn(let name, let ifExists):
      "DROP COLUMN \(ifExists ? "IF EXISTS " : "")\(name)"
    case .setOptions(let options): "SET (\(optionList(options)))"
    case .resetOptions(let names): "RESET (\(listed(names)))"
    }
  }
}
