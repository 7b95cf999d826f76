/// Writes the files of a journal. Used by one thread at a time; after its first failure no more.
struct JournalWriter {
  let folder: String
  let environment: DiskEnvironment
  let limit: Int
  private var file: any File
  private(set) var number: UInt64
  private(set) var byteCount: Int
  /// Of the file, known to be on disk.
  private(set) var durableByteCount: Int
  /// Of the last record.
  private(set) var position: UInt64
  private var chain: UInt64
  private var salt: UInt64

  /// Makes a file and its mark.
  init(
    creating number: UInt64, after position: UInt64, chain: UInt64, in folder: String, limit: Int,
    _ environment: DiskEnvironment
  ) throws(PersistenceError) {
    self.folder = folder
    self.environment = environment
    self.limit = limit
    self.number = number
    self.position = position
    salt = environment.random()
    let header = JournalHeader(
      number: number, firstPosition: position + 1, salt: salt, chain: chain)
    let (bytes, checksum) = header.bytes()
    self.chain = checksum
    byteCount = bytes.count
    durableByteCount = bytes.count
    file = try environment.files.open(folder + "/" + JournalScan.name(number), .create)
    try file.writeAll(bytes)
    try file.synchronize()
    try environment.files.synchronizeFolder(folder)
    try mark().write(in: folder, environment.files)
  }

  /// Goes on in a file without frames.
  init(
    continuing place: JournalScan.Place, salt: UInt64, chain: UInt64, in folder: String, limit: Int,
    _ environment: DiskEnvironment
  ) throws(PersistenceError) {
    self.folder = folder
    self.environment = environment
    self.limit = limit
    number = place.number
    position = place.firstPosition - 1
    self.salt = salt
    self.chain = chain
    byteCount = place.wholeByteCount
    durableByteCount = place.wholeByteCount
    file = try environment.files.open(place.path, .change)
    try mark().write(in: folder, environment.files)
  }

  var firstPositionOfNext: UInt64 { position + 1 }

  func mark() -> JournalMark {
    JournalMark(
      fileNumber: number, byteCount: UInt64(durableByteCount), position: position, chain: chain)
  }

  /// Writes the frames of some records in one go; returns true where that took a new file. A frame
  /// that was written in part is cut off again, as far as the disk still lets one.
  mutating func append(_ records: [JournalRecord]) throws(PersistenceError) -> Bool {
    let size = records.reduce(0) { $0 + JournalFrame.byteCount + $1.stored.count }
    var isNewFile = false
    if byteCount > JournalHeader.byteCount, byteCount + size > limit {
      try rotate()
      isNewFile = true
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var position = position
    var chain = chain
    for record in records {
      position += 1
      var frame = JournalFrame(
        record, position: position, durableByteCount: UInt64(durableByteCount), chain: chain)
      bytes += frame.bytes(salt: salt)
      bytes += record.stored
      chain = frame.checksum
    }
    do throws(PersistenceError) {
      try file.writeAll(bytes, at: byteCount)
    } catch {
      try? file.truncate(to: byteCount)
      throw error
    }
    byteCount += bytes.count
    self.position = position
    self.chain = chain
    return isNewFile
  }

  /// Never called again once it failed: a second sync may succeed without anything being on disk.
  mutating func synchronize() throws(PersistenceError) {
    guard durableByteCount < byteCount else { return }
    try file.synchronize()
    durableByteCount = byteCount
  }

  /// Makes all durable and says so in the folder.
  mutating func checkpoint() throws(PersistenceError) -> JournalMark {
    try synchronize()
    let mark = mark()
    try mark.write(in: folder, environment.files)
    return mark
  }

  /// Puts what comes next into a file of its own; false where it has one already.
  mutating func startFile() throws(PersistenceError) -> Bool {
    guard byteCount > JournalHeader.byteCount else { return false }
    try rotate()
    return true
  }

  /// The file before is durable to its end before there is another.
  private mutating func rotate() throws(PersistenceError) {
    try synchronize()
    self = try JournalWriter(
      creating: number + 1, after: position, chain: chain, in: folder, limit: limit, environment)
  }
}

extension File {
  func writeAll(_ bytes: [UInt8], at offset: Int = 0) throws(PersistenceError) {
    try bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try writeAll(bytes, at: offset)
    }
  }
}
