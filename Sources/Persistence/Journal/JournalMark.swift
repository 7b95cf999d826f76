// The file `mark` beside the files of the journal:
//
//   "DAYBOOKM"      8
//   version         4  1
//   reserved        4  0
//   file number     8
//   byte count      8  of that file, on disk for certain
//   position        8  of the last record in them
//   chain           8  checksum of the last header in them
//   checksum        8  XXH3 of the 48 bytes before, seed 0

/// How far a journal is on disk for certain: damage below it is never taken for the end of what was
/// being written.
///
/// The journal keeps one in its folder, renewed with every file, at checkpoints and at the end; a
/// snapshot's manifest keeps another.
public struct JournalMark: Sendable, Equatable {
  public var fileNumber: UInt64
  public var byteCount: UInt64
  public var position: UInt64
  public var chain: UInt64

  public init(fileNumber: UInt64, byteCount: UInt64, position: UInt64, chain: UInt64) {
    self.fileNumber = fileNumber
    self.byteCount = byteCount
    self.position = position
    self.chain = chain
  }

  static let name = "mark"
  static let newName = "mark.new"
  private static let magic = Array("DAYBOOKM".utf8)
  private static let version: UInt32 = 1
  private static let size = 56

  func bytes() -> [UInt8] {
    var writer = ByteWriter()
    for byte in Self.magic { writer.write(byte) }
    writer.write(Self.version)
    writer.write(UInt32(0))
    for word in [fileNumber, byteCount, position, chain] { writer.write(word) }
    writer.write(JournalChecksum.of(writer.bytes[...], seed: 0))
    return writer.bytes
  }

  /// The mark of a folder; `nil` where there is none yet.
  static func read(
    in folder: String, _ files: any FileSystem
  ) throws(PersistenceError) -> JournalMark? {
    let path = folder + "/" + name
    guard try files.exists(path) else { return nil }
    let file = try files.open(path, .read)
    let count = try file.byteCount()
    guard count == size else {
      throw .damagedJournal(
        file: path, offset: min(count, size), reason: "\(count) bytes where a mark has \(size)")
    }
    let bytes = try file.read(0..<count)
    guard bytes.count == size, bytes.starts(with: magic),
      bytes.word(at: 48) == JournalChecksum.of(bytes[..<48], seed: 0)
    else {
      throw .damagedJournal(file: path, offset: 0, reason: "the checksum of the mark is wrong")
    }
    let found = bytes.word(at: 8)
    guard found == UInt64(version) else {
      throw .unsupportedVersion(file: path, version: Int(UInt32(truncatingIfNeeded: found)))
    }
    return JournalMark(
      fileNumber: bytes.word(at: 16), byteCount: bytes.word(at: 24), position: bytes.word(at: 32),
      chain: bytes.word(at: 40))
  }

  /// Takes the place of the mark before, durably, or leaves that one.
  func write(in folder: String, _ files: any FileSystem) throws(PersistenceError) {
    let new = folder + "/" + Self.newName
    if try files.exists(new) { try files.remove(new) }
    let bytes = bytes()
    try bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try files.writeFile(bytes, to: new)
    }
    try files.rename(new, to: folder + "/" + Self.name)
    try files.synchronizeFolder(folder)
  }

  /// The mark that says more.
  static func further(_ left: JournalMark?, _ right: JournalMark?) -> JournalMark? {
    guard let left, let right else { return left ?? right }
    return (left.fileNumber, left.byteCount) < (right.fileNumber, right.byteCount) ? right : left
  }
}
