internal import ColumnStore

// Texts of one domain on disk, those from some code on: a .lz4 file of a snapshot, one LZ4 frame.
//
//   "DAYBOOKD"     8
//   version        4  2, 3 with erased entries (1 is a whole dictionary of a plain save)
//   domain         string: length 4, UTF-8
//   first code     4
//   entry count    4
//   entries        drawn in DictionaryEntries.swift

enum DictionaryPartFormat {
  // Stored on disk: never renumber, never reuse.
  static let version: UInt32 = 2
  static let erasedVersion: UInt32 = 3

  static func write(_ view: DictionaryView, from firstCode: Int) -> [UInt8] {
    var writer = ByteWriter()
    for byte in DictionaryFormat.magic { writer.write(byte) }
    let erased = view.dictionary.erasedCodes(in: firstCode..<view.count)
    writer.write(erased.isEmpty ? version : erasedVersion)
    writer.write(view.dictionary.domain)
    writer.write(UInt32(firstCode))
    writer.write(UInt32(view.count - firstCode))
    writer.writeErasedEntries(erased, from: firstCode)
    writer.writeEntries(of: view, from: firstCode)
    return writer.bytes
  }

  /// Adds the entries to a dictionary that has all those before.
  static func read(
    _ bytes: UnsafeRawBufferPointer, into dictionary: TextDictionary,
    part: SnapshotManifest.DictionaryPart, file: String
  ) throws(PersistenceError) {
    var reader = ByteReader(bytes, file: file)
    let version = try reader.readHeader(
      DictionaryFormat.magic, versions: [Self.version, erasedVersion])
    guard try reader.readString() == dictionary.domain else {
      throw reader.damaged("texts of another domain than '\(dictionary.domain)'")
    }
    guard Int(try reader.read(UInt32.self)) == part.firstCode,
      Int(try reader.read(UInt32.self)) == part.entryCount
    else { throw reader.damaged("other texts than the manifest has") }
    let erased =
      version == erasedVersion
      ? try reader.readErasedEntries(of: part.entryCount) : []
    try reader.readEntries(
      part.entryCount, into: dictionary, from: part.firstCode, erased: erased)
  }
}
