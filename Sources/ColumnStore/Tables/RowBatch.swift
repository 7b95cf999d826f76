/// Rows to append, by column in the schema's order.
public struct RowBatch: Sendable {
  public var rowCount: Int
  public var columns: [ColumnValues]

  public init(rowCount: Int, columns: [ColumnValues]) {
    self.rowCount = rowCount
    self.columns = columns
  }
}

/// One column of a batch of rows.
public struct ColumnValues: Sendable {
  public enum Storage: Sendable {
    /// 0 or 1 each.
    case booleans([UInt8])
    /// Integers, timestamps (milliseconds), dates (days).
    case integers([Int64])
    case doubles([Double])
    /// Row r is entry `codes[r]` of the pool. A pool that is handed over again with more entries
    /// (a loader's own dictionary) is translated only once per entry.
    case text(codes: [UInt32], pool: TextPool)
    /// Every row is null.
    case nulls
  }

  public var storage: Storage
  /// 1 = not null, one byte per row; `nil` when no row is null. Null rows hold any value (code 0 of
  /// an empty pool is allowed).
  public var validity: [UInt8]?

  public init(storage: Storage, validity: [UInt8]? = nil) {
    self.storage = storage
    self.validity = validity
  }
}
