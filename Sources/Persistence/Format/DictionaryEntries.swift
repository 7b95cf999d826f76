internal import ColumnStore

// Entries of a dictionary, as dictionary files end:
//
//   text size      8  bytes of all entries together
//   lengths        packed integers, one per entry, in order of their codes
//   text           the entries, one after the other

extension ByteWriter {
  mutating func writeEntries(of view: DictionaryView, from firstCode: Int) {
    let codes = UInt32(firstCode)..<UInt32(view.count)
    var size = 0
    var longest = 0
    for code in codes {
      let length = view.bytes(code).count
      size += length
      longest = max(longest, length)
    }
    write(UInt64(size))
    let width: UInt8 = longest <= 0xFF ? 1 : longest <= 0xFFFF ? 2 : longest <= 0xFFFF_FFFF ? 4 : 8
    write(width)
    for code in codes {
      let length = view.bytes(code).count
      switch width {
      case 1: write(UInt8(length))
      case 2: write(UInt16(length))
      case 4: write(UInt32(length))
      default: write(UInt64(length))
      }
    }
    for code in codes { write(view.bytes(code)) }
  }
}

extension ByteReader {
  /// Adds entries, which have to get the codes from `firstCode` on, up to the end of the file.
  mutating func readEntries(
    _ count: Int, into dictionary: TextDictionary, from firstCode: Int
  ) throws(PersistenceError) {
    let size = try read(UInt64.self)
    let lengths = try readPacked(count)
    guard size == UInt64(remaining) else {
      throw damaged("\(size) bytes of text, where there are \(remaining)")
    }
    guard dictionary.view.count == firstCode else {
      throw damaged("texts that do not follow those before")
    }
    var total: UInt64 = 0
    for entry in 0..<count {
      let length = lengths[entry]
      guard length <= size - total else { throw damaged("an entry of \(length) bytes") }
      total += length
    }
    let text = try take(Int(total)).assumingMemoryBound(to: UInt8.self)
    guard dictionary.insert(count, of: text, length: { lengths[$0] }) == count else {
      throw damaged("an entry that occurs twice")
    }
    try expectEnd()
  }
}
