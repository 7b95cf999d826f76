internal import ColumnStore
internal import Engine
internal import QueryLanguage
internal import SampleData

/// What generate writes down of what it made, in a table of the same folder: how many rows of each
/// table are its own. So that it can take them out again, and nothing else.
struct SampleRecord {
  static let table = "generated_sample"
  /// What stands in `events.emitter_key_id`, in the place of an emitter's key.
  static let emitterKey = "generate"

  /// What a sample fills, in the order in which it is filled. The audit log is not among them: nothing
  /// is ever taken from it.
  static let filledTables = ["users", "resources", "events", "sessions", "feedback", "threats"]

  let engine: Engine

  /// Rows that generate made, by table; `nil`: it has made none here.
  func rowCounts() throws(SampleFillingError) -> [String: Int64]? {
    guard engine.store.catalog().tables[Self.table] != nil else { return nil }
    let result = try run("SELECT table_name, row_count FROM \(Self.table)")
    var counts: [String: Int64] = [:]
    for row in result.rows {
      guard row.count == 2, case .text(let name) = row[0], case .integer(let count) = row[1] else {
        continue
      }
      counts[name] = count
    }
    return counts
  }

  func note(_ counts: [String: Int], of options: SampleOptions) throws(SampleFillingError) {
    try run(
      """
      CREATE TABLE IF NOT EXISTS \(Self.table) (table_name text PRIMARY KEY, row_count bigint, \
      seed text, days bigint, users bigint, first_day date)
      """)
    for (table, count) in counts.sorted(by: { $0.key < $1.key }) {
      try run(
        """
        INSERT INTO \(Self.table) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (table_name) DO UPDATE SET row_count = excluded.row_count
        """,
        [
          .text(table), .integer(Int64(count)), .text(String(options.seed)),
          .integer(Int64(options.days)), .integer(Int64(options.users)),
          .text(options.start.description),
        ])
    }
  }

  /// How many rows a table has now; `nil`: there is no such table.
  func rowCount(of table: String) throws(SampleFillingError) -> Int64? {
    guard engine.store.catalog().tables[table] != nil else { return nil }
    return try count("SELECT count(*) FROM \(table)")
  }

  /// Rows of a table that generate did not make, as far as it can tell.
  func foreignRowCount(of table: String, _ counts: [String: Int64]?) throws(SampleFillingError)
    -> Int64
  {
    guard let contents = engine.store.catalog().tables[table] else { return 0 }
    let all = try count("SELECT count(*) FROM \(table)")
    var foreign = max(0, all - (counts?[table] ?? 0))
    if table == "events", contents.schema.columnIndex("emitter_key_id") != nil {
      foreign = max(
        foreign,
        try count(
          "SELECT count(*) FROM events WHERE emitter_key_id IS DISTINCT FROM '\(Self.emitterKey)'"))
    }
    return foreign
  }

  private func count(_ query: String) throws(SampleFillingError) -> Int64 {
    let result = try run(query)
    guard case .integer(let count)? = result.rows.first?.first else { return 0 }
    return count
  }

  @discardableResult
  func run(
    _ statement: String, _ parameters: [Value] = []
  ) throws(SampleFillingError) -> QueryResult {
    var session = Session()
    do throws(QueryError) {
      return try engine.execute(statement, parameters: parameters, in: &session)
    } catch {
      throw .query(error)
    }
  }
}
