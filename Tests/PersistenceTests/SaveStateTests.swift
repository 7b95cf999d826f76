import ColumnStore
import Persistence
import Testing

struct SaveStateTests {
  @Test func `a save that somebody else has replaced meanwhile is left as it is`() throws {
    let folder = try TemporaryFolder()
    func store(_ table: String) throws -> Store {
      let store = Store()
      try store.createTable(
        TableSchema(
          name: table, columns: [ColumnDefinition(name: "x", type: .integer)],
          partitionColumn: nil))
      return store
    }
    let nothing = SaveState(of: folder.path)
    try TableSave.write(try store("first").catalog(), to: folder.path, replacing: nothing)
    #expect(throws: PersistenceError.changedMeanwhile(path: folder.path)) {
      try TableSave.write(try store("second").catalog(), to: folder.path, replacing: nothing)
    }
    let saved = try TableSave.read(from: folder.path, threads: 1)
    #expect(Array(saved.catalog().tables.keys) == ["first"])
    let first = SaveState(of: folder.path)
    try TableSave.write(try store("second").catalog(), to: folder.path, replacing: first)
    #expect(SaveState(of: folder.path) != first)
  }
}
