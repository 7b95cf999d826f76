import ColumnStore
import Engine
import Persistence
import Synchronization
import Testing

@Suite struct `The snapshots of a folder as history` {
  @Test func `are found by number and time, and read`() throws {
    let folder = try TemporaryFolder()
    let time = Atomic<Int64>(0)
    let snapshots = SnapshotStore(
      folder.path + "/snapshots", threads: 1,
      now: { time.wrappingAdd(1_000, ordering: .relaxed).newValue })
    let engine = Engine(threads: 1, history: SnapshotHistory(snapshots))
    var session = Session()
    func ask(_ sql: String) throws -> [[Value]] { try engine.execute(sql, in: &session).rows }
    _ = try ask("CREATE TABLE t (x bigint, name text)")
    for number in 1...4 {
      _ = try ask("INSERT INTO t VALUES (\(number), 'n\(number)')")
      try snapshots.write(catalog: engine.store.catalog(), journalPosition: 0)
    }
    // More than are kept open at once.
    for number in [1, 2, 3, 4, 1, 4, 2] {
      _ = try ask("SET as_of = '\(number)'")
      #expect(try ask("SELECT max(name) FROM t") == [[.text("n\(number)")]])
      #expect(try ask("SHOW as_of") == [[.text("000000000\(number)")]])
    }
    _ = try ask("SET as_of = '1970-01-01 00:00:03.500'")
    #expect(try ask("SELECT count(*) FROM t") == [[.integer(3)]])
    #expect(throws: (any Error).self) { try ask("SET as_of = '1970-01-01 00:00:00.900'") }
    // What an older state was asked for does not change what the next snapshot links.
    _ = try ask("SET as_of = DEFAULT")
    let id = try snapshots.write(catalog: engine.store.catalog(), journalPosition: 0)
    let summary = try snapshots.summary(id)
    #expect(summary.sharedByteCount == summary.byteCount)
    try snapshots.prune(keeping: 1)
    let error = #expect(throws: (any Error).self) { try ask("SET as_of = 4") }
    #expect("\(error as Any)".contains("0000000004"))
  }
}
