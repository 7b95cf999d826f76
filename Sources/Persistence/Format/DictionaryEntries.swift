internal import ColumnStore

// Entries of a dictionary, as dictionary files end:
//
//   text size      8  bytes of all entries together
//   lengths        packed integers, one per entry, in order of their codes
//   text           the entries, one after the other
//
// Where texts were erased, a list of these entries stands before: count 4, per entry 4: its place among
// those of the file, ascending. An erased entry has length 0, and is no text: the empty one may be another.

extension ByteWriter {
  mutating func writeErasedEntries(_ codes: [UInt32], from firstCode: Int) {
    guard !codes.isEmpty else { return }
    write(UInt32(codes.count))
    for code in codes { write(code - UInt32(firstCode)) }
  }

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
  /// The places of erased entries among `count`.
  mutating func readErasedEntries(of count: Int) throws(PersistenceError) -> [Int] {
    let erasedCount = Int(try read(UInt32.self))
    guard erasedCount <= count, erasedCount <= remaining / 4 else {
      throw damaged("\(erasedCount) erased entries of \(count)")
    }
    var erased: [Int] = []
    erased.reserveCapacity(erasedCount)
    for _ in 0..<erasedCount {
      let entry = Int(try read(UInt32.self))
      guard entry < count, entry > erased.last ?? -1 else {
        throw damaged("erased entries that do not ascend")
      }
      erased.append(entry)
    }
    return erased
  }

  /// Adds entries, which have to get the codes from `firstCode` on, up to the end of the file.
  mutating func readEntries(
    _ count: Int, into dictionary: TextDictionary, from firstCode: Int, erased: [Int] = []
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
    // Runs of texts, each up to the next entry that was erased.
    var first = 0
    var start = 0
    for end in erased + [count] {
      let run = first..<end
      let size = run.reduce(0) { $0 + Int(lengths[$1]) }
      let texts = UnsafeBufferPointer(rebasing: text[start..<start + size])
      guard
        run.isEmpty
          || dictionary.insert(run.count, of: texts, length: { lengths[run.lowerBound + $0] })
            == run.count
      else { throw damaged("an entry that occurs twice") }
      if end < count {
        guard lengths[end] == 0 else { throw damaged("an erased entry with a text") }
        dictionary.appendErased()
      }
      start += size
      first = end + 1
    }
    try expectEnd()
  }
}
