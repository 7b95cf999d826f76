/// What a journal looks like from outside, for people: which files there are, what is whole in them,
/// and where something is wrong. Nothing is changed, and nothing is refused that can be read.
public struct JournalInspection: Sendable {
  public struct File: Sendable {
    public var path: String
    public var byteCount: Int
    /// `nil` where the header cannot be read.
    public var number: UInt64?
    /// Of the first and last whole record before the first problem.
    public var positions: ClosedRange<UInt64>?
    public var recordCount: Int
    /// Of those records, before compression.
    public var plainByteCount: Int
    public var problem: Problem?
  }

  public struct Problem: Sendable {
    public var offset: Int
    public var reason: String
    /// Whole records behind it.
    public var laterRecordCount: Int
  }

  public var files: [File]
  /// What the folder says to be on disk for certain.
  public var mark: JournalMark?
  /// Why opening the journal would refuse; `nil` where it would not. Of a folder only.
  public var refusal: PersistenceError?
  /// What opening it would cut off.
  public var tail: TornTail?

  /// Looks at a folder, or at one file.
  public init(of path: String, files: any FileSystem = RealFileSystem()) throws(PersistenceError) {
    self.files = []
    switch try files.kind(of: path) {
    case nil: throw .noData(path: path)
    case .file, .other: self.files = [try File(path, files)]
    case .folder:
      for number in try JournalScan.numbers(in: path, files) {
        self.files.append(try File(path + "/" + JournalScan.name(number), files))
      }
      guard !self.files.isEmpty else { throw .noData(path: path) }
      var start: UInt64 = 0
      do throws(PersistenceError) {
        mark = try JournalMark.read(in: path, files)
        // Files that a snapshot has made needless are gone.
        if let first = self.files.first {
          var reader = try JournalFileReader(first.path, files)
          if let header = try? reader.readHeader() { start = header.firstPosition &- 1 }
        }
        let scan = try JournalScan(path, after: start, known: nil, files) { _, _ in }
        tail = scan.tail
      } catch {
        refusal = error
      }
    }
  }
}

extension JournalInspection.File {
  fileprivate init(_ path: String, _ files: any FileSystem) throws(PersistenceError) {
    var reader = try JournalFileReader(path, files)
    self.path = path
    byteCount = reader.byteCount
    recordCount = 0
    plainByteCount = 0
    do {
      number = try reader.readHeader().number
    } catch .damagedJournal(_, let offset, let reason) {
      reader.skipHeader()
      problem = JournalInspection.Problem(
        offset: offset, reason: reason, laterRecordCount: try reader.laterRecordCount())
      return
    }
    while true {
      switch try reader.next() {
      case .frame(let frame, let payload):
        recordCount += 1
        plainByteCount += payload.count
        positions = (positions?.lowerBound ?? frame.position)...frame.position
        continue
      case .end: return
      case .broken(let reason), .impossible(let reason):
        let offset = reader.offset
        problem = JournalInspection.Problem(
          offset: offset, reason: reason, laterRecordCount: try reader.laterRecordCount())
        return
      }
    }
  }
}

extension JournalFileReader {
  /// Whole records from here on, wherever they start.
  fileprivate mutating func laterRecordCount() throws(PersistenceError) -> Int {
    var count = 0
    while offset < byteCount {
      if case .frame(let frame, _) = try frame() {
        count += 1
        pass(frame)
      } else if !(try seekFrame()) {
        break
      }
    }
    return count
  }
}
