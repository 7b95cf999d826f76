public import ColumnStore

/// What a load did.
public struct LoadReport: Sendable {
  public struct Column: Sendable, Equatable {
    public var name: String
    public var type: DataType
    public var nulls: Int
  }

  public var rows = 0
  /// Bad rows set aside.
  public var rejected = 0
  /// As stored: compressed bytes of a compressed file.
  public var bytes = 0
  /// Of the table, in its order.
  public var columns: [Column] = []
  /// The column that splits the table into days.
  public var timeColumn: String?
  public var elapsed = Duration.zero
  public var files: [String] = []
  /// What was decided on the user's behalf and is worth a line: widened types, epoch units.
  public var notes: [String] = []
}
