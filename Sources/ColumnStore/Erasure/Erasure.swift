/// Whom to erase, and which columns say that a row is about that person.
public struct Erasure: Sendable {
  public struct Column: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
      /// The rows that name the person go.
      case deleteRows
      /// The rows stay, with `Erasure.replacement` in place of the name: for columns that name people
      /// in another part, such as who did what an audit tells of.
      case replaceValue
    }

    public var table: String
    public var column: String
    public var action: Action

    public init(table: String, column: String, action: Action = .deleteRows) {
      self.table = table
      self.column = column
      self.action = action
    }
  }

  /// What the columns have for this person, as text.
  public var identity: String
  public var columns: [Column]

  public static let replacement = "erased"
  /// The domain of columns that name a person where no column of the table is labelled.
  public static let domain = "user_id"

  public init(identity: String, columns: [Column]) {
    self.identity = identity
    self.columns = columns
  }
}

extension Catalog {
  /// The columns that name the person whom a row is about: of each table the one labelled `user`, or else
  /// those of text in the domain `user_id`. Rows of an append-only table are evidence: they stay, without
  /// the name.
  public var userColumns: [Erasure.Column] {
    tables.values.sorted { $0.schema.name < $1.schema.name }.flatMap { table in
      let columns = table.schema.columns
      let labelled = columns.filter { $0.label == .user }
      return (labelled.isEmpty ? columns.filter(\.isUserByName) : labelled).map {
        Erasure.Column(
          table: table.schema.name, column: $0.name,
          action: table.schema.isAppendOnly && $0.type == .text ? .replaceValue : .deleteRows)
      }
    }
  }
}

extension ColumnDefinition {
  fileprivate var isUserByName: Bool { domain == Erasure.domain && type == .text }
}

/// Why somebody was not erased; nothing was changed then, unless the message says so.
public struct ErasureError: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// Nothing names this person.
    case notFound
    /// What was asked for cannot be done.
    case invalid
    /// Others are changing the tables.
    case inUse
    /// The disk, or the system, failed, or has no room.
    case disk
    /// What is there cannot be read.
    case damaged
  }

  public var reason: Reason
  public var message: String
  public var hint: String?

  public init(_ reason: Reason, _ message: String, hint: String? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
  }

  public init(_ error: StoreError) {
    switch error {
    case .notKept(let refusal):
      let reason: Reason =
        switch refusal.reason {
        case .diskFull, .diskFailed, .tooLarge: .disk
        case .inUse: .inUse
        case .damaged: .damaged
        }
      self.init(reason, refusal.message, hint: refusal.hint)
    case .damagedSegment(let table, let reason):
      self.init(.damaged, "a segment of table '\(table)' cannot be read: \(reason)")
    default: self.init(.invalid, "\(error)")
    }
  }
}

extension Erasure {
  /// Whether it can be done to these tables.
  public func validate(against catalog: Catalog) throws(ErasureError) {
    guard !identity.isEmpty else { throw ErasureError(.invalid, "nobody is named") }
    guard identity != Self.replacement else {
      throw ErasureError(.invalid, "'\(Self.replacement)' stands for those who were erased")
    }
    guard !columns.isEmpty else {
      throw ErasureError(
        .invalid, "no column says which user a row is about",
        hint: "name them: --column events.user_id")
    }
    for column in columns { try validate(column, catalog) }
    // It would stay there, and nobody but its owner can say what it should be instead.
    let literal =
      "'"
      + identity.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "''") + "'"
    for view in catalog.views.values.sorted(by: { $0.name < $1.name })
    where view.definition.contains(literal) {
      throw ErasureError(
        .invalid, "the query of view '\(view.name)' names this user",
        hint: "DROP VIEW \(view.name), or replace it by one that does not")
    }
  }

  private func validate(_ column: Column, _ catalog: Catalog) throws(ErasureError) {
    guard let schema = catalog.tables[column.table]?.schema else {
      throw ErasureError(.invalid, "there is no table '\(column.table)'")
    }
    guard let index = schema.columnIndex(column.column) else {
      throw ErasureError(
        .invalid, "table '\(column.table)' has no column '\(column.column)'")
    }
    let type = schema.columns[index].type
    switch column.action {
    case .deleteRows where type == .text || type == .integer: break
    case .deleteRows:
      throw ErasureError(
        .invalid,
        "column '\(column.column)' of table '\(column.table)' is \(type.sqlName): users are named by text or bigint"
      )
    case .replaceValue where type != .text:
      throw ErasureError(
        .invalid,
        "column '\(column.column)' of table '\(column.table)' is \(type.sqlName): only text is replaced",
        hint: "delete its rows instead")
    case .replaceValue where schema.primaryKey.contains(index):
      throw ErasureError(
        .invalid,
        "column '\(column.column)' is part of the key of table '\(column.table)': rows would lose theirs",
        hint: "delete its rows instead")
    case .replaceValue: break
    }
  }
}
