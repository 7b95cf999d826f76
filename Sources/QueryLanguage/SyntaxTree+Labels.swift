/// `SECURITY LABEL ON COLUMN table.column IS 'label'`; `NULL` takes the label away.
public struct SecurityLabelSyntax: Sendable {
  public var table: Identifier
  public var column: Identifier
  public var label: String?
  /// Where the label is written.
  public var location: Int

  public init(table: Identifier, column: Identifier, label: String?, location: Int) {
    self.table = table
    self.column = column
    self.label = label
    self.location = location
  }
}

extension SecurityLabelSyntax: CustomStringConvertible {
  public var description: String {
    "SECURITY LABEL ON COLUMN \(table).\(column) IS "
      + (label.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL")
  }
}
