internal import ColumnStore
internal import Synchronization

extension SnapshotStore {
  /// The newest snapshot; `nil` where there is none. A damaged one is an error, also where an older
  /// one is whole: whether that is enough, the journal says.
  public func newest() throws(PersistenceError) -> OpenedSnapshot? {
    guard let id = try ids().last else { return nil }
    return try open(id)
  }

  /// Reads a snapshot, and holds every byte of it against its checksum.
  ///
  /// The catalog is a new one: two that are opened share nothing. With `forWriting`, the next
  /// snapshot that is written links what has not changed since this one.
  public func open(
    _ id: SnapshotID, forWriting: Bool = true,
    progress: (@Sendable (_ byteCount: Int, _ of: Int) -> Void)? = nil
  ) throws(PersistenceError) -> OpenedSnapshot {
    let manifest = try manifest(id)
    let reading = ReadingProgress(
      total: manifest.files.reduce(0) { $0 + $1.byteCount }, report: progress)
    let folder = SnapshotFolder(
      path: path(id), manifest: manifest, files: files, threads: threads, progress: reading)
    var known = KnownSnapshot(id: id)
    let catalog = try folder.catalog(&known)
    if forWriting { self.known.withLock { $0 = known } }
    return OpenedSnapshot(
      id: id, catalog: catalog, journalPosition: manifest.journalPosition,
      journalMark: manifest.journalMark, createdAt: manifest.createdAt)
  }

  /// Reads a snapshot and hands out its dictionaries, then its segments, one after the other.
  func visit(
    _ id: SnapshotID, dictionary: (DictionaryView) -> Void,
    segment: (TableSchema, Segment) throws(PersistenceError) -> Void
  ) throws(PersistenceError) {
    let folder = SnapshotFolder(
      path: path(id), manifest: try manifest(id), files: files, threads: threads,
      progress: ReadingProgress(total: 0, report: nil))
    try folder.visit(dictionary: dictionary, segment: segment)
  }
}

/// How many bytes of a snapshot were read, by any number of threads.
private final class ReadingProgress: Sendable {
  private let done = Mutex(0)
  private let total: Int
  private let report: (@Sendable (Int, Int) -> Void)?

  init(total: Int, report: (@Sendable (Int, Int) -> Void)?) {
    self.total = total
    self.report = report
    report?(0, total)
  }

  func add(_ byteCount: Int) {
    guard let report else { return }
    let sum = done.withLock { done in
      done += byteCount
      return done
    }
    report(sum, total)
  }
}

/// A snapshot as it is read.
private struct SnapshotFolder: Sendable {
  let path: String
  let manifest: SnapshotManifest
  let files: any FileSystem
  let threads: Int
  let progress: ReadingProgress
  private let codecs = FrameCodecPool()

  init(
    path: String, manifest: SnapshotManifest, files: any FileSystem, threads: Int,
    progress: ReadingProgress
  ) {
    self.path = path
    self.manifest = manifest
    self.files = files
    self.threads = threads
    self.progress = progress
  }

  func catalog(_ known: inout KnownSnapshot) throws(PersistenceError) -> Catalog {
    var catalog = Catalog(retentionDrops: manifest.retentionDrops)
    catalog.version = manifest.catalogVersion
    for domain in manifest.domains {
      let dictionary = TextDictionary(domain: domain.name)
      catalog.dictionaries[domain.name] = dictionary
      if domain.isDeclared { catalog.declaredDomains.insert(domain.name) }
      known.dictionaries[domain.name] = KnownSnapshot.Dictionary(
        dictionary: Weak(dictionary), parts: domain.parts)
    }
    var runs = try runs(catalog.dictionaries).makeIterator()
    for table in manifest.tables {
      let dictionaries = table.schema.columns.map {
        $0.type.stored == .text ? catalog.dictionaries[$0.domain] : nil
      }
      var partitions: [Partition] = []
      for partition in table.partitions {
        var segments: [Segment] = []
        for file in partition.files {
          guard let run = runs.next() else { preconditionFailure("each file was read") }
          known.add(file, run[...], dictionaries)
          segments += run
        }
        partitions.append(
          Partition(key: partition.key, version: partition.version, segments: segments))
      }
      catalog.tables[table.schema.name] = Table(schema: table.schema, partitions: partitions)
    }
    for view in manifest.views { catalog.views[view.name] = view }
    return catalog
  }

  func visit(
    dictionary body: (DictionaryView) -> Void,
    segment: (TableSchema, Segment) throws(PersistenceError) -> Void
  ) throws(PersistenceError) {
    var views: [String: DictionaryView] = [:]
    for domain in manifest.domains {
      let dictionary = TextDictionary(domain: domain.name)
      try fill(dictionary, domain)
      views[domain.name] = dictionary.view
      body(dictionary.view)
    }
    for file in tasks(views) {
      for contents in try contents(file) {
        try segment(file.schema, try self.segment(contents, of: file))
      }
    }
  }

  // MARK: - Segments

