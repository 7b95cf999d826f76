public import ColumnStore
public import QueryLanguage

/// What a statement asks for, once its names are resolved.
public indirect enum PlannedStatement: Sendable {
  case query(PlannedQuery)
  /// `change` is what the statement does with the rows of its query: `Update events`.
  case explain(PlannedQuery, analyze: Bool, change: String?)
  case createTable(TableSchema, ifNotExists: Bool)
  /// The query's columns are those of the table; `nil`: there is one of that name already, and that
  /// is no mistake.
  case createTableAs(TableSchema, PlannedQuery?)
  case createDomain(String)
  case createView(View, replacing: Bool)
  case alterTable(String, [TableAlteration])
  case label(table: String, column: String, ColumnLabel?)
  /// Tables and views, those that depend on them included; `tag` is that of the statement.
  case drop(Set<String>, tag: String)
  /// The query's columns are those of the table, in its order, already cast.
  case insert(table: TableSchema, PlannedQuery)
  case changeRows(RowChange)
  case truncate([String])
  case checkpoint
  case copyFrom(CopySource)
  case copyTo(PlannedQuery, CopyTarget)
  case prepare(Identifier, PreparedStatement)
  /// The values are still to be brought to the types of the prepared statement.
  case execute(Identifier, [QueryParameter])
  /// `nil`: all.
  case deallocate(Identifier?)
  case showTables
  case describe(TableSchema)
  case describeView(View)
  case show(setting: String)
  case set(setting: String, value: String?)
}

/// What a statement's meaning depends on besides the catalog.
public struct PlanningContext: Sendable {
  /// IANA name.
  public var timeZone: String
  /// Milliseconds since 1970-01-01 UTC: what `now()` gives throughout the statement.
  public var now: Int64
  /// Evaluates an expression that reads no column, so that constant parts of a query are evaluated
  /// once, and filters compare columns with plain values. `nil` for one that fails: it then fails
  /// where it is needed. Execution provides it; without it only simple constants are folded.
  public var evaluate: (@Sendable (Expression) -> Value?)?
  /// What an aggregate gives over no rows; `nil` where that fails. Execution provides it; without it
  /// counts are 0 and all else is null.
  public var valueOfNoRows: (@Sendable (Aggregate) -> Value?)?
  /// What `$1`, `$2`, ... stand for.
  public var parameters: [QueryParameter] = []
  /// The rows of a system table, in the order of its columns. Without it they are empty.
  public var systemRows: (@Sendable (SystemTable) -> [[Value]])?

  /// Who asks.
  public var access = QueryAccess.local
  /// Fails when the statement has to stop. Asked for each expression that is bound, and between rules.
  public var check: (@Sendable () throws(QueryError) -> Void)?

  public init(
    timeZone: String = "UTC", now: Int64, evaluate: (@Sendable (Expression) -> Value?)? = nil
  ) {
    self.timeZone = timeZone
    self.now = now
    self.evaluate = evaluate
  }
}
