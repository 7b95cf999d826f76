import ColumnStore
import QueryPlanning
import Testing

@Suite struct StatementTests {
  @Test func `CREATE TABLE maps types and checks the partition column`() throws {
    let planned = try planned(
      """
      CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL, n smallint, price numeric(10, 2),
        who account, id uuid, doc jsonb, ok bool, name varchar(20)) PARTITION BY DAY (at)
      """)
    guard case .createTable(let schema, true) = planned else {
      Issue.record("not a CREATE TABLE")
      return
    }
    #expect(
      schema.columns.map(\.type) == [
        .timestampWithTimeZone, .integer, .double, .text, .text, .json, .boolean, .text,
      ])
    #expect(schema.partitionColumn == 0)
    #expect(schema.columns[0].isNotNull)
    #expect(schema.columns[3].domain == "account")
    #expect(schema.columns[4].textStorage == .plain)
    #expect(schema.columns[7].domain == "name")
  }

  @Test func `INSERT brings values to the table's columns and order`() throws {
    guard
      case .insert(let table, let query) = try planned(
        "INSERT INTO users (signed_up, user_id) VALUES ('2024-01-01', 7)")
    else {
      Issue.record("not an INSERT")
      return
    }
    #expect(table.name == "users")
    #expect(query.plan.types == [.text, .integer, .text, .date])
    guard case .values(let rows, _) = query.plan else {
      Issue.record("not VALUES")
      return
    }
    #expect(rows.first?.first == .literal(.text("7"), .text))
    #expect(rows.first?.last == .literal(.date(19_723), .date))
    #expect(rows.first?[1] == .literal(.null, .integer))
  }

  @Test func `INSERT from a query casts its columns`() throws {
    guard
      case .insert(_, let query) = try planned(
        "INSERT INTO orgs (seats, name) SELECT cost, ms FROM events WHERE ok")
    else {
      Issue.record("not an INSERT")
      return
    }
    #expect(
      PlanDescription.lines(query.plan) == [
        "Project: NULL, CAST(ms AS text), CAST(cost AS bigint)",
        "  Scan events columns: cost, ms filter: (ok)",
      ])
  }

  @Test func `settings are checked`() throws {
    guard case .set("timezone", "Europe/Berlin") = try planned("SET timezone = 'europe/berlin'")
    else {
      Issue.record("not a SET")
      return
    }
    guard case .set("threads", nil) = try planned("SET threads = DEFAULT") else {
      Issue.record("not a SET")
      return
    }
    guard case .showTables = try planned("SHOW TABLES"),
      case .show("timezone") = try planned("SHOW timezone"),
      case .describe(let schema) = try planned("DESCRIBE orgs")
    else {
      Issue.record("not a SHOW")
      return
    }
    #expect(schema.name == "orgs")
    guard case .explain(_, analyze: true, change: nil) = try planned("EXPLAIN ANALYZE SELECT 1")
    else {
      Issue.record("not an EXPLAIN")
      return
    }
  }

  @Test(arguments: [
    (
      "CREATE TABLE t (a txt)",
      "undefinedObject [txt] type 'txt' does not exist | did you mean 'text'?"
    ),
    ("CREATE TABLE t (a int, a int)", "duplicateColumn [a] column 'a' specified more than once"),
    (
      "CREATE TABLE orgs (a int)",
      "duplicateTable [orgs] table 'orgs' already exists | CREATE TABLE IF NOT EXISTS leaves it as it is"
    ),
    (
      "CREATE TABLE t (a int) PARTITION BY DAY (a)",
      "typeMismatch [a] cannot partition by day of column 'a' of type bigint | the column must be a date, timestamp or timestamptz"
    ),
    ("CREATE DOMAIN account AS text", "duplicateTable [account] type 'account' already exists"),
    ("DROP TABLE orgz", "undefinedTable [orgz] unknown table 'orgz' | did you mean 'orgs'?"),
    (
      "INSERT INTO orgs VALUES (1)",
      "syntaxError [1] INSERT has fewer expressions than target columns | 3 columns are to be filled, 1 values are given"
    ),
    (
      "INSERT INTO orgs (id, nam) VALUES (1, 'x')",
      "undefinedColumn [nam] unknown column 'nam' in table 'orgs' | did you mean 'name'?"
    ),
    (
      "INSERT INTO orgs VALUES ('x', 'y', 3)",
      "invalidText ['x'] invalid input syntax for type bigint: 'x'"
    ),
    (
      "INSERT INTO orgs VALUES (true, 'y', 3)",
      "typeMismatch [true] column 'id' is of type bigint but expression is of type boolean | cast it: CAST(... AS bigint)"
    ),
    (
      "SHOW timezon",
      "undefinedObject [timezon] unknown setting 'timezon' | did you mean 'timezone'?"
    ),
    (
      "SET threads = 0",
      "invalidParameter [0] invalid value for 'threads' | a number from 1 to 1024, or DEFAULT"
    ),
    ("DESCRIBE event", "undefinedTable [event] unknown table 'event' | did you mean 'events'?"),
  ])
  func `statements are refused with a place and a hint`(sql: String, error: String) {
    #expect(failure(sql) == error)
  }
}
