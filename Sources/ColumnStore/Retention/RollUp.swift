/// What makes a table the keeper of a materialised view: its rows are the states of days that its
/// source has no more.
///
/// A query of the view merges them with the states of what the source still has, so that it sees
/// every row once, and nothing is ever refreshed. Several rows may have the same group: each drop
/// adds those of its days.
public struct RollUp: Sendable, Hashable {
  /// The table that the query reads.
  public var source: String
  /// The SQL of the query, whose columns are those of the table; its time zone is UTC.
  public var definition: String

  public init(source: String, definition: String) {
    self.source = source
    self.definition = definition
  }
}
