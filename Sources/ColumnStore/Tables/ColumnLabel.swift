/// What the rules of access make of a column: `SECURITY LABEL ON COLUMN t.c IS 'sealed'`.
public enum ColumnLabel: String, Sendable, Hashable, CaseIterable {
  // Stored on disk: never rename, never reuse.

  /// The organisation that a row belongs to. A table has one such column, or none.
  case organization
  /// The person that a row is about. A table has one such column, or none.
  case user
  /// E-mail addresses and the like: shown as `(redacted)` until a reveal opens the column.
  case sealed
  /// What people wrote: shown to those who may read the free text of the row's organisation.
  case freeText = "free text"

  /// Whether values are hidden from who lacks a right to them; other labels say whose row it is.
  public var hides: Bool {
    switch self {
    case .sealed, .freeText: true
    case .organization, .user: false
    }
  }
}

extension TableSchema {
  public func column(labelled label: ColumnLabel) -> Int? {
    columns.firstIndex { $0.label == label }
  }

  public var hasLabels: Bool { columns.contains { $0.label != nil } }

  /// Why the column cannot have the label; `nil` if it can.
  ///
  /// What is compared whenever rows are written, and what partitions are named by, cannot be hidden.
  public func objection(to label: ColumnLabel, on column: Int) -> LabelObjection? {
    switch label {
    case .organization, .user:
      guard columns[column].type == .text else { return .type }
      if let other = self.column(labelled: label), other != column {
        return .taken(by: columns[other].name)
      }
    case .sealed, .freeText:
      if label == .freeText, columns[column].type.physical != .text { return .type }
      if primaryKey.contains(column) { return .key }
      if partitionColumn == column { return .partition }
    }
    return nil
  }
}

/// Why a column cannot have a label.
public enum LabelObjection: Sendable, Hashable {
  case type
  case taken(by: String)
  case key
  case partition
}
