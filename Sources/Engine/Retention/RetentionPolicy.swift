public import ColumnStore

/// How long the days of tables are kept: what each table says of itself (`retention_days`), and a
/// default for tables that the caller names. No other table ever loses a row.
public struct RetentionPolicy: Sendable {
  /// In days, by table; for those that say nothing themselves and are split by day.
  public var defaults: [String: Int]

  public init(defaults: [String: Int] = [:]) {
    self.defaults = defaults
  }

  /// Days that the table keeps; `nil`: all.
  public func days(of schema: TableSchema) -> Int? {
    guard schema.partitionColumn != nil else { return nil }
    return schema.retentionDays
      ?? defaults[schema.name].map {
        min(max($0, TableSchema.retentionRange.lowerBound), TableSchema.retentionRange.upperBound)
      }
  }
}

/// What became of one table.
public struct RetentionOutcome: Sendable, Equatable {
  public var table: String
  public var retentionDays: Int
  /// The days that were dropped, or with a dry run would be; ascending.
  public var drops: [RetentionDrop]
  /// The materialised views that keep what they need of them.
  public var rollUps: [String]

  public var rowCount: Int { drops.reduce(0) { $0 + $1.rowCount } }
  public var byteCount: Int { drops.reduce(0) { $0 + $1.byteCount } }
}
