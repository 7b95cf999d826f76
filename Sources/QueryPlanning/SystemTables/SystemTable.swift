public import ColumnStore

/// A table in which the engine describes itself: read as any other, computed when a query names it.
public enum SystemTable: String, CaseIterable, Sendable {
  case tables = "system.tables"
  case columns = "system.columns"
  case partitions = "system.partitions"
  case segments = "system.segments"
  case views = "system.views"
  case functions = "system.functions"
  case settings = "system.settings"
  case metrics = "system.metrics"
  case queries = "system.queries"
  case database = "system.database"
  case retentionDrops = "system.retention_drops"
  case informationTables = "information_schema.tables"
  case informationColumns = "information_schema.columns"

  public struct Column: Sendable {
    public var name: String
    public var type: DataType
    /// One line, for the reference.
    public var summary: String

    init(_ name: String, _ type: DataType, _ summary: String) {
      self.name = name
      self.type = type
      self.summary = summary
    }
  }

  static let schemas = ["system", "information_schema"]

  /// One line, for the reference.
  public var summary: String {
    switch self {
    case .tables: "The tables; views are in `system.views`."
    case .columns: "The columns of tables, and how they are kept in memory."
    case .partitions: "The days of tables."
    case .segments: "The runs of rows that partitions consist of."
    case .views: "The views."
    case .functions: "The functions, as in the reference below."
    case .settings: "What `SET` changes, as this session has it."
    case .metrics: "How the engine fares."
    case .queries: "Statements that run, and the last 500 that ended."
    case .database: "Where the tables are kept, and how that fares: one row."
    case .retentionDrops: "The newest 10,000 days that were dropped by `retention_days`."
    case .informationTables: "Tables and views, as the SQL standard lists them."
    case .informationColumns: "Their columns, as the SQL standard lists them."
    }
  }

