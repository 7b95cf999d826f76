/// `UPDATE table SET ... FROM ... WHERE ... RETURNING ...`
public struct UpdateSyntax: Sendable {
  public var with: [CommonTableExpressionSyntax] = []
  public var isRecursive = false
  public var table: Identifier
  public var alias: TableAlias?
  public var assignments: [AssignmentSyntax]
  public var from: [TableReference] = []
  public var filter: ExpressionSyntax?
  public var returning: [SelectItem] = []

  public init(table: Identifier, alias: TableAlias?, assignments: [AssignmentSyntax]) {
    self.table = table
    self.alias = alias
    self.assignments = assignments
  }
}

/// `column = value`
public struct AssignmentSyntax: Sendable {
  public var column: Identifier
  public var value: ExpressionSyntax

  public init(column: Identifier, value: ExpressionSyntax) {
    self.column = column
    self.value = value
  }
}

/// `DELETE FROM table USING ... WHERE ... RETURNING ...`
public struct DeleteSyntax: Sendable {
  public var with: [CommonTableExpressionSyntax] = []
  public var isRecursive = false
  public var table: Identifier
  public var alias: TableAlias?
  public var using: [TableReference] = []
  public var filter: ExpressionSyntax?
  public var returning: [SelectItem] = []

  public init(table: Identifier, alias: TableAlias?) {
    self.table = table
    self.alias = alias
  }
}

/// `ON CONFLICT (columns) DO NOTHING`, `ON CONFLICT (columns) DO UPDATE SET ... WHERE ...`
public struct ConflictSyntax: Sendable {
  /// Empty when none is named.
  public var columns: [Identifier]
  /// `nil`: DO NOTHING.
  public var assignments: [AssignmentSyntax]?
  public var filter: ExpressionSyntax?
  public var location: Int

  public init(columns: [Identifier], location: Int) {
    self.columns = columns
    self.location = location
  }
}

extension InsertSyntax: CustomStringConvertible {
  public var description: String {
    "INSERT INTO \(table) \(columns.isEmpty ? "" : "(\(listed(columns))) ")\(source)"
      + (conflict.map { " \($0)" } ?? "") + clause("RETURNING", returning)
  }
}

extension ConflictSyntax: CustomStringConvertible {
  public var description: String {
    let target = "ON CONFLICT" + (columns.isEmpty ? "" : " (\(listed(columns)))")
    guard let assignments else { return target + " DO NOTHING" }
    return target + " DO UPDATE SET \(listed(assignments))"
      + (filter.map { " WHERE \($0)" } ?? "")
  }
}

extension AssignmentSyntax: CustomStringConvertible {
  public var description: String { "\(column) = \(value)" }
}

extension UpdateSyntax: CustomStringConvertible {
  public var description: String {
    withClause(with, isRecursive) + "UPDATE \(table)" + (alias.map { " AS \($0.name)" } ?? "")
      + " SET \(listed(assignments))" + clause("FROM", from)
      + (filter.map { " WHERE \($0)" } ?? "") + clause("RETURNING", returning)
  }
}

extension DeleteSyntax: CustomStringConvertible {
  public var description: String {
    withClause(with, isRecursive) + "DELETE FROM \(table)"
      + (alias.map { " AS \($0.name)" } ?? "") + clause("USING", using)
      + (filter.map { " WHERE \($0)" } ?? "") + clause("RETURNING", returning)
  }
}

private func withClause(_ with: [CommonTableExpressionSyntax], _ isRecursive: Bool) -> String {
  with.isEmpty ? "" : "WITH \(isRecursive ? "RECURSIVE " : "")\(listed(with)) "
}

private func clause(_ keyword: String, _ items: [some CustomStringConvertible]) -> String {
  items.isEmpty ? "" : " \(keyword) \(listed(items))"
}
