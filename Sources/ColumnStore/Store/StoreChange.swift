/// What one transaction did to a store, as data: enough to do the same to a store that is in the
/// same state.
public enum StoreChange: Sendable {
  case createdDomain(String)
  case createdTable(TableSchema)
  /// Or replaced.
  case createdView(View)
  /// Tables and views. Names that were not there stand for nothing.
  case dropped(Set<String>)
  case truncatedTable(String)
  /// The batches were appended in this order, then the rows at these places deleted: appending moves
  /// no row, and some of these rows may be new. Keys were looked at before.
  case changedRows(table: String, appended: [RowBatch], deleted: [RowLocation])
}
