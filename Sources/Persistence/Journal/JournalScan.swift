/// All files of a journal, gone through from the first record to the last. Nothing is changed.
struct JournalScan {
  struct Place {
    var number: UInt64
    var path: String
    var byteCount: Int
    var firstPosition: UInt64
    /// Behind the last whole frame.
    var wholeByteCount: Int
  }

  /// In order; their numbers follow each other.
  var places: [Place] = []
  var mark: JournalMark?
  /// Of the last record.
  var position: UInt64
  /// Checksum of the last header.
  var chain: UInt64 = 0
  var replayed: UInt64 = 0
  var tail: TornTail?
  /// A file that was being made; nothing was ever in it.
  var unfinished: (number: UInt64, path: String)?

  static let suffix = ".journal"

  static func name(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + suffix
  }

  /// The numbers of the files in a folder, ascending.
  static func numbers(
    in folder: String, _ files: any FileSystem
  ) throws(PersistenceError) -> [UInt64] {
    var numbers: [UInt64] = []
    for name in try files.names(in: folder) where name.hasSuffix(suffix) {
      guard let number = UInt64(name.dropLast(suffix.count)), Self.name(number) == name,
        JournalHeader.positions.contains(number)
      else {
        continue
      }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  /// Hands every record after `start` to `replay`, in order. `known`: a mark from elsewhere.
  init(
    _ folder: String, after start: UInt64, known: JournalMark?, _ files: any FileSystem,
    _ replay: (UInt64, [UInt8]) throws(PersistenceError) -> Void
  ) throws(PersistenceError) {
    position = start
    let numbers = try Self.numbers(in: folder, files)
    let ownMark = try JournalMark.read(in: folder, files)
    mark = JournalMark.further(ownMark, known)
    func missing(_ number: UInt64) -> PersistenceError {
      .damagedJournal(
        file: folder + "/" + Self.name(number), offset: 0, reason: "the file is missing")
    }
    guard let first = numbers.first, let last = numbers.last else {
      if let mark { throw missing(mark.fileNumber) }
      return
    }
    for (index, number) in numbers.enumerated() where number != first + UInt64(index) {
      throw missing(first + UInt64(index))
    }
    if let mark, !(first...last).contains(mark.fileNumber) { throw missing(mark.fileNumber) }
    for number in numbers {
      let path = folder + "/" + Self.name(number)
      var reader = try JournalFileReader(path, files)
      if number == last, number > mark?.fileNumber ?? 0,
        try reader.isUnfinished()
      {
        unfinished = (number, path)
        break
      }
      let header = try reader.readHeader()
      try check(header, number: number, after: start, path: path)
      try read(&reader, isLast: number == last, after: start, replay)
      places.append(
        Place(
          number: number, path: path, byteCount: reader.byteCount,
          firstPosition: header.firstPosition, wholeByteCount: reader.offset))
      position = reader.position - 1
      chain = reader.chain
    }
    if ownMark == nil, let place = places.last, place.wholeByteCount > JournalHeader.byteCount {
      throw .damagedJournal(
        file: folder + "/" + JournalMark.name, offset: 0, reason: "the file is missing")
    }
    guard position >= start else {
      throw .damagedJournal(
        file: places.last?.path ?? folder, offset: places.last?.wholeByteCount ?? 0,
        reason: "it ends with record \(position), where \(start) is in the snapshot")
    }
  }

  private func check(
    _ header: JournalHeader, number: UInt64, after start: UInt64, path: String
  ) throws(PersistenceError) {
    func damaged(_ offset: Int, _ reason: String) -> PersistenceError {
      .damagedJournal(file: path, offset: offset, reason: reason)
    }
    guard header.number == number else {
      throw damaged(16, "it is file \(header.number) by its header")
    }
    guard JournalHeader.positions.contains(header.firstPosition) else {
      throw damaged(24, "it starts with record \(header.firstPosition)")
    }
    guard !places.isEmpty else {
      guard header.firstPosition <= start &+ 1 else {
        throw damaged(
          24, "it starts with record \(header.firstPosition), and \(start &+ 1) is nowhere")
      }
      return
    }
    guard header.firstPosition == position + 1 else {
      throw damaged(24, "it starts with record \(header.firstPosition), not \(position + 1)")
    }
    guard header.chain == chain else {
      throw damaged(40, "it does not follow the file before it")
    }
  }

  private mutating func read(
    _ reader: inout JournalFileReader, isLast: Bool, after start: UInt64,
    _ replay: (UInt64, [UInt8]) throws(PersistenceError) -> Void
  ) throws(PersistenceError) {
    var marked: JournalMark?
    if let mark, reader.path.hasSuffix("/" + Self.name(mark.fileNumber)) { marked = mark }
    while true {
      if let mark = marked, UInt64(reader.offset) == mark.byteCount {
        guard reader.chain == mark.chain, reader.position == mark.position &+ 1 else {
          throw reader.damaged("the mark is of another journal")
        }
        marked = nil
      }
      switch try reader.next() {
      case .frame(let frame, let payload):
        if frame.position > start {
          try replay(frame.position, payload)
          replayed += 1
        }
        continue
      case .end:
        if marked != nil { throw reader.damaged("the file ends before what was on disk") }
        return
      case .impossible(let reason): throw reader.damaged(reason)
      case .broken(let reason):
        guard isLast, marked == nil else { throw reader.damaged(reason) }
        let remains = try reader.remains()
        guard remains.durableByteCount <= UInt64(reader.offset) else {
          throw reader.damaged(reason + ", and what follows was written when this was on disk")
        }
        tail = TornTail(
          file: reader.path, offset: reader.offset, byteCount: remains.byteCount,
          frameCount: remains.frameCount, reason: reason)
        return
      }
    }
  }
}

extension JournalFileReader {
  /// Whether the file is one that was never finished: it is synced before a mark names it, and
  /// nothing is written to it before that.
  fileprivate mutating func isUnfinished() throws(PersistenceError) -> Bool {
    guard byteCount <= JournalHeader.byteCount else { return false }
    do {
      _ = try readHeader()
      return false
    } catch .damagedJournal {
      return true
    }
  }
}

/// The end of a journal that was being written when the power went: cut off, since nothing of it was
/// acknowledged as durable.
public struct TornTail: Sendable, Equatable {
  public var file: String
  public var offset: Int
  public var byteCount: Int
  /// Whole headers of frames within; with `--durability=fsync` only of changes that nobody was told
  /// are kept.
  public var frameCount: Int
  public var reason: String
}
