/// Goes through one file of a journal, frame by frame, and believes none of its bytes.
struct JournalFileReader {
  /// What stands at the reader's offset.
  enum Step {
    case frame(JournalFrame, payload: [UInt8])
    case end
    /// No whole frame: a write that was cut short may have left it, if nothing speaks against it.
    case broken(String)
    /// What no interrupted write leaves.
    case impossible(String)
  }

  /// What there is behind a place where no whole frame is.
  struct Remains: Equatable {
    var byteCount: Int
    /// Headers that are right, each of a frame that was written behind that place.
    var frameCount = 0
    /// The most that any of them knew to be on disk.
    var durableByteCount: UInt64 = 0
  }

  let path: String
  let byteCount: Int
  private let file: any File
  private var window = ArraySlice<UInt8>()
  private var windowStart = 0
  private(set) var offset = 0
  private(set) var salt: UInt64?
  /// What the next frame must carry.
  private(set) var position: UInt64 = 0
  private(set) var chain: UInt64 = 0

  private static let windowByteCount = 256 << 10

  init(_ path: String, _ files: any FileSystem) throws(PersistenceError) {
    self.path = path
    file = try files.open(path, .read)
    byteCount = try file.byteCount()
  }

  func damaged(_ reason: String) -> PersistenceError {
    .damagedJournal(file: path, offset: offset, reason: reason)
  }

  mutating func readHeader() throws(PersistenceError) -> JournalHeader {
    let bytes = Array(try bytes(0..<min(byteCount, JournalHeader.byteCount)))
    let (header, checksum) = try JournalHeader.read(bytes, file: path)
    offset = JournalHeader.byteCount
    salt = header.salt
    position = header.firstPosition
    chain = checksum
    return header
  }

  /// Goes on behind a header that cannot be read.
  mutating func skipHeader() {
    offset = min(byteCount, JournalHeader.byteCount)
    salt = nil
  }

  /// The frame here, which must be the one that follows, and the place behind it.
  mutating func next() throws(PersistenceError) -> Step {
    if offset == byteCount { return .end }
    if let frame = try header(at: offset) {
      guard frame.position == position else {
        return .impossible("record \(frame.position) where \(position) belongs")
      }
      guard frame.chain == chain else {
        return .impossible("record \(position) does not follow the one before it")
      }
      guard frame.durableByteCount <= UInt64(offset) else {
        return .impossible("a frame that knows more than was written before it")
      }
    }
    let step = try frame()
    if case .frame(let frame, _) = step { pass(frame) }
    return step
  }

  /// Goes on behind a frame, whichever it is.
  mutating func pass(_ frame: JournalFrame) {
    offset += frame.totalByteCount
    position = frame.position &+ 1
    chain = frame.checksum
  }

  /// The frame here by itself.
  mutating func frame() throws(PersistenceError) -> Step {
    guard let frame = try header(at: offset) else {
      return .broken(
        byteCount - offset < JournalFrame.byteCount
          ? "the header of a frame is cut off" : "no frame starts here")
    }
    if let reason = frame.impossibility { return .impossible(reason) }
    let start = offset + JournalFrame.byteCount
    guard Int(frame.storedByteCount) <= byteCount - start else {
      return .broken("record \(frame.position) is cut off")
    }
    let stored = Array(try bytes(start..<start + Int(frame.storedByteCount)))
    guard JournalChecksum.of(stored[...], seed: 0) == frame.payloadChecksum else {
      return .broken("the checksum of record \(frame.position) is wrong")
    }
    guard let payload = JournalRecord.payload(stored, of: frame) else {
      return .impossible("record \(frame.position) cannot be decompressed")
    }
    return .frame(frame, payload: payload)
  }

  /// What stands behind a place without a whole frame, which the reader has reached.
  mutating func remains() throws(PersistenceError) -> Remains {
    var remains = Remains(byteCount: byteCount - offset)
    var place: Int? = offset
    while let start = place, let found = try nextMagic(from: start) {
      if let frame = try header(at: found) {
        remains.frameCount += found == offset ? 0 : 1
        remains.durableByteCount = max(remains.durableByteCount, frame.durableByteCount)
      }
      place = found + 1
    }
    return remains
  }

  /// Goes to the next place behind this one where a header is right; false if there is none.
  mutating func seekFrame() throws(PersistenceError) -> Bool {
    var place = offset + 1
    while let found = try nextMagic(from: place) {
      if try header(at: found) != nil {
        offset = found
        return true
      }
      place = found + 1
    }
    offset = byteCount
    return false
  }

  private mutating func header(at place: Int) throws(PersistenceError) -> JournalFrame? {
    guard place <= byteCount - JournalFrame.byteCount else { return nil }
    return JournalFrame(try bytes(place..<place + JournalFrame.byteCount), salt: salt)
  }

  private mutating func nextMagic(from start: Int) throws(PersistenceError) -> Int? {
    var start = start
    while start <= byteCount - JournalFrame.byteCount {
      let end = min(byteCount, start + Self.windowByteCount)
      let part = try bytes(start..<end)
      let found = part.withUnsafeBufferPointer { bytes -> Int? in
        var index = 0
        while index <= bytes.count - 4 {
          if bytes[index] == 0x44, bytes[index + 1] == 0x42, bytes[index + 2] == 0x4A,
            bytes[index + 3] == 0x46
          {
            return index
          }
          index += 1
        }
        return nil
      }
      if let found { return start + found }
      if end == byteCount { return nil }
      start = end - 3
    }
    return nil
  }

  /// Bytes of the file, which the caller has held against its size.
  private mutating func bytes(_ range: Range<Int>) throws(PersistenceError) -> ArraySlice<UInt8> {
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      let end = max(range.upperBound, min(byteCount, range.lowerBound + Self.windowByteCount))
      window = try file.read(range.lowerBound..<end)[...]
      windowStart = range.lowerBound
    }
    guard range.upperBound <= windowStart + window.count else {
      throw .damagedJournal(
        file: path, offset: windowStart + window.count, reason: "the file became shorter meanwhile")
    }
    let start = window.startIndex + range.lowerBound - windowStart
    return window[start..<start + range.count]
  }
}
