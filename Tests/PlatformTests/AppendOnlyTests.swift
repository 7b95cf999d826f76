import AccessControl
import Authentication
import ColumnStore
import DiskTesting
import Engine
import Persistence
import Platform
import QueryLanguage
import Testing

/// Every way to take something away from the audit log.
@Suite struct AppendOnlyTables {
  static let row = """
    INSERT INTO audit_log (ts, recorded_at, audit_id, user_id, user_role, action, entity_type, \
    entity_id, description) VALUES ('2026-01-15', '2026-01-15', 'a1', 'u1', 'admin', 'create', \
    'project', 'p1', 'made')
    """

  static let statements = [
    "UPDATE audit_log SET action = 'nothing'",
    "UPDATE audit_log AS a SET action = 'nothing' FROM users AS u WHERE a.user_id = u.user_id",
    "UPDATE audit_log SET action = action WHERE false RETURNING *",
    "WITH old AS (SELECT 1) UPDATE audit_log SET action = 'nothing'",
    "DELETE FROM audit_log",
    "DELETE FROM audit_log WHERE ts < '2030-01-01' RETURNING audit_id",
    "DELETE FROM audit_log USING users WHERE audit_log.user_id = users.user_id",
    "WITH old AS (SELECT 1) DELETE FROM audit_log",
    "TRUNCATE audit_log", "TRUNCATE TABLE events, audit_log",
    "DROP TABLE audit_log", "DROP TABLE IF EXISTS audit_log CASCADE",
    "DROP TABLE users, audit_log CASCADE",
    "ALTER TABLE audit_log RENAME TO old_log",
    "ALTER TABLE audit_log RENAME COLUMN action TO deed",
    "ALTER TABLE audit_log DROP COLUMN action",
    "ALTER TABLE audit_log ADD COLUMN note text, DROP COLUMN IF EXISTS changes",
    "SECURITY LABEL ON COLUMN audit_log.changes IS NULL",
    "SECURITY LABEL ON COLUMN audit_log.user_email IS 'free text'",
    "SECURITY LABEL ON COLUMN audit_log.organization_id IS NULL",
    "EXPLAIN DELETE FROM audit_log", "EXPLAIN ANALYZE UPDATE audit_log SET action = 'nothing'",
    "CREATE OR REPLACE VIEW audit_log AS SELECT 1 AS a",
    "CREATE TABLE audit_log (a int)",
    "CREATE TABLE audit_log AS SELECT 1 AS a",
    "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (audit_id) DO UPDATE SET action = 'nothing'",
  ]

  @Test(arguments: statements) func `keep what they have, whatever is asked`(statement: String)
    throws
  {
    let engine = try Engine.withBuiltInTables()
    try engine.run(Self.row)
    let before = try engine.run("SELECT * FROM audit_log")
    let schema = try #require(engine.store.catalog().tables["audit_log"]).schema
    #expect(throws: QueryError.self) { try engine.run(statement) }
    #expect(try engine.run("SELECT * FROM audit_log") == before)
    #expect(engine.store.catalog().tables["audit_log"]?.schema == schema)
    #expect(try engine.run("SELECT count(*) FROM users") == [[.integer(0)]])
  }

  @Test func `say so, at the place`() throws {
    let engine = try Engine.withBuiltInTables()
    let error = #expect(throws: QueryError.self) { try engine.run("DELETE FROM audit_log") }
    #expect(error?.code == .insufficientPrivilege)
    #expect(error?.message == "DELETE is not for table 'audit_log', which is append-only")
    #expect(error?.location == 12..<21)
  }

  @Test func `are not changed by a statement that was prepared`() throws {
    let engine = try Engine.withBuiltInTables()
    try engine.run(Self.row)
    var session = Session()
    _ = try? engine.execute("PREPARE p AS DELETE FROM audit_log", in: &session)
    #expect(throws: QueryError.self) { try engine.execute("EXECUTE p", in: &session) }
    #expect(try engine.run("SELECT count(*) FROM audit_log") == [[.integer(1)]])
  }

  @Test func `are not replaced or emptied by a load, nor below SQL`() throws {
    let engine = try Engine.withBuiltInTables()
    try engine.run(Self.row)
    let refusal = StoreError.appendOnly(table: "audit_log")
    let schema = try #require(engine.store.catalog().tables["audit_log"]).schema
    for start in [TableStart.emptied, .replaced(schema)] {
      #expect(throws: refusal) {
        try engine.store.append(to: "audit_log", from: start) { (_) throws(StoreError) in }
      }
    }
    #expect(throws: refusal) { try engine.store.dropTable("audit_log") }
    #expect(throws: refusal) { try engine.store.drop(["audit_log", "audit_logs"]) }
    #expect(throws: StoreError.self) { try engine.store.drop(["users", "audit_log"]) }
    #expect(throws: refusal) { try engine.store.truncateTable("audit_log") }
    #expect(throws: refusal) {
      try engine.store.alterTable("audit_log", [.dropColumn("changes")])
    }
    #expect(try engine.run("SELECT count(*) FROM audit_log") == [[.integer(1)]])
  }

  @Test func `get rows and columns as others do`() throws {
    let engine = try Engine.withBuiltInTables()
    try engine.run("ALTER TABLE audit_log ADD COLUMN note text")
    try engine.run("SECURITY LABEL ON COLUMN audit_log.note IS 'sealed'")
    try engine.run(Self.row)
    #expect(try engine.run("SELECT count(*) FROM audit_log WHERE note IS NULL") == [[.integer(1)]])
  }

  @Test func `stay so after a restart, from the journal and from a snapshot`() throws {
    let disk = SimulatedDisk()
    let chance = Counter()
    let machine = DiskEnvironment(files: disk, now: { .zero }, random: { chance.next() })
    for writesSnapshot in [false, true, false] {
      let database = try Database("/data", forChanges: true, environment: machine)
      let engine = Engine(store: database.store, threads: 1)
      try SchemaMigration(engine).run(at: noon)
      let table = try #require(engine.store.catalog().tables["audit_log"])
      #expect(table.schema.isAppendOnly)
      #expect(throws: QueryError.self) { try engine.run("DELETE FROM audit_log") }
      try engine.run(Self.row)
      if writesSnapshot { try database.checkpoint() }
      try database.close()
    }
    let database = try Database("/data", environment: machine)
    #expect(database.store.catalog().tables["audit_log"]?.rowCount == 3)
    #expect(
      database.store.catalog().tables["audit_log"]?.schema.columns.contains {
        $0.label == .sealed
      } == true)
    try database.close()
  }
}
