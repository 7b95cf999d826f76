/// How large a query may be written. What it may take while it runs is the business of its time-out
/// and its memory limit.
///
/// `Documentation/sql.md` lists these.
public enum SizeLimits {
  /// Longest text that is read, in UTF-8 bytes.
  public static let textLength = 1 << 20
  /// Deepest nesting of expressions, queries and joins, taken together.
  public static let depth = 250
  /// Most items of one `IN (...)`.
  public static let inListLength = 100_000
  /// Most columns that a query gives or a table has. PostgreSQL has 1,664 and 1,600.
  public static let columnCount = 4_096
}
