/// What one transaction did to a store, as data: enough to do the same to a store that is in the
/// same state.
public enum StoreChange: Sendable {
  case createdDomain(String)
  case createdTable(TableSchema)
  /// A table and its first rows, in one.
  case createdFilledTable(TableSchema, rows: [RowBatch])
  case alteredTable(String, [TableAlteration])
  /// Or replaced.
  case createdView(View)
  /// Tables and views. Names that were not there stand for nothing.
  case dropped(Set<String>)
  case truncatedTable(String)
  /// First these rows of the table as it was were deleted. Then the batches were appended in this
  /// order, where in a keyed table a row takes the place of the one that has its key.
  case changedRows(table: String, deleted: [RowLocation], appended: [RowBatch])
}