  public var columns: [Column] {
    switch self {
    case .tables:
      [
        Column("table_name", .text, "name"),
        Column("columns", .integer, "how many"),
        Column("partition_by", .text, "the column whose day splits it, or null"),
        Column("partitions", .integer, "how many"),
        Column("segments", .integer, "how many"),
        Column("rows", .integer, "how many"),
        Column("bytes", .integer, "memory, without dictionaries"),
        Column("retention_days", .integer, "how long its days are kept; null: for ever"),
        Column("rolls_up", .text, "of a materialized view: the table that its query reads"),
      ]
    case .columns:
      [
        Column("table_name", .text, "name of the table"),
        Column("column_name", .text, "name"),
        Column("position", .integer, "place in the table, from 1"),
        Column("type", .text, "SQL name"),
        Column("not_null", .boolean, "whether nulls are refused"),
        Column("domain", .text, "dictionary of a text column; null of others"),
        Column("compression", .text, "`lz4` where declared, and of uuids; null: Daybook chooses"),
        Column("encodings", .text, "how its chunks are encoded, the largest first"),
        Column("bytes", .integer, "memory, without the dictionary"),
        Column(
          "dictionary_entries", .integer, "texts in its dictionary, which other columns may share"),
        Column("label", .text, "`organization`, `user`, `sealed`, `free text`, or null"),
      ]
    case .partitions:
      [
        Column("table_name", .text, "name of the table"),
        Column("day", .date, "UTC day; null where the table is not split or the time is null"),
        Column("rows", .integer, "how many"),
        Column("segments", .integer, "how many"),
        Column("bytes", .integer, "memory, without dictionaries"),
        Column("version", .integer, "raised by every change"),
      ]
    case .segments:
      [
        Column("table_name", .text, "name of the table"),
        Column("day", .date, "of its partition"),
        Column("position", .integer, "place in the partition, from 1"),
        Column("rows", .integer, "how many, at most 65536"),
        Column("sealed", .boolean, "whether it is full and encoded; otherwise rows may follow"),
        Column("bytes", .integer, "memory, without dictionaries"),
      ]
    case .views:
      [
        Column("view_name", .text, "name"),
        Column("definition", .text, "its query"),
        Column("columns", .text, "their names"),
        Column("uses", .text, "tables and views that it names"),
      ]
    case .functions:
      [
        Column("function_name", .text, "name"),
        Column("kind", .text, "`aggregate`, `window` or `scalar`"),
        Column("usage", .text, "how it is called"),
        Column("aliases", .text, "other names"),
        Column("description", .text, "what it gives"),
      ]
    case .settings:
      [
        Column("name", .text, "name"),
        Column("value", .text, "as `SHOW` shows it"),
        Column("takes", .text, "values that it may have"),
      ]
    case .metrics:
      [
        Column("name", .text, "name"),
        Column("value", .integer, "now"),
        Column("unit", .text, "`count`, `bytes` or `rows`"),
        Column("description", .text, "what it counts"),
      ]
    case .queries:
      [
        Column("id", .integer, "number of the statement, rising"),
        Column("statement", .text, "its text, or the start of it"),
        Column("state", .text, "`running`, `finished` or `failed`"),
        Column("started_at", .timestampWithTimeZone, "when it began"),
        Column("elapsed_ms", .double, "until its end, or until now"),
        Column("rows_scanned", .integer, "rows that were read"),
        Column("rows_returned", .integer, "rows of its answer"),
        Column("memory_bytes", .integer, "the most that it used; what it uses, while it runs"),
        Column("error", .text, "SQLSTATE, where it failed"),
        Column("name", .text, "what its client calls it, or null"),
        Column("principal", .text, "who asked over HTTP, or null"),
        Column("client", .text, "the address that it came from, or null"),
      ]
    case .database:
      [
        Column("folder", .text, "the data folder; null: nothing is kept"),
        Column(
          "state", .text,
          "`memory`, `reading` (no change yet), `open`, `read only` (a write failed) or `closed`"),
        Column("failure", .text, "why it is read only, or null"),
        Column("failure_file", .text, "the file that it is about"),
        Column("failed_at", .timestampWithTimeZone, "when that was"),
        Column("durability", .text, "`fsync`, `everysec` or `os`"),
        Column("journal_position", .integer, "number of the last change"),
        Column("durable_position", .integer, "of the last one that is on disk for certain"),
        Column("journal_bytes", .integer, "changes that the newest snapshot lacks"),
        Column("snapshot", .text, "number of the newest snapshot"),
        Column("snapshot_position", .integer, "the last change that is in it"),
        Column("snapshot_at", .timestampWithTimeZone, "when it was written"),
        Column("snapshot_age_s", .double, "seconds since"),
        Column(
          "checkpoint_failures", .integer, "snapshots that failed since the process began"),
        Column("checkpoint_failure", .text, "why the last of them did"),
        Column("checkpoint_failed_at", .timestampWithTimeZone, "when that was"),
      ]
    case .retentionDrops:
      [
        Column("table_name", .text, "name of the table"),
        Column("day", .date, "UTC day"),
        Column("rows", .integer, "rows that it had"),
        Column("bytes", .integer, "memory that they took, without dictionaries"),
        Column("dropped_at", .timestampWithTimeZone, "when"),
      ]
    case .informationTables:
      [
        Column("table_catalog", .text, "`daybook`"),
        Column("table_schema", .text, "`public`"),
        Column("table_name", .text, "name"),
        Column("table_type", .text, "`BASE TABLE` or `VIEW`"),
      ]
    case .informationColumns:
      [
        Column("table_catalog", .text, "`daybook`"),
        Column("table_schema", .text, "`public`"),
        Column("table_name", .text, "name of the table or view"),
        Column("column_name", .text, "name"),
        Column("ordinal_position", .integer, "place in the table, from 1"),
        Column("is_nullable", .text, "`YES` or `NO`"),
        Column("data_type", .text, "SQL name"),
        Column("security_label", .text, "`organization`, `user`, `sealed`, `free text`, or null"),
      ]
    }
  }
}
