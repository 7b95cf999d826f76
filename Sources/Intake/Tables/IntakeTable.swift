public import ColumnStore

/// The tables that records go to, and the columns of them that intake fills or looks at.
///
/// The built-in schema of the service makes them; a column that a table lacks is not filled, but for
/// those named here.
public enum IntakeTable: String, CaseIterable, Sendable {
  case events
  case feedback
  case threats
  case sessions
  case users
  case resources
  case deadLetters = "dead_letters"
  case ledger = "ingest_ledger"

  /// What is left of the ledger's days that were dropped; there may be none.
  public static let ledgerRollUp = "ingest_ledger_daily"

  /// Without these nothing can be promised.
  public var neededColumns: [(name: String, type: DataType)] {
    switch self {
    case .events:
      [
        ("ts", .timestamp), ("received_at", .timestamp), ("event_id", .text),
        ("organization_id", .text), ("content_hash", .integer), ("event_type", .text),
      ]
    case .feedback:
      [
        ("organization_id", .text), ("user_id", .text), ("request_id", .text),
        ("answer_key", .integer),
      ]
    case .threats: [("threat_id", .text), ("organization_id", .text)]
    case .sessions:
      [
        ("session_id", .text), ("organization_id", .text), ("user_id", .text),
        ("login_at", .timestamp), ("last_activity_at", .timestamp), ("active_seconds", .integer),
        ("is_active", .boolean),
      ]
    case .users: [("user_id", .text), ("organization_id", .text)]
    case .resources:
      [("resource_type", .text), ("resource_id", .text), ("organization_id", .text)]
    case .deadLetters:
      [
        ("dead_letter_id", .text), ("received_at", .timestamp), ("organization_id", .text),
        ("record_kind", .text), ("emitter_key_id", .text), ("reason_code", .text),
        ("payload", .json), ("state", .text), ("attempts", .integer),
      ]
    case .ledger:
      Self.ledgerSchema.columns.map { ($0.name, $0.type) }
    }
  }

  public var key: [String] {
    switch self {
    case .events, .ledger: []
    case .feedback: ["organization_id", "user_id", "request_id", "answer_key"]
    case .threats: ["threat_id"]
    case .sessions: ["session_id"]
    case .users: ["user_id"]
    case .resources: ["resource_type", "resource_id"]
    case .deadLetters: ["dead_letter_id"]
    }
  }

  /// One row for each batch and organisation: sums over it are the books.
  public static let ledgerSchema = TableSchema(
    name: IntakeTable.ledger.rawValue,
    columns: [
      ColumnDefinition(name: "received_at", type: .timestamp, isNotNull: true),
      ColumnDefinition(name: "emitter_key_id", type: .text, isNotNull: true),
      ColumnDefinition(name: "organization_id", type: .text),
      ColumnDefinition(name: "record_kind", type: .text, isNotNull: true),
      ColumnDefinition(name: "received", type: .integer, isNotNull: true),
      ColumnDefinition(name: "accepted", type: .integer, isNotNull: true),
      ColumnDefinition(name: "duplicates", type: .integer, isNotNull: true),
      ColumnDefinition(name: "failed", type: .integer, isNotNull: true),
      ColumnDefinition(name: "scrubbed", type: .integer),
      ColumnDefinition(name: "stream", type: .text),
      ColumnDefinition(name: "sequence", type: .integer),
      ColumnDefinition(name: "batch_key", type: .text, textStorage: .plain),
      ColumnDefinition(name: "body_hash", type: .integer),
      ColumnDefinition(name: "outcome", type: .text, textStorage: .plain),
    ], partitionColumn: 0)

  func check(_ catalog: Catalog) throws(IntakeSetupError) {
    guard let schema = catalog.tables[rawValue]?.schema else {
      throw IntakeSetupError(table: rawValue, reason: "the table is missing")
    }
    for (name, type) in neededColumns {
      guard let index = schema.columnIndex(name) else {
        throw IntakeSetupError(table: rawValue, reason: "the column '\(name)' is missing")
      }
      let found = schema.columns[index].type
      let isFine =
        found == type || (type == .timestamp && found == .timestampWithTimeZone)
      guard isFine else {
        throw IntakeSetupError(
          table: rawValue, reason: "'\(name)' is \(found.sqlName) and not \(type.sqlName)")
      }
    }
    guard schema.primaryKey.map({ schema.columns[$0].name }) == key else {
      throw IntakeSetupError(
        table: rawValue,
        reason: key.isEmpty
          ? "it has a primary key" : "its key is not \(key.joined(separator: ", "))")
    }
  }
}

/// A built-in table is not as it has to be.
public struct IntakeSetupError: Error, Equatable, Sendable, CustomStringConvertible {
  public var table: String
  public var reason: String

  public var description: String { "table '\(table)': \(reason)" }
}
