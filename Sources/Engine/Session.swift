package import QueryExecution
public import QueryPlanning

/// What one user has set, from statement to statement.
public struct Session: Sendable {
  /// Who asks: no statement changes it.
  public var access = QueryAccess.local
  /// IANA name; `SET timezone`.
  public var timeZone = "UTC"
  /// How many threads a query uses; `nil`: as many as the engine has.
  public var threads: Int?
  /// Whether an aggregation may take what an earlier query found of segments that have not changed
  /// since; `SET partial_cache`. Answers are the same either way.
  public var usesPartialCache = true
  /// How long a statement may take; `nil`: as long as it needs. `SET statement_timeout`.
  public var statementTimeout: Duration?
  /// Stops all statements of the session, from outside; in place of the time-out. Who gives a statement a token
  /// of its own means that one.
  package var cancellation: CancellationToken?
  /// How many bytes a statement may use beside the tables; `nil`: the engine's default.
  /// `SET max_memory`.
  public var memoryLimit: Int?
  /// The older state of all tables that queries see; `nil`: the newest. `SET as_of`.
  public internal(set) var asOf: CatalogMoment?
  /// The state of all tables that every statement sees; `nil`: each sees the newest. See `Engine.pinned`.
  var pinned: PinnedTables?
  /// A fixed `now()` in milliseconds since 1970-01-01 UTC, for tests and reproducible reports.
  public var fixedNow: Int64?

  /// Whether COPY may read and write files with the rights of this process. Only who runs the process
  /// himself should: `daybook` sets it, a server must not.
  public var allowsFileAccess = false
  /// How many rows an answer may have; what comes after them is cut off, and the receipt says so.
  public var rowLimit: Int?
  /// Who asks, for `system.queries` and receipts.
  public var origin = QueryOrigin()
  /// Statements of PREPARE, by name.
  var prepared: [String: PreparedStatement] = [:]

  public init() {}

  /// The planner has checked name and value; `nil` is the default.
  mutating func set(_ setting: String, _ value: String?) {
    switch setting {
    case "timezone": timeZone = value ?? "UTC"
    case "threads": threads = value.flatMap { Int($0) }
    case "partial_cache": usesPartialCache = value != "off"
    case "statement_timeout":
      statementTimeout = value.flatMap { Int64($0) }.flatMap {
        $0 == 0 ? nil : .milliseconds($0)
      }
    case "max_memory": memoryLimit = value.flatMap { Int($0) }
    default: break
    }
  }
}
