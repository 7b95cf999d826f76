package import ColumnStore

// A dictionary on disk (the decompressed content of a dictionary-*.lz4 file):
//
//   "DAYBOOKD"     8
//   version        4  1
//   domain         string: length 4, UTF-8
//   entry count    4
//   text size      8  bytes of all entries together
//   lengths        packed integers, one per entry, in order of their codes
//   text           the entries, one after the other

package enum DictionaryFormat {
  static let magic = Array("DAYBOOKD".utf8)
  static let version: UInt32 = 1

  package static func write(_ view: DictionaryView) -> [UInt8] {
    var writer = ByteWriter()
    for byte in magic { writer.write(byte) }
    writer.write(version)
    writer.write(view.dictionary.domain)
    writer.write(UInt32(view.count))
    let codes = 0..<UInt32(view.count)
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

  package static func read(
    _ bytes: UnsafeRawBufferPointer, file: String, domain: String
  ) throws(PersistenceError) -> TextDictionary {
    var reader = ByteReader(bytes, file: file)
    try reader.readHeader(magic, version: version)
    guard try reader.readString() == domain else {
      throw reader.damaged("texts of another domain than '\(domain)'")
    }
    let count = Int(try reader.read(UInt32.self))
    let size = try reader.read(UInt64.self)
    guard count <= TextDictionary.maximumCount else { throw reader.damaged("\(count) entries") }
    let lengths = try reader.readPacked(count)
    guard size == UInt64(reader.remaining) else {
      throw reader.damaged("\(size) bytes of text, where there are \(reader.remaining)")
    }
    let dictionary = TextDictionary(domain: domain)
    dictionary.reserve(count)
    for entry in 0..<count {
      let length = lengths[entry]
      guard length <= UInt64(reader.remaining) else {
        throw reader.damaged("an entry of \(length) bytes")
      }
      let text = try reader.take(Int(length)).assumingMemoryBound(to: UInt8.self)
      guard Int(dictionary.insert(text)) == entry else {
        throw reader.damaged("an entry that occurs twice")
      }
    }
    try reader.expectEnd()
    return dictionary
  }
}
