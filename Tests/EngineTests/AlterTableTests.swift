import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import Synchronization
import Testing

@Suite struct `Altered tables` {
  /// Alterations, new rows and aggregates in random order: with the cache, without it, and over a table
  /// that was made with its columns from the start.
  @Test(arguments: UInt64(0)..<8)
  func `answer the same with and without what was kept`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let engine = Engine(threads: 1)
    var cached = Session()
    var plain = Session()
    plain.usesPartialCache = false
    // Name, and a number that its values are multiples of.
    var columns = [("c0", 1)]
    var rows: [[Int?]] = []
    var name = "t"
    _ = try engine.execute("CREATE TABLE t (c0 bigint)", in: &cached)
    for step in 1...150 {
      let place = random.below(columns.count)
      switch random.below(8) {
      case 0 where columns.count < 6:
        columns.append(("c\(step)", step))
        rows = rows.map { $0 + [nil] }
        _ = try engine.execute("ALTER TABLE \(name) ADD COLUMN c\(step) bigint", in: &cached)
      case 1 where columns.count > 1:
        _ = try engine.execute("ALTER TABLE \(name) DROP COLUMN \(columns[place].0)", in: &cached)
        columns.remove(at: place)
        rows = rows.map { row in
          var row = row
          row.remove(at: place)
          return row
        }
      case 2:
        let old = columns[place].0
        columns[place].0 = "r\(step)"
        _ = try engine.execute(
          "ALTER TABLE \(name) RENAME COLUMN \(old) TO r\(step)", in: &cached)
      case 3:
        _ = try engine.execute("ALTER TABLE \(name) RENAME TO t\(step)", in: &cached)
        name = "t\(step)"
      default:
        let row = columns.map { $0.1 * random.below(100) }
        rows.append(row)
        let values = row.map { "\($0)" }.joined(separator: ", ")
        // A copy is sealed, so that its aggregates are kept.
        if random.below(4) == 0 {
          _ = try engine.execute("INSERT INTO \(name) VALUES (\(values))", in: &cached)
          _ = try engine.execute("CREATE TABLE s\(step) AS SELECT * FROM \(name)", in: &cached)
          _ = try engine.execute("DROP TABLE \(name)", in: &cached)
          name = "s\(step)"
        } else {
          _ = try engine.execute("INSERT INTO \(name) VALUES (\(values))", in: &cached)
        }
      }
      let sums = columns.map { "sum(\($0.0)), count(\($0.0))" }.joined(separator: ", ")
      let expected = columns.indices.flatMap { column -> [Value] in
        let values = rows.compactMap { $0[column] }
        return [
          values.isEmpty ? .null : .integer(Int64(values.reduce(0, +))),
          .integer(Int64(values.count)),
        ]
      }
      let query = "SELECT \(sums) FROM \(name)"
      #expect(try engine.execute(query, in: &cached).rows == [expected], "step \(step)")
      #expect(try engine.execute(query, in: &cached).rows == [expected], "step \(step)")
      #expect(try engine.execute(query, in: &plain).rows == [expected], "step \(step)")
    }
  }

  @Test func `and filled ones are one change each`() throws {
    let recorded = Mutex<[StoreChange]>([])
    let store = Store(adopting: Catalog()) { change in recorded.withLock { $0.append(change) } }
    let engine = Engine(store: store, threads: 1)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE t AS SELECT n, 'x' AS name FROM generate_series(1, 3) AS g(n)", in: &session)
    _ = try engine.execute(
      "ALTER TABLE t ADD COLUMN a date, DROP COLUMN name", in: &session)
    #expect(store.catalog().version == 2)
    let changes = recorded.withLock { $0 }
    #expect(changes.count == 2)
    guard case .createdFilledTable(let schema, let rows)? = changes.first,
      case .alteredTable("t", let alterations)? = changes.last
    else {
      Issue.record("\(changes)")
      return
    }
    #expect(schema.name == "t")
    #expect(rows.reduce(0) { $0 + $1.rowCount } == 3)
    #expect(
      alterations == [.addColumn(ColumnDefinition(name: "a", type: .date)), .dropColumn("name")])
    // Done again, they give the same table.
    let copy = Store()
    try copy.createTable(schema) { (appender) throws(StoreError) in
      for batch in rows { try appender.append(batch) }
    }
    try copy.alterTable("t", alterations)
    let copied = Engine(store: copy, threads: 1)
    let query = "SELECT * FROM t ORDER BY n"
    #expect(
      try copied.execute(query, in: &session).rows == engine.execute(query, in: &session).rows)
  }

  @Test func `that cannot be recorded stay as they were`() throws {
    let isFull = Atomic<Bool>(false)
    let store = Store(adopting: Catalog()) { (_) throws(StoreError) in
      if isFull.load(ordering: .relaxed) { throw .unknownTable("disk") }
    }
    let engine = Engine(store: store, threads: 1)
    var session = Session()
    _ = try engine.execute("CREATE TABLE t (a bigint)", in: &session)
    isFull.store(true, ordering: .relaxed)
    for statement in ["ALTER TABLE t ADD COLUMN b text", "CREATE TABLE u AS SELECT 'x' AS c"] {
      #expect(throws: QueryError.self) { try engine.execute(statement, in: &session) }
    }
    isFull.store(false, ordering: .relaxed)
    #expect(Array(store.catalog().tables.keys) == ["t"])
    #expect(store.catalog().tables["t"]?.schema.columns.map(\.name) == ["a"])
  }

  @Test func `are checked by the store too`() throws {
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "day", type: .date), ColumnDefinition(name: "id", type: .integer),
        ], partitionColumn: 0, primaryKey: [1]))
    #expect(throws: StoreError.neededColumn("day", table: "t")) {
      try store.alterTable("t", [.dropColumn("day")])
    }
    #expect(throws: StoreError.neededColumn("id", table: "t")) {
      try store.alterTable("t", [.dropColumn("id")])
    }
    #expect(throws: StoreError.unknownColumn("x", table: "t")) {
      try store.alterTable("t", [.dropColumn("x")])
    }
    #expect(throws: StoreError.duplicateColumn("id")) {
      try store.alterTable("t", [.renameColumn("day", to: "id")])
    }
    #expect(throws: StoreError.tableExists("t")) {
      try store.alterTable("t", [.renameTable(to: "t")])
    }
    #expect(throws: StoreError.unknownTable("u")) { try store.alterTable("u", []) }
    #expect(store.catalog().version == 1)
  }
}
