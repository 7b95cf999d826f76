internal import ColumnStore

/// A snapshot as it is written: which files it has, and which of them are links.
struct SnapshotDraft: Sendable {
  let id: SnapshotID
  let folder: String
  let catalog: Catalog
  let known: KnownSnapshot?
  let store: SnapshotStore

  /// Segments of one file, and the file.
  struct Run: Sendable {
    var segments: ArraySlice<Segment>
    var dictionaries: [TextDictionary?]
    var file: SnapshotManifest.SegmentFile
  }

  // MARK: - Tables

  private struct RunTask: Sendable {
    let schema: TableSchema
    let key: Partition.Key
    let segments: ArraySlice<Segment>
    let dictionaries: [TextDictionary?]
    let known: SnapshotManifest.SegmentFile?
    let number: Int
  }

  /// Writes or links the rows.
  func tables() throws(PersistenceError) -> (tables: [SnapshotManifest.Table], runs: [Run]) {
    let tables = catalog.tables.values.sorted { $0.schema.name < $1.schema.name }
    var tasks: [RunTask] = []
    for table in tables {
      let dictionaries = table.schema.columns.map {
        $0.type.stored == .text ? catalog.dictionaries[$0.domain] : nil
      }
      for partition in table.partitions {
        for (segments, file) in runs(of: partition, dictionaries) {
          tasks.append(
            RunTask(
              schema: table.schema, key: partition.key, segments: segments,
              dictionaries: dictionaries, known: file, number: tasks.count))
        }
      }
    }
    let runs = try tasks.mapInParallel(threads: store.threads) { (task) throws(PersistenceError) in
      Run(segments: task.segments, dictionaries: task.dictionaries, file: try file(task))
    }
    var next = 0
    let described = tables.map { table in
      SnapshotManifest.Table(
        schema: table.schema,
        partitions: table.partitions.map { partition in
          var count = 0
          var files: [SnapshotManifest.SegmentFile] = []
          while count < partition.segments.count {
            count += runs[next].segments.count
            files.append(runs[next].file)
            next += 1
          }
          return SnapshotManifest.Partition(
            key: partition.key, version: partition.version, files: files)
        })
    }
    return (described, runs)
  }

  /// The segments of a partition in runs for one file each, with the file that holds one already.
  private func runs(
    of partition: Partition, _ dictionaries: [TextDictionary?]
  ) -> [(ArraySlice<Segment>, SnapshotManifest.SegmentFile?)] {
    var runs: [(ArraySlice<Segment>, SnapshotManifest.SegmentFile?)] = []
    var rest = partition.segments[...]
    var open: ArraySlice<Segment> = rest.prefix(0)
    var size = 0
    func close() {
      if !open.isEmpty { runs.append((open, nil)) }
      open = rest.prefix(0)
      size = 0
    }
    while let segment = rest.first {
      if let run = known?.run(of: rest, dictionaries) {
        close()
        runs.append((rest.prefix(run.segments.count), run.file))
        rest = rest.dropFirst(run.segments.count)
        open = rest.prefix(0)
        continue
      }
      open = partition.segments[open.startIndex..<rest.startIndex + 1]
      rest = rest.dropFirst()
      size += segment.byteCount
      if size >= SnapshotStore.fileByteCount { close() }
    }
    close()
    return runs
  }

  private func file(_ task: RunTask) throws(PersistenceError) -> SnapshotManifest.SegmentFile {
    if let file = task.known, link(file.file) { return file }
    let name = name(task.number, task.schema.name.plainFileName + task.key.nameEnding)
    var segments: [Segment] = []
    for segment in task.segments {
      do throws(DamagedChunk) {
        segments.append(
          try segment.encoded(schema: task.schema, dictionaries: catalog.dictionaries))
      } catch {
        throw .unreadableSegment(table: task.schema.name, reason: error.reason)
      }
    }
    let written = SegmentFileFormat.write(segments, schema: task.schema, FrameCodec())
    let contentsChecksum = written.bytes.withUnsafeBytes {
      CompressedFile.checksum(UnsafeRawBufferPointer(rebasing: $0[written.contentsOffset...]))
    }
    return SnapshotManifest.SegmentFile(
      file: try write(written.bytes, name), contentsOffset: written.contentsOffset,
      contentsChecksum: contentsChecksum, segmentCount: segments.count,
      rowCount: segments.reduce(0) { $0 + $1.liveCount },
      columnByteCount: segments.reduce(0) { $0 + $1.byteCount })
  }

