internal import CXXHash

// A file of the journal, `00000001.journal` and so on. Numbers are little-endian.
//
//   "DAYBOOKJ"        8
//   version           4  1
//   reserved          4  0
//   file number       8  as in its name
//   first position    8  of the first record in it
//   salt              8  random
//   chain             8  checksum of the header of the frame before, in the file before; else 0
//   checksum          8  XXH3 of the 48 bytes before, seed 0
//   frames
//
// A frame holds one record:
//
//   "DBJF"            4
//   encoding          4  0 as it is, 1 LZ4 block
//   plain bytes       4  of the record
//   stored bytes      4  of the payload
//   position          8  one more than that of the frame before, also across files
//   durable bytes     8  of this file, known to be on disk when the frame was written
//   chain             8  checksum of the header before: of the frame, or of the file
//   payload checksum  8  XXH3 of the payload, seed 0
//   checksum          8  XXH3 of the 48 bytes before, seeded with the salt
//   payload

/// The header of a file.
struct JournalHeader: Equatable {
  static let magic = Array("DAYBOOKJ".utf8)
  static let version: UInt32 = 1
  static let byteCount = 56
  /// Of records, and numbers of files: more there cannot be, and less to overflow.
  static let positions: ClosedRange<UInt64> = 1...(1 << 62)

  var number: UInt64
  var firstPosition: UInt64
  var salt: UInt64
  var chain: UInt64

  func bytes() -> (bytes: [UInt8], checksum: UInt64) {
    var writer = ByteWriter()
    for byte in Self.magic { writer.write(byte) }
    writer.write(Self.version)
    writer.write(UInt32(0))
    for word in [number, firstPosition, salt, chain] { writer.write(word) }
    let checksum = JournalChecksum.of(writer.bytes[...], seed: 0)
    writer.write(checksum)
    return (writer.bytes, checksum)
  }
}

extension JournalHeader {
  /// The header and its checksum. The checksum stands in the same place in every version, so that
  /// damage is told from news.
  static func read(
    _ bytes: [UInt8], file: String
  ) throws(PersistenceError) -> (header: JournalHeader, checksum: UInt64) {
    func damaged(_ offset: Int, _ reason: String) -> PersistenceError {
      .damagedJournal(file: file, offset: offset, reason: reason)
    }
    guard bytes.count >= byteCount else {
      throw damaged(bytes.count, "the header of the file is cut off")
    }
    guard bytes.starts(with: magic) else { throw damaged(0, "not a file of a journal") }
    let checksum = JournalChecksum.of(bytes[..<48], seed: 0)
    guard bytes.word(at: 48) == checksum else {
      throw damaged(0, "the checksum of the file's header is wrong")
    }
    let version = UInt32(truncatingIfNeeded: bytes.word(at: 8))
    guard version <= Self.version else {
      throw .unsupportedVersion(file: file, version: Int(version))
    }
    guard bytes.word(at: 8) == UInt64(Self.version) else {
      throw damaged(8, "format version \(version)")
    }
    return (
      JournalHeader(
        number: bytes.word(at: 16), firstPosition: bytes.word(at: 24), salt: bytes.word(at: 32),
        chain: bytes.word(at: 40)), checksum
    )
  }
}

/// The header of a frame.
struct JournalFrame: Equatable {
  static let magic: [UInt8] = Array("DBJF".utf8)
  static let byteCount = 56

  enum Encoding: UInt32 {
    // Stored on disk: never renumber, never reuse.
    case plain = 0
    case lz4 = 1
  }

  var encoding: UInt32
  var plainByteCount: UInt32
  var storedByteCount: UInt32
  var position: UInt64
  var durableByteCount: UInt64
  var chain: UInt64
  var payloadChecksum: UInt64
  /// Of the 48 bytes before it.
  var checksum: UInt64 = 0

  /// Where the next frame starts, counted from the start of this one.
  var totalByteCount: Int { Self.byteCount + Int(storedByteCount) }

  /// The header's bytes; sets the checksum.
  mutating func bytes(salt: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    for byte in Self.magic { writer.write(byte) }
    for number in [encoding, plainByteCount, storedByteCount] { writer.write(number) }
    for word in [position, durableByteCount, chain, payloadChecksum] { writer.write(word) }
    checksum = JournalChecksum.of(writer.bytes[...], seed: salt)
    writer.write(checksum)
    return writer.bytes
  }

  /// The header in `byteCount` bytes; `nil` where they are none. Without a salt the checksum is not
  /// looked at: for files whose header is lost.
  init?(_ bytes: ArraySlice<UInt8>, salt: UInt64?) {
    guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
    let all = Array(bytes)
    checksum = all.word(at: 48)
    if let salt {
      guard checksum == JournalChecksum.of(all[..<48], seed: salt) else { return nil }
    }
    encoding = UInt32(truncatingIfNeeded: all.word(at: 0) >> 32)
    plainByteCount = UInt32(truncatingIfNeeded: all.word(at: 8))
    storedByteCount = UInt32(truncatingIfNeeded: all.word(at: 8) >> 32)
    position = all.word(at: 16)
    durableByteCount = all.word(at: 24)
    chain = all.word(at: 32)
    payloadChecksum = all.word(at: 40)
  }

  init(
    _ record: JournalRecord, position: UInt64, durableByteCount: UInt64, chain: UInt64
  ) {
    encoding = record.encoding.rawValue
    plainByteCount = UInt32(record.plainByteCount)
    storedByteCount = UInt32(record.stored.count)
    self.position = position
    self.durableByteCount = durableByteCount
    self.chain = chain
    payloadChecksum = record.checksum
  }

  /// Why no writer can have written this header, which is asked before memory is taken for it.
  var impossibility: String? {
    guard JournalHeader.positions.contains(position) else { return "record \(position)" }
    return switch Encoding(rawValue: encoding) {
    case nil: "an encoding that does not exist"
    case .plain where plainByteCount != storedByteCount: "two sizes of a record as it is"
    case .lz4 where storedByteCount >= plainByteCount: "a record that was not compressed"
    case .lz4 where plainByteCount / 256 > storedByteCount: "a record compressed too well"
    case .plain, .lz4:
      plainByteCount > JournalRecord.maximumByteCount
        ? "a record of \(plainByteCount) bytes" : nil
    }
  }
}

package enum JournalChecksum {
  package static func of(_ bytes: ArraySlice<UInt8>, seed: UInt64) -> UInt64 {
    bytes.withUnsafeBufferPointer { XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
  }
}

extension [UInt8] {
  /// Eight bytes, little-endian; the caller has held them against the end.
  func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset + 8 <= count, "a word past the end")
    return withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
}