  private func tasks(_ views: [String: DictionaryView]) -> [FileTask] {
    manifest.tables.flatMap { table in
      let domains = table.schema.columns.map {
        $0.type.stored == .text ? views[$0.domain] : nil
      }
      return table.partitions.flatMap(\.files).map {
        FileTask(
          path: path + "/" + $0.file.name, schema: table.schema, domains: domains, file: $0)
      }
    }
  }

  private struct FileTask: Sendable {
    let path: String
    let schema: TableSchema
    let domains: [DictionaryView?]
    let file: SnapshotManifest.SegmentFile
  }

  private enum Task: Sendable {
    case texts(SnapshotManifest.Domain, TextDictionary)
    case segment(FileTask, SegmentFileFormat.SegmentContents)
  }

  /// Fills the dictionaries, and reads the segments of each file, in the manifest's order. Segments
  /// need no more of a dictionary than how many texts it will have, so that all goes on at once.
  private func runs(
    _ dictionaries: [String: TextDictionary]
  ) throws(PersistenceError) -> [[Segment]] {
    // The longest first: the last one to begin should be short.
    var work = manifest.domains.sorted { $0.entryCount > $1.entryCount }.compactMap { domain in
      dictionaries[domain.name].map { Task.texts(domain, $0) }
    }
    let firstSegment = work.count
    var views: [String: DictionaryView] = [:]
    for domain in manifest.domains {
      views[domain.name] = dictionaries[domain.name]?.view(promising: domain.entryCount)
    }
    let tasks = tasks(views)
    let contents = try tasks.mapInParallel(threads: threads) { (task) throws(PersistenceError) in
      try self.contents(task)
    }
    work += zip(tasks, contents).flatMap { task, contents in
      contents.map { Task.segment(task, $0) }
    }
    let segments = try work.mapInParallel(threads: threads) {
      (task) throws(PersistenceError) -> Segment? in
      switch task {
      case .texts(let domain, let dictionary):
        try fill(dictionary, domain)
        return nil
      case .segment(let file, let contents): return try segment(contents, of: file)
      }
    }.dropFirst(firstSegment).compactMap(\.self)
    var next = 0
    var runs: [[Segment]] = []
    for (task, contents) in zip(tasks, contents) {
      let run = Array(segments[next..<next + contents.count])
      guard run.reduce(0, { $0 + $1.liveCount }) == task.file.rowCount else {
        throw .damagedSnapshot(
          file: task.path, offset: 0, reason: "another number of rows than the manifest has")
      }
      next += contents.count
      runs.append(run)
    }
    return runs
  }

  private func contents(
    _ task: FileTask
  ) throws(PersistenceError) -> [SegmentFileFormat.SegmentContents] {
    let opened = try open(task.file.file, task.path)
    let stored = try opened.read(task.file.contentsOffset..<task.file.file.byteCount)
    return try codecs.with { (codec) throws(PersistenceError) in
      try SegmentFileFormat.contents(
        stored, of: task.file, schema: task.schema, path: task.path, codec)
    }
  }

  private func segment(
    _ contents: SegmentFileFormat.SegmentContents, of file: FileTask
  ) throws(PersistenceError) -> Segment {
    let opened = try files.open(file.path, .read)
    defer { progress.add(contents.range.count) }
    return try codecs.with { (codec) throws(PersistenceError) in
      try SegmentFileFormat.segment(
        contents, try codec.read(contents.range, of: opened), schema: file.schema,
        domains: file.domains, path: file.path, codec)
    }
  }

  /// A file whose size is that of the manifest.
  private func open(
    _ file: SnapshotManifest.File, _ path: String
  ) throws(PersistenceError) -> any File {
    guard try files.exists(path) else {
      throw .damagedSnapshot(file: path, offset: 0, reason: "the file is missing")
    }
    let opened = try files.open(path, .read)
    let byteCount = try opened.byteCount()
    guard byteCount == file.byteCount else {
      throw .damagedSnapshot(
        file: path, offset: min(byteCount, file.byteCount),
        reason: "\(byteCount) bytes where \(file.byteCount) were written")
    }
    return opened
  }

  // MARK: - Dictionaries

  private func fill(
    _ dictionary: TextDictionary, _ domain: SnapshotManifest.Domain
  ) throws(PersistenceError) {
    for part in domain.parts {
      let path = path + "/" + part.file.name
      let opened = try open(part.file, path)
      defer { progress.add(part.file.byteCount) }
      try codecs.with { (codec) throws(PersistenceError) in
        let stored = try codec.read(0..<part.file.byteCount, of: opened)
        let isWhole = CompressedFile.checksum(stored) == part.file.checksum
        try codec.decompress(
          stored, plainByteCount: part.plainByteCount, isVerified: isWhole, file: path, offset: 0
        ) { (content) throws(PersistenceError) in
          // LZ4 names the place of the damage where it can.
          guard isWhole else {
            throw .damagedSnapshot(
              file: path, offset: 0, reason: "the checksum of the file is wrong")
          }
          dictionary.reserve(min(domain.entryCount, part.firstCode + content.count))
          do throws(PersistenceError) {
            try DictionaryPartFormat.read(content, into: dictionary, part: part, file: path)
          } catch {
            throw error.inSnapshot(path, offset: 0, part: "content")
          }
        }
      }
    }
  }
}
