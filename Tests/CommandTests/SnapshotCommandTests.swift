import ColumnStore
import Foundation
import Persistence
import Testing

@Suite struct `The snapshot command` {
  /// A folder with three snapshots of 1, 2 and 3 rows.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let snapshots = SnapshotStore(
      folder.path + "/snapshots", threads: 1, now: { 1_700_000_000_123 })
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t", columns: [ColumnDefinition(name: "x", type: .integer)], partitionColumn: nil))
    for number in 0..<3 {
      try store.append(to: "t") {
        try $0.append(
          RowBatch(rowCount: 1, columns: [ColumnValues(storage: .integers([Int64(number)]))]))
      }
      try snapshots.write(catalog: store.catalog(), journalPosition: UInt64(number))
    }
    return folder
  }

  private func damage(_ path: String, at offset: Int) throws {
    let file = try RealFileSystem().open(path, .change)
    _ = try [UInt8(0xA5)].withUnsafeBytes { try file.write($0, at: offset) }
  }

  @Test func `lists, verifies and prunes`() throws {
    let data = try folder()
    let list = try Command(["snapshot", "list", "--data", data.path])
    #expect(list.status == 0)
    #expect(list.output.contains("0000000003  2023-11-14 22:13:20"))
    let whole = try Command(["snapshot", "verify", "--all", "--data", data.path])
    #expect(whole.status == 0)
    #expect(whole.output.split(separator: "\n").count == 3)
    #expect(whole.output.contains("snapshot 0000000002: 1 file, "))
    let plan = try Command(["snapshot", "prune", "--keep", "1", "--dry-run", "--data", data.path])
    #expect(plan.output.hasPrefix("would remove 0000000001, 0000000002, freeing "))
    let pruned = try Command(["snapshot", "prune", "--keep", "1", "--data", data.path])
    #expect(pruned.output.hasPrefix("removed 0000000001, 0000000002, which freed "))
    let again = try Command(["snapshot", "prune", "--keep", "1", "--data", data.path])
    #expect(again.output == "nothing to remove: 0000000003\n")
  }

  @Test func `says what is damaged, what is whole, and what to do`() throws {
    let data = try folder()
    let path = data.path + "/snapshots/0000000003/0000000003-0-t.lz4"
    try damage(path, at: 20)
    let found = try Command(["snapshot", "verify", "--data", data.path])
    #expect(found.status == 1)
    #expect(found.output.contains("snapshot 0000000003: 1 file, "))
    #expect(found.output.contains("  \(path), byte 0: the checksum of a chunk is wrong\n"))
    #expect(found.output.contains("daybook snapshot verify --all"))
    let all = try Command(["snapshot", "verify", "--all", "--data", data.path])
    #expect(all.status == 1)
    #expect(all.output.contains("hint: snapshot 0000000002 is whole; 'daybook snapshot restore"))
    try damage(data.path + "/snapshots/0000000002/manifest.json", at: 30)
    let list = try Command(["snapshot", "list", "--data", data.path])
    #expect(list.output.contains("0000000002/manifest.json, byte "))
  }

  @Test func `brings the keys along, for their owner alone`() throws {
    let data = try folder()
    _ = try data.write("token.key", "secret of tokens")
    _ = try data.write("pseudonym.key", "secret of names")
    try RealFileSystem().makeFolder(data.path + "/emitter-keys")
    _ = try data.write("emitter-keys/emitter-keys.json", "{}")
    let target = data.path + "/restored"
    let restored = try Command(["snapshot", "restore", "2", "--to", target, "--data", data.path])
    #expect(restored.status == 0, "\(restored.errors)")
    let keys = ["token.key", "pseudonym.key", "emitter-keys/emitter-keys.json"]
    #expect(restored.output.hasSuffix("with its keys: \(keys.joined(separator: ", "))\n"))
    for key in keys {
      #expect(try data.read("restored/\(key)") == (try data.read(key)))
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(target)/\(key)")
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(key)")
    }
  }

  @Test func `restores into a new folder`() throws {
    let data = try folder()
    let target = data.path + "/restored"
    let restored = try Command([
      "snapshot", "restore", "2", "--to", target, "--data", data.path,
    ])
    #expect(restored.status == 0)
    #expect(restored.output == "restored snapshot 0000000002: 2 rows in 1 table, to \(target)\n")
    #expect(!data.exists("restored/token.key"))
    #expect(try Command(["snapshot", "verify", "--data", target]).status == 0)
    #expect(try RealFileSystem().kind(of: target + "/format.json") == .file)
    let asked = try Command([
      "query", "--data", target, "--format", "csv", "SELECT count(*) FROM t",
    ])
    #expect(asked.output == "count\n2\n")
    let again = try Command(["snapshot", "restore", "2", "--to", target, "--data", data.path])
    #expect(again.status == 1)
    #expect(again.errors.contains("is not empty"))
  }

  @Test func `is made when somebody asks for one`() throws {
    let data = try folder()
    let made = try Command(["snapshot", "create", "--data", data.path])
    #expect(made.status == 0 && made.output == "wrote snapshot 0000000004\n")
    let list = try Command(["snapshot", "list", "--data", data.path])
    #expect(list.output.contains("0000000004  "))
    let nowhere = try Command(["snapshot", "create", "--data", data.path + "/nowhere"])
    #expect(nowhere.status == 1 && nowhere.errors.contains("there are no tables in"))
  }

  @Test func `says what is wrong with its arguments`() throws {
    let data = try folder()
    let nothing = try Command(["snapshot", "list", "--data", data.path + "/nowhere"])
    #expect(nothing.status == 1)
    #expect(nothing.errors.hasPrefix("error: there are no snapshots in '"))
    let unknown = try Command(["snapshot", "verify", "9", "--data", data.path])
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("0000000009"))
    #expect(unknown.errors.contains("hint: 'daybook snapshot list'"))
    for wrong in [
      ["verify", "x"], ["verify", "1", "--all"], ["prune", "--keep", "0"], ["prune"],
    ] {
      #expect(try Command(["snapshot"] + wrong + ["--data", data.path]).status == 64)
    }
  }
}
