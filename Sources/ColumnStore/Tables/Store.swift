/// All tables in memory: one writer at a time, any number of readers.
public final class Store: Sendable {
  public init() {}

  /// The newest published state.
  public func catalog() -> Catalog { Catalog() }

  public func createDomain(_ name: String) throws(StoreError) {}
  public func createTable(_ schema: TableSchema) throws(StoreError) {}
  public func dropTable(_ name: String) throws(StoreError) {}

  /// Adds rows to one table: all of what `body` appends becomes visible at once when it returns, or
  /// nothing when it throws.
  public func append<Failure: Error>(
    to table: String, _ body: (Appender) throws(Failure) -> Void
  ) throws {}
}

/// Takes the rows of one transaction.
public final class Appender: Sendable {
  init() {}

  /// May be called from several threads. Rows keep the order of the calls.
  public func append(_ batch: RowBatch) throws(StoreError) {}
}

public enum StoreError: Error, Equatable, Sendable {
  case unknownTable(String)
  case tableExists(String)
  case domainExists(String)
  /// A null in a column that is NOT NULL; `row` counts from 0 in the batch.
  case nullValue(column: String, row: Int)
}
