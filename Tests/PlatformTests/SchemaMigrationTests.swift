import AccessControl
import ColumnStore
import Engine
import Platform
import Testing

@Suite struct BuiltInSchemaMigration {
  @Test func `makes all tables and views, and nothing the second time`() throws {
    let engine = Engine(threads: 1)
    let first = try SchemaMigration(engine).run(at: noon)
    #expect(!first.statements.isEmpty)
    let catalog = engine.store.catalog()
    #expect(
      Set(catalog.tables.keys)
        == Set(BuiltInSchema.tables.map(\.name) + BuiltInSchema.rollUps.map(\.name)))
    #expect(Set(catalog.views.keys) == Set(BuiltInSchema.views.map(\.name)))
    let second = try SchemaMigration(engine).run(at: noon)
    #expect(second.statements == [])
    #expect(
      try engine.run("SELECT count(*), min(version), max(version) FROM built_in_relations")
        == [[.integer(Int64(catalog.relationNames.count)), .integer(1), .integer(1)]])
  }

  @Test(arguments: BuiltInSchema.views.map(\.name))
  func `every view answers`(name: String) throws {
    let view = try #require(BuiltInSchema.views.first { $0.name == name })
    let engine = try Engine.withBuiltInTables()
    #expect(try engine.run("SELECT * FROM \(view.name)") == [])
  }

  @Test(arguments: BuiltInSchema.rollUps.map(\.name))
  func `every roll-up answers, for each organisation by itself`(name: String) throws {
    let rollUp = try #require(BuiltInSchema.rollUps.first { $0.name == name })
    let engine = try Engine.withBuiltInTables()
    #expect(try engine.run("SELECT * FROM \(rollUp.name)") == [])
    let schema = try #require(engine.store.catalog().tables[rollUp.name]).schema
    #expect(schema.rollUp?.source == rollUp.source)
    #expect(schema.columns.contains { $0.label == .organization })
  }

  @Test func `days are kept as long as configured, in tables that it makes itself`() throws {
    let engine = Engine(threads: 1)
    try engine.run(
      "CREATE TABLE feedback (\(BuiltInSchema.table("feedback")?.columns.map(\.declaration).joined(separator: ", ") ?? ""), PRIMARY KEY (organization_id, user_id, request_id, answer_key)) PARTITION BY DAY (ts)"
    )
    try SchemaMigration(engine, retentionDays: 30).run(at: noon)
    let tables = engine.store.catalog().tables
    #expect(tables["events"]?.schema.retentionDays == 30)
    #expect(tables["audit_log"]?.schema.retentionDays == nil)
    // It was there before: nobody expects its days to go.
    #expect(tables["feedback"]?.schema.retentionDays == nil)
    try SchemaMigration(engine, retentionDays: 90).run(at: noon)
    #expect(engine.store.catalog().tables["events"]?.schema.retentionDays == 30)
    let audited = Engine(threads: 1)
    try SchemaMigration(audited, auditDays: 400).run(at: noon)
    try audited.run(
      """
      INSERT INTO audit_log (ts, recorded_at, audit_id, user_id, user_role, action, entity_type, entity_id,
      description) VALUES ('2020-01-01', '2020-01-01', '00000000-0000-0000-0000-000000000001', 'u', 'admin',
      'create', 'project', 'p', 'made p')
      """)
    #expect(try audited.applyRetention(now: noon.milliseconds).map(\.table) == ["audit_log"])
    #expect(throws: (any Error).self) {
      try audited.run("ALTER TABLE audit_log SET (retention_days = 1)")
    }
    try audited.run("ALTER TABLE audit_log SET (retention_days = 500)")
    let forEver = Engine(threads: 1)
    try SchemaMigration(forEver, retentionDays: 0).run(at: noon)
    #expect(forEver.store.catalog().tables["events"]?.schema.retentionDays == nil)
  }

  @Test func `days that go leave their numbers in the roll-ups`() throws {
    let engine = try Engine.withBuiltInTables()
    try engine.run(
      """
      INSERT INTO events (ts, received_at, event_id, organization_id, user_id, event_type, total_tokens)
      SELECT t, t, ('00000000-0000-0000-0000-' || lpad((extract(epoch FROM t)::bigint / 3600)::text, 12, '0'))::uuid, 'acme', 'u' || (extract(day FROM t)::bigint % 7), 'chat', 5
      FROM generate_series(timestamp '2024-01-01', timestamp '2024-03-31', interval '6 hours') AS g(t)
      """)
    let question =
      "SELECT sum(events), sum(total_tokens), hll_cardinality(hll_merge(users)) FROM events_daily"
    let before = try engine.run(question)
    let outcomes = try engine.applyRetention(now: 1_713_000_000_000)
    #expect(outcomes.map(\.table) == ["events"] && (outcomes.first?.rowCount ?? 0) > 0)
    #expect(try engine.run(question) == before)
    #expect(try engine.run("SELECT count(DISTINCT user_id) FROM usage_daily") == [[.integer(7)]])
  }

  /// By name: a table as an argument is shown with all that it has.
  @Test(arguments: BuiltInSchema.tables.map(\.name))
  func `every table is as it is declared`(name: String) throws {
    let table = try #require(BuiltInSchema.tables.first { $0.name == name })
    let engine = try Engine.withBuiltInTables()
    let schema = try #require(engine.store.catalog().tables[table.name]).schema
    #expect(schema.columns.map(\.name) == table.columns.map(\.name))
    #expect(schema.columns.map(\.type) == table.columns.map(\.kind.type))
    #expect(schema.columns.map(\.label) == table.columns.map(\.label))
    #expect(schema.primaryKey.map { schema.columns[$0].name } == table.key)
    #expect(schema.partitionColumn.map { schema.columns[$0].name } == table.partitionColumn)
    for (column, definition) in zip(table.columns, schema.columns) {
      let isPlain = [.identifier, .uuid, .json].contains(column.kind)
      #expect((definition.textStorage == .plain) == isPlain, "\(column.name)")
    }
  }

  @Test func `a run that was interrupted is finished by the next`() throws {
    let engine = Engine(threads: 1)
    let statements = try SchemaMigration(Engine(threads: 1)).run(at: noon).statements
    for statement in statements.prefix(statements.count / 2) { try engine.run(statement) }
    let rest = try SchemaMigration(engine).run(at: noon).statements
    #expect(rest.count == statements.count - statements.count / 2)
    #expect(try SchemaMigration(engine).run(at: noon).statements == [])
  }

  @Test func `an older version gets the columns that it lacks, and keeps its rows`() throws {
    let engine = Engine(threads: 1)
    let columns = BuiltInTable.sample.columns.dropLast(2)
    let old = BuiltInTable("things", .things, key: ["id"], "Things.", Array(columns))
    try SchemaMigration(engine, tables: [old, .record], views: []).run(at: noon)
    try engine.run("INSERT INTO things (id) VALUES ('a')")
    let outcome = try SchemaMigration(
      engine, tables: [.sample, .record], views: [], version: 2
    ).run(at: noon)
    #expect(outcome.statements.filter { $0.hasPrefix("ALTER TABLE things ADD COLUMN") }.count == 2)
    #expect(
      try engine.run("SELECT id, count, note FROM things") == [[.text("a"), .null, .null]])
    #expect(
      try engine.run("SELECT version FROM built_in_relations WHERE relation_name = 'things'")
        == [[.integer(2)]])
  }

  @Test func `an older version's key gets the column that it lacks, and keeps its rows`() throws {
    let engine = Engine(threads: 1)
    let feedback = try #require(BuiltInSchema.table("feedback"))
    var old = BuiltInTable(
      feedback.name, feedback.kind, key: Array(feedback.key.dropLast()), feedback.summary,
      feedback.columns.filter { $0.name != "answer_key" })
    old.retentionDays = 90
    try SchemaMigration(engine, tables: [old, .record], views: []).run(at: noon)
    let row = "('2026-01-14', 'f1', 'acme', 'u1', 'r1', 5"
    let columns = "ts, feedback_id, organization_id, user_id, request_id, stars"
    try engine.run("INSERT INTO feedback (\(columns)) VALUES \(row))")
    #expect(try SchemaMigration(engine).run(at: noon).extendedKeys == ["feedback"])
    #expect(try SchemaMigration(engine).run(at: noon).extendedKeys == [])
    #expect(
      try engine.run("SELECT stars, answer_key FROM feedback") == [[.integer(5), .integer(0)]])
    func add(_ key: Int) throws {
      try engine.run("INSERT INTO feedback (\(columns), answer_key) VALUES \(row), \(key))")
    }
    #expect(throws: (any Error).self) { try add(0) }
    try add(7)
    #expect(try engine.run("SELECT count(*) FROM feedback") == [[.integer(2)]])
  }

  @Test func `a newer version's tables are left alone`() throws {
    let engine = Engine(threads: 1)
    try SchemaMigration(engine, version: 7).run(at: noon)
    let problem = #expect(throws: SchemaProblem.self) { try SchemaMigration(engine).run(at: noon) }
    #expect(problem?.items.first?.reason == .newer(version: 7))
  }

  @Test func `a column of another type is refused, and nothing is changed`() throws {
    let engine = Engine(threads: 1)
    try engine.run(
      "CREATE TABLE users (user_id text PRIMARY KEY, organization_id bigint, role text)")
    let problem = #expect(throws: SchemaProblem.self) { try SchemaMigration(engine).run(at: noon) }
    #expect(
      problem?.description
        == """
        column 'organization_id' of table 'users' is bigint where Daybook needs text: \
        rename the column, or the table
        """)
    #expect(engine.store.catalog().relationNames == ["users"])
  }

  @Test(
    arguments: [
      (
        "CREATE TABLE users (user_id text PRIMARY KEY, shoe_size int)",
        "it has a column 'shoe_size', which Daybook's has not. Name each column as Documentation/data-model.md has it"
      ),
      (
        "CREATE TABLE events (ts timestamp, a int, b int, c int, d int, e int, f int, g int) PARTITION BY DAY (ts)",
        "it has columns 'a', 'b', 'c', 'd', 'e' and 2 more, which Daybook's has not, and it has no column 'event_type'"
      ),
      ("CREATE TABLE users (user_id text)", "no primary key"),
      ("CREATE TABLE users (name text PRIMARY KEY)", "the primary key (name)"),
      ("CREATE TABLE events (ts timestamp) PARTITION BY DAY (ts)", "no column 'event_type'"),
      ("CREATE TABLE events (ts timestamp, event_type text)", "not split by day"),
      ("CREATE VIEW events AS SELECT 1 AS a", "it is a view"),
      ("CREATE TABLE token_usage (a int)", "it is a table"),
      ("CREATE VIEW token_usage AS SELECT 1 AS a", "a view of yours"),
    ])
  func `what users made under a name of Daybook's is refused by name`(
    statement: String, reason: String
  ) throws {
    let engine = Engine(threads: 1)
    try engine.run(statement)
    let before = engine.store.catalog().relationNames
    let problem = #expect(throws: SchemaProblem.self) { try SchemaMigration(engine).run(at: noon) }
    let text = try #require(problem?.description)
    #expect(text.contains(reason), "\(text)")
    #expect(text.contains("'\(try #require(before.first))'"))
    #expect(text.contains("ename"))
    #expect(engine.store.catalog().relationNames == before)
  }

  @Test func `events that were loaded before the first start are taken over`() throws {
    let engine = Engine(threads: 1)
    try engine.run(
      """
      CREATE TABLE events (ts timestamp, event_type text, user_id text, organization_id text, \
      cost_usd double precision) PARTITION BY DAY (ts)
      """)
    try engine.run("INSERT INTO events VALUES ('2026-01-01 10:00', 'chat', 'u1', 'acme', 0.5)")
    try SchemaMigration(engine).run(at: noon)
    #expect(
      try engine.run("SELECT user_id, action_type, count FROM activity_aggregates")
        == [[.text("u1"), .text("chat"), .integer(1)]])
  }
}

extension BuiltInTable {
  fileprivate static let record = BuiltInSchema.tables[BuiltInSchema.tables.count - 1]
  fileprivate static let sample = BuiltInTable(
    "things", .things, key: ["id"], "Things.",
    [
      BuiltInColumn("id", .text, "its name").required,
      BuiltInColumn("size", .integer, "how large it is"),
      BuiltInColumn("count", .integer, "how many there are").required,
      BuiltInColumn("note", .text, "what is said of it"),
    ])
}
