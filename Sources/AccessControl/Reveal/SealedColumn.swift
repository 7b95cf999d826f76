/// A column whose values are hidden until a grant names it.
public struct SealedColumn: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let table: Identifier
  public let column: Identifier

  /// Written `table.column`. `nil` where either part is no identifier.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let table = Identifier(String(parts[0])),
      let column = Identifier(String(parts[1]))
    else { return nil }
    self.table = table
    self.column = column
  }

  public var description: String { "\(table).\(column)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.table, left.column) < (right.table, right.column)
  }
}
