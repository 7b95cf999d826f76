/// A metric as data: what it is called, what it means, and the SQL that computes it.
///
/// Everything that shows a metric is made from this one entry, so it cannot mean two things.
public struct MetricDefinition: Sendable, Equatable, Identifiable {
  public enum Unit: String, Sendable {
    case people
    /// 0 to 1, shown as per cent.
    case ratio
    case milliseconds
  }

  public enum Direction: String, Sendable {
    case up
    case down
  }

  /// Which days the metric looks at, counted back from the anchor day, which is included.
  public enum Window: Sendable, Equatable {
    case days(Int)
    /// As many days as the question asks for.
    case range
  }

  /// Stable: `dau`.
  public let id: String
  public let title: String
  /// In plain words, for readers who do not know SQL.
  public let definition: String
  public let unit: Unit
  /// Which way is better.
  public let better: Direction
  public let window: Window
  /// Answers one row with one value, null where there is no data. `:from` and `:to` are the bounds
  /// of the window as instants, `:to` not included.
  public let sql: String
  /// Raised whenever the meaning changes.
  public let version: Int
}
