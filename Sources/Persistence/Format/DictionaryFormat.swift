package import ColumnStore

// A dictionary on disk (the decompressed content of a dictionary-*.lz4 file):
//
//   "DAYBOOKD"     8
//   version        4  1
//   domain         string: length 4, UTF-8
//   entry count    4
//   entries        drawn in DictionaryEntries.swift

package enum DictionaryFormat {
  static let magic = Array("DAYBOOKD".utf8)
  static let version: UInt32 = 1

  package static func read(
    _ bytes: UnsafeRawBufferPointer, file: String, domain: String
  ) throws(PersistenceError) -> TextDictionary {
    var reader = ByteReader(bytes, file: file)
    try reader.readHeader(magic, version: version)
    guard try reader.readString() == domain else {
      throw reader.damaged("texts of another domain than '\(domain)'")
    }
    let count = Int(try reader.read(UInt32.self))
    guard count <= TextDictionary.maximumCount else { throw reader.damaged("\(count) entries") }
    let dictionary = TextDictionary(domain: domain)
    try reader.readEntries(count, into: dictionary, from: 0)
    return dictionary
  }
}
