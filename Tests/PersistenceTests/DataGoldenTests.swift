import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Testing

/// Data folders as format version 1 has them: they open for ever. `daybook query` made them of SQL that
/// has every kind of change; nothing writes them again. What is in each stands in `NAME.txt`.
enum GoldenData: String, CaseIterable {
  /// A snapshot and a journal behind it.
  case checkpointed
  /// A journal alone, with the rest of an interrupted write at its end.
  case torn

  private static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Golden/data"

  /// A disk with the folder as `/data`.
  func disk() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    func copy(_ source: String, _ target: String) throws {
      try disk.makeFolder(target)
      for name in TemporaryFolder.names(source) {
        let path = source + "/" + name
        if TemporaryFolder.names(path).isEmpty {
          disk.put(readBytes(path), target + "/" + name)
        } else {
          try copy(path, target + "/" + name)
        }
      }
    }
    try copy(Self.folder + "/" + rawValue, "/data")
    return SimulatedDisk(disk.image.crashed(.everything))
  }

  /// What it holds; written first where it is missing and `UPDATE_GOLDEN` is set.
  func expected(_ found: String) -> String {
    let path = Self.folder + "/" + rawValue + ".txt"
    if getenv("UPDATE_GOLDEN") != nil, access(path, F_OK) != 0 {
      writeBytes(Array(found.utf8), path)
    }
    return String(decoding: readBytes(path), as: UTF8.self)
  }

  /// Names, types and rows, and nothing that a later version may see otherwise.
  static func text(_ catalog: Catalog) throws -> String {
    var lines = catalog.declaredDomains.sorted().map { "domain \($0)" }
    lines += catalog.views.values.sorted { $0.name < $1.name }.map {
      "view \($0.name): \($0.definition)"
    }
    for table in catalog.tables.values.sorted(by: { $0.schema.name < $1.schema.name }) {
      let schema = table.schema
      let columns = schema.columns.map {
        "\($0.name) \($0.type.sqlName)\($0.isNotNull ? " not null" : "") of \($0.domain)"
      }
      lines.append("table \(schema.name): \(columns.joined(separator: ", "))")
      if let column = schema.partitionColumn { lines.append("  by day of \(column)") }
      if !schema.primaryKey.isEmpty { lines.append("  key \(schema.primaryKey)") }
      for partition in table.partitions {
        for segment in partition.segments {
          let columns = try segment.chunks.map { try $0.values() }
          for row in 0..<segment.rowCount where segment.live?[row] ?? true {
            lines.append("  " + columns.map { "\($0[row].formatted())" }.joined(separator: " | "))
          }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

@Suite struct `A data folder of format version 1` {
  @Test(arguments: GoldenData.allCases)
  func `opens, and holds what was written`(golden: GoldenData) throws {
    let disk = try golden.disk()
    let before = disk.paths
    let database = try DatabaseHarness(disk).open(forChanges: false)
    let text = try GoldenData.text(database.store.catalog())
    #expect(text == golden.expected(text))
    #expect(disk.paths == before)
    #expect((database.recovery.tail?.byteCount ?? 0) == (golden == .torn ? 100 : 0))
    #expect((database.recovery.snapshot?.number ?? 0) == (golden == .torn ? 0 : 1))
    #expect(database.recovery.changeCount > 10)
  }

  @Test(arguments: GoldenData.allCases)
  func `is changed, and found as it then was`(golden: GoldenData) throws {
    let disk = try golden.disk()
    let database = try DatabaseHarness(disk).open()
    try database.store.createDomain("after")
    let changed = try GoldenData.text(database.store.catalog())
    let crashed = SimulatedDisk(disk.image.crashed(.nothingUnsynced))
    #expect(
      try GoldenData.text(DatabaseHarness(crashed).open().store.catalog()) == changed)
    try database.checkpoint()
    try database.close()
    let again = try DatabaseHarness(disk).open(forChanges: false)
    #expect(try GoldenData.text(again.store.catalog()) == changed)
  }
}
