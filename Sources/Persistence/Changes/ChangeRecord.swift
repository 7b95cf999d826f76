public import ColumnStore

/// One change of the store as the journal keeps it: enough to do the same to a store in the same
/// state. A transaction is a list of them, all in one record.
public enum ChangeRecord: Sendable {
  case createdDomain(String)
  /// `primaryKey` are indices of columns.
  case createdTable(TableSchema, primaryKey: [Int])
  /// Also in the place of a view of that name.
  case createdView(View)
  /// Tables and views, all at once.
  case dropped([String])
  case truncated([String])
  /// The batches are appended in order, then the rows are deleted: by where they are once the
  /// batches were appended.
  case changedRows(table: String, appended: [RowBatch], deleted: [DeletedRows])
  /// Rows with these keys are deleted; the batch has the columns of the key, in its order.
  case deletedKeys(table: String, keys: RowBatch)
}

/// Rows of one segment that are deleted.
public struct DeletedRows: Sendable, Equatable {
  public var partition: Partition.Key
  /// The segment's place in its partition.
  public var segment: Int
  /// Ascending.
  public var rows: [UInt32]

  public init(partition: Partition.Key, segment: Int, rows: [UInt32]) {
    self.partition = partition
    self.segment = segment
    self.rows = rows
  }
}