  private func name(_ number: Int, _ words: String) -> String {
    "\(id)-\(number)-\(words).lz4"
  }

  /// Gives a file of the snapshot before a second name. False where that cannot be, whatever the
  /// reason: then it is written anew, as where there was none.
  private func link(_ file: SnapshotManifest.File) -> Bool {
    guard let known else { return false }
    do throws(PersistenceError) {
      try store.files.link(
        store.path(known.id) + "/" + file.name, to: folder + "/" + file.name)
      return true
    } catch {
      return false
    }
  }

  /// Writes a new file and syncs it.
  private func write(
    _ bytes: [UInt8], _ name: String
  ) throws(PersistenceError) -> SnapshotManifest.File {
    let checksum = try bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try store.files.writeFile(bytes, to: folder + "/" + name)
      return CompressedFile.checksum(bytes)
    }
    return SnapshotManifest.File(
      name: name, byteCount: bytes.count, checksum: checksum, origin: id)
  }

  // MARK: - Dictionaries

  /// Links what there is of each dictionary and writes the rest, or the whole where it is in many
  /// parts. To be called when no table adds texts any more.
  func domains() throws(PersistenceError) -> (
    domains: [SnapshotManifest.Domain], known: [String: KnownSnapshot.Dictionary]
  ) {
    let views = catalog.dictionaries.values.sorted { $0.domain < $1.domain }.map(\.view)
    let tasks = views.enumerated().map { DictionaryTask(number: $0, view: $1) }
    let parts = try tasks.mapInParallel(threads: store.threads) { (task) throws(PersistenceError) in
      try self.parts(task)
    }
    var domains: [SnapshotManifest.Domain] = []
    var known: [String: KnownSnapshot.Dictionary] = [:]
    for (view, parts) in zip(views, parts) {
      let name = view.dictionary.domain
      domains.append(
        SnapshotManifest.Domain(
          name: name, isDeclared: catalog.declaredDomains.contains(name), parts: parts))
      known[name] = KnownSnapshot.Dictionary(dictionary: Weak(view.dictionary), parts: parts)
    }
    return (domains, known)
  }

  private struct DictionaryTask: Sendable {
    let number: Int
    let view: DictionaryView
  }

  private func parts(
    _ task: DictionaryTask
  ) throws(PersistenceError) -> [SnapshotManifest.DictionaryPart] {
    let dictionary = task.view.dictionary
    var parts: [SnapshotManifest.DictionaryPart] = []
    if let known, let before = known.dictionaries[dictionary.domain],
      before.dictionary.object === dictionary, before.parts.count < SnapshotStore.partLimit,
      before.parts.allSatisfy({ link($0.file) })
    {
      parts = before.parts
    }
    let firstCode = parts.reduce(0) { $0 + $1.entryCount }
    guard firstCode < task.view.count else { return parts }
    let content = DictionaryPartFormat.write(task.view, from: firstCode)
    let bytes = FrameCodec().compress(content) { Array($0) }
    let file = try write(bytes, name(task.number, "dictionary_" + dictionary.domain.plainFileName))
    parts.append(
      SnapshotManifest.DictionaryPart(
        file: file, plainByteCount: content.count, firstCode: firstCode,
        entryCount: task.view.count - firstCode))
    return parts
  }
}

extension Partition.Key {
  /// For people who look into the folder.
  fileprivate var nameEnding: String {
    switch self {
    case .all: ""
    case .null: "_no_day"
    case .day(let day): "_" + ClockText.date(day)
    }
  }
}
