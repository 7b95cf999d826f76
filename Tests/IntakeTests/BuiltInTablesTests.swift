import AccessControl
import ColumnStore
import Engine
import Intake
import Platform
import Testing

@Suite struct `The built-in tables` {
  @Test func `have all columns that intake fills, of the right types`() throws {
    let engine = Engine(threads: 1)
    try SchemaMigration(engine).run(at: IntakeHarness.now)
    let catalog = engine.store.catalog()
    for table in IntakeTable.allCases {
      let schema = try #require(catalog.tables[table.rawValue]).schema
      for column in TestTables.schema(of: table).columns {
        guard let index = schema.columnIndex(column.name) else {
          // Rows of events say when they came; what is kept by key does not need to.
          #expect(column.name == "received_at" && table == .threats, "\(table).\(column.name)")
          continue
        }
        #expect(schema.columns[index].type == column.type, "\(table).\(column.name)")
      }
    }
  }

  @Test(arguments: IntakeKind.allCases)
  func `hide what the fields say is to be hidden`(kind: IntakeKind) throws {
    let engine = Engine(threads: 1)
    try SchemaMigration(engine).run(at: IntakeHarness.now)
    let record = RecordSchema.of(kind)
    let schema = try #require(engine.store.catalog().tables[record.table]).schema
    for field in record.fields {
      guard let index = schema.columnIndex(field.column) else { continue }
      let label = schema.columns[index].label
      switch field.fieldClass {
      case .sealed: #expect(label == .sealed, "\(field.name)")
      case .freeText: #expect(label == .freeText, "\(field.name)")
      case .open: #expect(label != .sealed && label != .freeText, "\(field.name)")
      case .hashed: break
      }
    }
  }

  @Test func `take every kind of record`() throws {
    let engine = Engine(threads: 1)
    try SchemaMigration(engine).run(at: IntakeHarness.now)
    let intake = try Intake(
      engine.store, IntakeRules(pseudonymizer: try IntakeHarness.pseudonymizer()),
      at: IntakeHarness.now, random: { 7 })
    let bodies: [(IntakeKind, String)] = [
      (.event, "{\"id\":\"e\",\"type\":\"chat\",\"metadata\":{\"turn\":1}}"),
      (.tokenUsage, "{\"id\":\"t\",\"model\":\"m\",\"prompt_tokens\":3}"),
      (.request, "{\"id\":\"r\",\"endpoint\":\"/a\",\"ip\":\"8.8.8.8\",\"user_agent\":\"x\"}"),
      (.login, "{\"id\":\"s\",\"user_id\":\"u\",\"ip\":\"8.8.8.8\",\"token\":\"t\"}"),
      (.logout, "{\"id\":\"s\"}"),
      (.feedback, "{\"user_id\":\"u\",\"request_id\":\"r\",\"stars\":3,\"comment\":\"fine\"}"),
      (.threat, "{\"id\":\"t\",\"type\":\"custom\",\"severity\":\"low\",\"ip\":\"8.8.8.8\"}"),
      (.user, "{\"id\":\"u\",\"email\":\"a@b.cd\",\"role\":\"user\"}"),
      (.resource, "{\"id\":\"p\",\"type\":\"project\",\"name\":\"one\"}"),
      (.event, "{\"id\":\"wrong\"}"),
    ]
    let emitter = try IntakeHarness.emitter()
    for (kind, body) in bodies {
      let outcome = try intake.accept(
        Array(body.utf8), kind, from: emitter, at: IntakeHarness.now)
      #expect(outcome.failed.isEmpty == (body != bodies.last?.1), "\(outcome)")
    }
    var session = Session()
    let rows = try engine.execute(
      "SELECT sum(received), sum(accepted), sum(duplicates), sum(failed) FROM ingest_ledger",
      in: &session
    ).rows
    #expect(rows == [[.integer(10), .integer(9), .integer(0), .integer(1)]])
  }
}
