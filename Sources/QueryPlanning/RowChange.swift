public import ColumnStore

/// What INSERT ... ON CONFLICT, UPDATE and DELETE do to the rows of a table.
public struct RowChange: Sendable {
  public enum Action: Sendable {
    /// The query gives new rows, its columns are those of the table.
    case insert(onConflict: Conflict)
    /// The query gives the address of each row (`RowAddress`), then what becomes of it. A row that
    /// comes more than once is changed once, to the first.
    case update
    /// The query gives the address of each row, and the row where somebody wants it returned.
    case delete
  }

  /// What becomes of a new row whose key another row has.
  public enum Conflict: Sendable {
    case fail
    case skip
    /// The old row becomes these values if the condition is true. Over the columns of the old row, then
    /// those of the new one.
    case update(values: [Expression], condition: Expression?)
  }

  /// What is answered of each row that was changed: expressions over the table's columns.
  public struct Returning: Sendable {
    public var columnNames: [String]
    public var expressions: [Expression]
    /// As in `PlannedQuery`.
    public var redactedColumns: Set<Int> = []
  }

  public var table: TableSchema
  public var action: Action
  public var query: PlannedQuery
  public var returning: Returning?

  /// What EXPLAIN calls it.
  var summary: String {
    switch action {
    case .insert(.fail): "Insert into \(table.name)"
    case .insert(.skip): "Insert into \(table.name) on conflict do nothing"
    case .insert(.update): "Insert into \(table.name) on conflict update"
    case .update: "Update \(table.name)"
    case .delete: "Delete from \(table.name)"
    }
  }
}
