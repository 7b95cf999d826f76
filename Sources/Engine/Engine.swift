public import ColumnStore
public import QueryLanguage

/// The facade: takes SQL in, gives answers out.
public final class Engine: Sendable {
  public let store: Store

  public init(store: Store = Store()) {
    self.store = store
  }

  /// Runs one statement.
  public func execute(_ sql: String, in session: inout Session) throws(QueryError) -> QueryResult {
    throw QueryError(.internalError, "nothing runs yet")
  }
}

/// What one user has set, from statement to statement.
public struct Session: Sendable {
  /// IANA name; `SET timezone`.
  public var timeZone = "UTC"
  /// How many threads a query uses; `nil`: as many as the machine has cores.
  public var threads: Int?
  /// A fixed `now()` in milliseconds since 1970-01-01 UTC, for tests and reproducible reports.
  public var fixedNow: Int64?

  public init() {}
}
