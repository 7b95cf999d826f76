/// Copies what is whole of a damaged journal into a new one. The damaged one is only read.
public enum JournalSalvage {
  public struct Report: Sendable, Equatable {
    /// Records in the new journal, and the position of its first.
    public var recordCount = 0
    public var firstPosition: UInt64 = 1
    /// What was left out: where, and why.
    public var gaps: [Gap] = []
    /// Whole records after the first gap that were left out, since records may count on those before
    /// them.
    public var laterRecordCount = 0
  }

  public struct Gap: Sendable, Equatable {
    public var file: String
    public var offset: Int
    public var byteCount: Int
    public var reason: String
  }

  /// Copies a folder's files, or one file, into a new folder, which must not hold a journal.
  ///
  /// Up to the first damage, unless `pastDamage`: then all whole records, numbered anew after the
  /// first gap. A change that counts on one that is lost may then do something else than it did.
  public static func copy(
    _ path: String, to folder: String, pastDamage: Bool = false,
    environment: DiskEnvironment = .real
  ) throws(PersistenceError) -> Report {
    let files = environment.files
    let paths = try self.paths(path, files)
    if try files.kind(of: folder) != nil, try !files.names(in: folder).isEmpty {
      throw .system(FileError(path: folder, operation: "salvage into", code: 17))
    }
    var report = Report()
    var journal: Journal?
    for path in paths {
      var reader = try JournalFileReader(path, files)
      do {
        let header = try reader.readHeader()
        if journal == nil {
          report.firstPosition =
            min(max(header.firstPosition, 1), JournalHeader.positions.upperBound)
        } else if header.firstPosition != report.firstPosition + UInt64(report.recordCount),
          report.gaps.isEmpty
        {
          report.gaps.append(
            Gap(file: path, offset: 24, byteCount: 0, reason: "records before it are missing"))
        }
      } catch .damagedJournal(_, let offset, let reason) {
        reader.skipHeader()
        report.gaps.append(
          Gap(file: path, offset: offset, byteCount: reader.offset - offset, reason: reason))
      }
      try copy(
        &reader, into: &journal, folder, pastDamage: pastDamage, &report, environment)
    }
    // Also where nothing was whole: there is a journal, and it says so.
    if journal == nil { journal = try open(folder, after: report.firstPosition - 1, environment) }
    try journal?.close()
    return report
  }

  private static func paths(
    _ path: String, _ files: any FileSystem
  ) throws(PersistenceError) -> [String] {
    switch try files.kind(of: path) {
    case .file, .other: return [path]
    case .folder:
      let numbers = try JournalScan.numbers(in: path, files)
      guard !numbers.isEmpty else { throw .noData(path: path) }
      return numbers.map { path + "/" + JournalScan.name($0) }
    case nil: throw .noData(path: path)
    }
  }

  private static func open(
    _ folder: String, after position: UInt64, _ environment: DiskEnvironment
  ) throws(PersistenceError) -> Journal {
    // Nothing is acknowledged to anybody before the end, where it is synced.
    try Journal.open(
      folder, after: position, options: JournalOptions(durability: .os), environment: environment
    ) { _, _ in }.journal
  }

  private static func copy(
    _ reader: inout JournalFileReader, into journal: inout Journal?, _ folder: String,
    pastDamage: Bool, _ report: inout Report, _ environment: DiskEnvironment
  ) throws(PersistenceError) {
    while reader.offset < reader.byteCount {
      let offset = reader.offset
      // The frame that follows, until one does not; from then on any that is whole.
      let step = report.gaps.isEmpty ? try reader.next() : try reader.frame()
      switch step {
      case .frame(let frame, let payload):
        if !report.gaps.isEmpty { reader.pass(frame) }
        guard report.gaps.isEmpty || pastDamage else {
          report.laterRecordCount += 1
          continue
        }
        let target: Journal
        if let journal {
          target = journal
        } else {
          report.firstPosition = frame.position
          target = try open(folder, after: report.firstPosition - 1, environment)
          journal = target
        }
        try target.append(payload)
        report.recordCount += 1
      case .end: return
      case .broken(let reason), .impossible(let reason):
        // A frame that is whole, but not the one that follows, is looked at by itself.
        if report.gaps.isEmpty, case .frame = try reader.frame() {
          report.gaps.append(
            Gap(file: reader.path, offset: offset, byteCount: 0, reason: reason))
          continue
        }
        _ = try reader.seekFrame()
        report.gaps.append(
          Gap(
            file: reader.path, offset: offset, byteCount: reader.offset - offset, reason: reason))
      }
    }
  }
}
