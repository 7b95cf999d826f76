import ColumnStore
import DiskTesting
import EngineTesting
import Glibc
import Persistence
import Testing

@Suite struct `The next snapshot` {
  private func created(_ disk: SimulatedDisk, _ body: () throws -> Void) rethrows -> [String] {
    let before = disk.log.count
    try body()
    return disk.log[before...].filter { $0.operation == .create }.map {
      String($0.path.split(separator: "/").last ?? "")
    }
  }

  private func store() throws -> Store {
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "events",
        columns: [
          ColumnDefinition(name: "day", type: .date), ColumnDefinition(name: "user", type: .text),
        ], partitionColumn: 0))
    for day in 0..<5 { try append(store, day: Int64(day), user: "u\(day)") }
    return store
  }

  private func append(_ store: Store, day: Int64, user: String) throws {
    let users = TextPool()
    users.append(user)
    try store.append(to: "events") {
      try $0.append(
        RowBatch(
          rowCount: 1,
          columns: [
            ColumnValues(storage: .integers([day])),
            ColumnValues(storage: .text(codes: [0], pool: users)),
          ]))
    }
  }

  @Test func `writes only what changed, also after a restart`() throws {
    let disk = SimulatedDisk()
    var snapshots = SnapshotStore.forTest(disk)
    var store = try store()
    func write() throws -> [String] {
      try created(disk) { try snapshots.write(catalog: store.catalog(), journalPosition: 0) }
    }
    #expect(try write().count == 7)
    #expect(try write() == ["manifest.json"])
    try append(store, day: 3, user: "u1")
    #expect(try write() == ["0000000003-3-events_1970-01-04.lz4", "manifest.json"])
    try append(store, day: 3, user: "new")
    #expect(
      try write() == [
        "0000000004-3-events_1970-01-04.lz4", "0000000004-0-dictionary_user.lz4", "manifest.json",
      ])
    snapshots = .forTest(disk)
    store = Store(adopting: try #require(try snapshots.newest()).catalog)
    #expect(try write() == ["manifest.json"])
    try append(store, day: 9, user: "new")
    #expect(try write() == ["0000000006-5-events_1970-01-10.lz4", "manifest.json"])
    #expect(
      try CatalogContent(#require(try snapshots.newest()).catalog)
        == CatalogContent(store.catalog()))
    let summary = try snapshots.summary(SnapshotID(number: 6))
    #expect(summary.rowCount == 8)
    #expect(summary.sharedByteCount > 0 && summary.sharedByteCount < summary.byteCount)
  }

  @Test func `stands when those that it has links to are gone`() throws {
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk)
    let store = try store()
    for day in 0..<4 {
      try snapshots.write(catalog: store.catalog(), journalPosition: UInt64(day))
      try append(store, day: Int64(day), user: "w\(day)")
    }
    let plan = try snapshots.prune(keeping: 2, isDryRun: true)
    #expect(plan.removed.map(\.number) == [1, 2])
    #expect(plan.kept.map(\.number) == [3, 4])
    #expect(plan.freedByteCount > 0)
    #expect(try snapshots.ids().count == 4)
    #expect(try snapshots.prune(keeping: 2) == plan)
    #expect(try snapshots.ids().map(\.number) == [3, 4])
    #expect(disk.paths.allSatisfy { !$0.contains("0000000001/") && !$0.contains(".new") })
    for id in try snapshots.ids() {
      #expect(try snapshots.check(id).problems.isEmpty)
      _ = try snapshots.open(id)
    }
    #expect(try snapshots.prune(keeping: 9).removed.isEmpty)
  }

  @Test func `does not count damaged ones among those that it keeps`() throws {
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk)
    let store = try store()
    for position in 1...4 {
      try snapshots.write(catalog: store.catalog(), journalPosition: UInt64(position))
    }
    disk.put([1], "/data/snapshots/0000000004/manifest.json")
    let pruning = try snapshots.prune(keeping: 2)
    #expect(pruning.kept.map(\.number) == [2, 3, 4])
    #expect(pruning.removed.map(\.number) == [1])
  }

  @Test func `is whole where nothing can be linked`() throws {
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(NoLinks(disk: disk))
    let store = try store()
    try snapshots.write(catalog: store.catalog(), journalPosition: 0)
    let names = try created(disk) {
      try snapshots.write(catalog: store.catalog(), journalPosition: 0)
    }
    #expect(names.count == 7)
    #expect(
      try CatalogContent(#require(try snapshots.newest()).catalog)
        == CatalogContent(store.catalog()))
  }

  @Test func `can be put into another folder`() throws {
    for canLink in [true, false] {
      let disk = SimulatedDisk()
      let files: any FileSystem = canLink ? disk : NoLinks(disk: disk)
      let snapshots = SnapshotStore.forTest(files)
      let store = try store()
      let id = try snapshots.write(catalog: store.catalog(), journalPosition: 12)
      let target = SnapshotStore.forTest(files, folder: "/other/snapshots")
      try snapshots.restore(id, to: target)
      let opened = try #require(try target.newest())
      #expect(opened.journalPosition == 0)
      #expect(try CatalogContent(opened.catalog) == CatalogContent(store.catalog()))
      #expect(throws: PersistenceError.notEmpty(path: "/other/snapshots")) {
        try snapshots.restore(id, to: target)
      }
      disk.put(
        [1, 2], try #require(disk.paths.first { $0.hasSuffix(".lz4") && $0.hasPrefix("/data") }))
      #expect(throws: PersistenceError.self) {
        try snapshots.restore(id, to: .forTest(files, folder: "/third/snapshots"))
      }
    }
  }

  @Test(.enabled(if: access("/usr/bin/lz4", X_OK) == 0))
  func `consists of files that lz4 takes`() throws {
    let folder = try TemporaryFolder()
    let snapshots = SnapshotStore.forTest(RealFileSystem(), folder: folder.path + "/snapshots")
    var random = try RandomStore(seed: 5)
    for _ in 0..<12 { try random.step()(random.store) }
    let id = try snapshots.write(catalog: random.store.catalog(), journalPosition: 0)
    let path = folder.path + "/snapshots/\(id)"
    let names = TemporaryFolder.names(path).filter { $0.hasSuffix(".lz4") }
    #expect(names.count > 5)
    #expect(system("lz4 -t -q -m \(path)/*.lz4 2>/dev/null") == 0)
    #expect(
      try CatalogContent(#require(try snapshots.newest()).catalog)
        == CatalogContent(random.store.catalog()))
  }
}

/// A disk on which no file has two names.
private struct NoLinks: FileSystem {
  let disk: SimulatedDisk

  func link(_ path: String, to target: String) throws(PersistenceError) {
    throw .system(FileError(path: path, operation: "link", code: EPERM))
  }

  func open(_ path: String, _ mode: FileMode) throws(PersistenceError) -> any File {
    try disk.open(path, mode)
  }
  func kind(of path: String) throws(PersistenceError) -> FileKind? { try disk.kind(of: path) }
  func makeFolder(_ path: String) throws(PersistenceError) { try disk.makeFolder(path) }
  func names(in folder: String) throws(PersistenceError) -> [String] {
    try disk.names(in: folder)
  }
  func rename(_ path: String, to target: String) throws(PersistenceError) {
    try disk.rename(path, to: target)
  }
  func remove(_ path: String) throws(PersistenceError) { try disk.remove(path) }
  func removeFolder(_ path: String) throws(PersistenceError) { try disk.removeFolder(path) }
  func synchronizeFolder(_ path: String) throws(PersistenceError) {
    try disk.synchronizeFolder(path)
  }
  func lock(_ folder: String, _ kind: LockKind) throws(PersistenceError) -> any FolderLock {
    try disk.lock(folder, kind)
  }
}
