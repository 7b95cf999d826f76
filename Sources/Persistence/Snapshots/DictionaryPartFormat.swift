internal import ColumnStore

// Texts of one domain on disk, those from some code on: a .lz4 file of a snapshot, one LZ4 frame.
//
//   "DAYBOOKD"     8
//   version        4  2 (1 is a whole dictionary of a plain save)
//   domain         string: length 4, UTF-8
//   first code     4
//   entry count    4
//   text size      8  bytes of all entries together
//   lengths        packed integers, one per entry, in order of their codes
//   text           the entries, one after the other

enum DictionaryPartFormat {
  static let version: UInt32 = 2

  static func write(_ view: DictionaryView, from firstCode: Int) -> [UInt8] {
    var writer = ByteWriter()
    for byte in DictionaryFormat.magic { writer.write(byte) }
    writer.write(version)
    writer.write(view.dictionary.domain)
    writer.write(UInt32(firstCode))
    writer.write(UInt32(view.count - firstCode))
    let codes = UInt32(firstCode)..<UInt32(view.count)
    var size = 0
    var longest = 0
    for code in codes {
      let length = view.bytes(code).count
      size += length
      longest = max(longest, length)
    }
    writer.write(UInt64(size))
    let width: UInt8 = longest <= 0xFF ? 1 : longest <= 0xFFFF ? 2 : longest <= 0xFFFF_FFFF ? 4 : 8
    writer.write(width)
    for code in codes {
      let length = view.bytes(code).count
      switch width {
      case 1: writer.write(UInt8(length))
      case 2: writer.write(UInt16(length))
      case 4: writer.write(UInt32(length))
      default: writer.write(UInt64(length))
      }
    }
    for code in codes { writer.write(view.bytes(code)) }
    return writer.bytes
  }

  /// Adds the entries to a dictionary that has all those before.
  static func read(
    _ bytes: UnsafeRawBufferPointer, into dictionary: TextDictionary,
    part: SnapshotManifest.DictionaryPart, file: String
  ) throws(PersistenceError) {
    var reader = ByteReader(bytes, file: file)
    try reader.readHeader(DictionaryFormat.magic, version: version)
    guard try reader.readString() == dictionary.domain else {
      throw reader.damaged("texts of another domain than '\(dictionary.domain)'")
    }
    guard Int(try reader.read(UInt32.self)) == part.firstCode,
      Int(try reader.read(UInt32.self)) == part.entryCount
    else { throw reader.damaged("other texts than the manifest has") }
    let size = try reader.read(UInt64.self)
    let lengths = try reader.readPacked(part.entryCount)
    guard size == UInt64(reader.remaining) else {
      throw reader.damaged("\(size) bytes of text, where there are \(reader.remaining)")
    }
    for entry in 0..<part.entryCount {
      let length = lengths[entry]
      guard length <= UInt64(reader.remaining) else {
        throw reader.damaged("an entry of \(length) bytes")
      }
      let text = try reader.take(Int(length)).assumingMemoryBound(to: UInt8.self)
      guard Int(dictionary.insert(text)) == part.firstCode + entry else {
        throw reader.damaged("an entry that occurs twice")
      }
    }
    try reader.expectEnd()
  }
}
