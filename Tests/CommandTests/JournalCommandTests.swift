import Persistence
import Testing

@Suite struct `The journal command` {
  /// A folder with a journal of 5 records, of which the middle one is damaged if asked for.
  private func folder(isDamaged: Bool) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let journal = try Journal.open(folder.path + "/journal") { _, _ in }.journal
    for number in 0..<5 { try journal.append(Array("record number \(number)".utf8)) }
    try journal.close()
    if isDamaged {
      let files = RealFileSystem()
      let file = try files.open(folder.path + "/journal/00000001.journal", .change)
      let middle = try file.byteCount() / 2
      _ = try [UInt8(0xFF)].withUnsafeBytes { try file.write($0, at: middle) }
    }
    return folder
  }

  @Test func `inspects a journal`() throws {
    let folder = try folder(isDamaged: false)
    let whole = try Command(["journal", "inspect", folder.path + "/journal"])
    #expect(whole.status == 0)
    #expect(whole.output.contains("5 records (1 to 5)"))
    #expect(whole.output.contains("on disk for certain: record 5"))
    // What a message about the mark says to type.
    let mark = try Command(["journal", "inspect", folder.path + "/journal/mark"])
    #expect(mark.output == whole.output)
  }

  @Test func `tells where a journal is damaged, and salvages it`() throws {
    let folder = try folder(isDamaged: true)
    let path = folder.path + "/journal"
    let found = try Command(["journal", "inspect", path])
    #expect(found.status == 1)
    #expect(found.output.contains("it is refused: \(path)/00000001.journal, byte "))
    #expect(found.output.contains("daybook journal salvage"))
    let saved = try Command(["journal", "salvage", path, "--to", folder.path + "/saved"])
    #expect(saved.status == 0)
    #expect(saved.output.contains("copied 2 records, from 1 on, to "))
    #expect(saved.output.contains("2 whole records behind the damage left out"))
    let all = try Command([
      "journal", "salvage", path + "/00000001.journal", "--to", folder.path + "/all",
      "--past-damage",
    ])
    #expect(all.output.contains("copied 4 records"))
    #expect(try Command(["journal", "inspect", folder.path + "/all"]).status == 0)
  }

  @Test func `says what is wrong with its arguments`() throws {
    let folder = try folder(isDamaged: false)
    let nothing = try Command(["journal", "inspect", folder.path + "/nowhere"])
    #expect(nothing.status == 1)
    #expect(nothing.errors.hasPrefix("error: there is no journal at '"))
    let full = try Command([
      "journal", "salvage", folder.path + "/journal", "--to", folder.path + "/journal",
    ])
    #expect(full.status == 1)
    #expect(full.errors.contains("cannot salvage into"))
  }
}
