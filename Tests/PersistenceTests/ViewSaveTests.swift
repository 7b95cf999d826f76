import ColumnStore
import Persistence
import Testing

@Suite struct `Saved views` {
  private static let view = View(
    name: "v \"ü\"", definition: "SELECT a AS \"x\ny\" FROM t -- 'z'",
    columns: [
      .init(name: "x", type: .array(.double), source: "x\ny"),
      .init(name: "state", type: .hyperLogLog, source: "state"),
      .init(name: "span", type: .interval, source: "span"),
    ], uses: ["t"])

  @Test func `come back as they were`() throws {
    let folder = try TemporaryFolder()
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t", columns: [ColumnDefinition(name: "a", type: .double)], partitionColumn: nil))
    try store.createView(Self.view, replacing: false)
    try TableSave.write(store.catalog(), to: folder.path)
    let back = try TableSave.read(from: folder.path, threads: 1).catalog()
    #expect(back.views == [Self.view.name: Self.view])
  }

  @Test func `are not needed: a save without any is of the first version`() throws {
    let folder = try TemporaryFolder()
    try TableSave.write(Catalog(), to: folder.path)
    let manifest = String(
      decoding: readBytes(folder.path + "/tables/manifest.json"), as: UTF8.self)
    #expect(manifest.contains("\"version\": 1,"))
    #expect(!manifest.contains("views"))
    #expect(try TableSave.read(from: folder.path, threads: 1).catalog().views.isEmpty)
  }
}
