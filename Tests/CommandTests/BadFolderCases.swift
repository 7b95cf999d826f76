import Foundation
import Glibc
import Persistence
import Testing

/// What can be wrong with a data folder, and which commands have to say so.
extension `A data folder that is not as it should be` {
  static let commands: [(name: String, arguments: [String])] = [
    ("query", ["query", "SELECT count(*) FROM t"]),
    ("change", ["query", "INSERT INTO t VALUES (7)"]),
    ("load", ["load", "FILE", "--into", "t"]),
    ("repl", ["repl"]),
    ("list", ["snapshot", "list"]),
    ("verify", ["snapshot", "verify", "--all"]),
    ("restore", ["snapshot", "restore", "1", "--to", "TARGET"]),
    ("prune", ["snapshot", "prune", "--keep", "1"]),
    ("inspect", ["journal", "inspect", "DATA"]),
    ("salvage", ["journal", "salvage", "DATA", "--to", "TARGET"]),
  ]

  static let tables: Set = ["query", "change", "load", "repl"]
  static let snapshots: Set = ["verify", "restore"]

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// Changes a data folder.
    var damage: @Sendable (String) throws -> Void
    /// The commands that refuse it; others succeed.
    var refusing: Set<String>
    /// In what these say, in any order; `DATA` is the folder.
    var words: [String]
    /// As root, as most files are anybody's: as nobody.
    var isOfNobody = false

    var testDescription: String { name }
  }

  static let all = Set(commands.map(\.name))
  static let snapshot = "DATA/snapshots/0000000001/0000000001-0-t.lz4"
  static let manifest = "DATA/snapshots/0000000001/manifest.json"
  static let journal = "DATA/journal/00000002.journal"

  static func edit(
    _ path: String, _ change: (inout [UInt8]) -> Void
  ) throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  static let cases = [
    Case(
      name: "a foreign file in the journal",
      damage: { data in
        try edit(data + "/journal/00000002.journal") { $0 = Array("a text of mine\n".utf8) }
      }, refusing: tables.union(["inspect"]),
      words: [journal, "byte ", "nothing was changed", "daybook journal salvage"]),
    Case(
      name: "a journal cut in its header",
      damage: { data in try edit(data + "/journal/00000002.journal") { $0.removeLast($0.count - 9) }
      },
      refusing: tables.union(["inspect"]),
      words: [journal, "byte 9", "nothing was changed", "daybook journal inspect"]),
    Case(
      name: "a journal with a changed byte",
      damage: { data in try edit(data + "/journal/00000002.journal") { $0[70] ^= 1 } },
      refusing: tables.union(["inspect"]),
      words: [journal, "byte 56", "nothing was changed", "daybook journal salvage"]),
    Case(
      name: "a mark with a changed byte",
      damage: { data in try edit(data + "/journal/mark") { $0[30] ^= 1 } },
      refusing: tables.union(["inspect"]),
      words: ["DATA/journal/mark", "byte 0", "daybook journal inspect DATA/journal/mark"]),
    Case(
      name: "a snapshot that was cut",
      damage: { data in
        try edit(data + "/snapshots/0000000001/0000000001-0-t.lz4") { $0.removeLast(5) }
      },
      refusing: tables.union(snapshots),
      words: [snapshot, "byte "]),
    Case(
      name: "a snapshot with a changed byte",
      damage: { data in try edit(data + "/snapshots/0000000001/0000000001-0-t.lz4") { $0[20] ^= 1 }
      },
      refusing: tables.union(snapshots),
      words: [snapshot, "byte 0"]),
    Case(
      name: "a snapshot without a file",
      damage: { data in unlink(data + "/snapshots/0000000001/0000000001-0-t.lz4") },
      refusing: tables.union(snapshots), words: [snapshot, "missing"]),
    Case(
      name: "a manifest that is something else",
      damage: { data in
        try edit(data + "/snapshots/0000000001/manifest.json") { $0 = [0x7B, 0x7D] }
      },
      refusing: tables.union(snapshots), words: [manifest, "byte "]),
    Case(
      name: "a snapshot without its manifest",
      damage: { data in unlink(data + "/snapshots/0000000001/manifest.json") },
      refusing: tables.union(snapshots), words: [manifest, "missing"]),
    Case(
      name: "a foreign format.json",
      damage: { data in try edit(data + "/format.json") { $0 = Array("{}".utf8) } },
      refusing: tables,
      words: [
        "DATA/format.json", "byte 2", "nothing was changed",
        "daybook snapshot verify --all --data DATA",
      ]),
    Case(
      name: "no format.json", damage: { data in unlink(data + "/format.json") }, refusing: tables,
      words: [
        "DATA/format.json", "missing", "nothing was changed", "daybook snapshot verify --all",
      ]),
    Case(
      name: "a newer version",
      damage: { data in
        try edit(data + "/format.json") { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          let newer = Array(
            text.replacing("\"version\": 1", with: "\"version\": 2").utf8.dropLast(20))
          let digits = String(JournalChecksum.of(newer[...], seed: 0), radix: 16)
          let zeros = String(repeating: "0", count: 16 - digits.count)
          bytes = newer + Array((zeros + digits + "\"\n}\n").utf8)
        }
      }, refusing: tables,
      words: ["DATA/format.json", "version 2", "use the release that wrote it"]),
    Case(
      name: "a file in its place",
      damage: { data in
        try FileManager.default.removeItem(atPath: data)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: data))
      }, refusing: all.subtracting(["inspect", "salvage"]),
      words: ["DATA", "Not a directory", "--data FOLDER"]),
    Case(
      name: "a link to itself",
      damage: { data in
        try FileManager.default.removeItem(atPath: data)
        symlink(data, data)
      }, refusing: all, words: ["DATA", "Too many levels of symbolic links", "--data FOLDER"]),
    Case(
      name: "a file that may not be read", damage: { data in chmod(data + "/format.json", 0) },
      refusing: tables, words: ["DATA/format.json", "Permission denied", "ls -ld"], isOfNobody: true
    ),
    Case(
      name: "a snapshot that may not be read",
      damage: { data in chmod(data + "/snapshots/0000000001/0000000001-0-t.lz4", 0) },
      refusing: tables.union(snapshots), words: [snapshot, "Permission denied", "ls -ld"],
      isOfNobody: true),
    Case(
      name: "a folder that may not be read", damage: { data in chmod(data, 0) }, refusing: all,
      words: ["DATA", "Permission denied", "ls -ld"], isOfNobody: true),
    Case(
      name: "a folder that may not be changed",
      damage: { data in
        chmod(data + "/journal", 0o555)
        chmod(data, 0o555)
      }, refusing: ["change", "load"], words: ["DATA", "Permission denied", "ls -ld"],
      isOfNobody: true),
  ]
}
