public import ColumnStore
internal import Synchronization

extension TableSave {
  /// Saves all tables into a folder, which is made if it does not exist. An older save in it is
  /// replaced; anything else in it is left alone. With `replacing`, only that save is replaced.
  public static func write(
    _ catalog: Catalog, to directory: String, replacing expected: SaveState? = nil,
    files: any FileSystem = RealFileSystem()
  ) throws(PersistenceError) {
    try files.makeFolders(directory)
    try files.locked(directory, forChange: true) { () throws(PersistenceError) in
      let target = directory + "/" + folderName
      let new = directory + "/" + newFolderName
      if try files.exists(target), !(try files.exists(target + "/" + Manifest.fileName)) {
        throw PersistenceError.notASave(path: target)
      }
      if let expected, SaveState(of: directory, files: files) != expected {
        throw PersistenceError.changedMeanwhile(path: directory)
      }
      try remove(new, files)
      try files.makeFolder(new)
      let manifest = try writeFiles(catalog, to: new, files)
      try manifest.bytes().withUnsafeBytesTyped { bytes throws(PersistenceError) in
        try files.writeFile(bytes, to: new + "/" + Manifest.fileName)
      }
      try files.synchronizeFolder(new)
      try replace(target, by: new, in: directory, files)
    }
  }

  /// After a crash between the two renames, `read` takes the old save.
  private static func replace(
    _ target: String, by new: String, in directory: String, _ files: any FileSystem
  ) throws(PersistenceError) {
    let old = directory + "/" + oldFolderName
    if try files.exists(target) {
      try remove(old, files)
      try files.rename(target, to: old)
    }
    try files.rename(new, to: target)
    try files.synchronizeFolder(directory)
    try remove(old, files)
  }

  /// Removes the save of a folder, once something else has what is in it.
  static func remove(from directory: String, _ files: any FileSystem) throws(PersistenceError) {
    for name in [newFolderName, oldFolderName, folderName] {
      let path = directory + "/" + name
      // A folder of that name without a manifest is somebody else's.
      if name == folderName, try !files.exists(path + "/" + Manifest.fileName) { continue }
      try remove(path, files)
    }
  }

  /// Removes a folder that an earlier save left behind, and only what saves consist of.
  private static func remove(
    _ path: String, _ files: any FileSystem
  ) throws(PersistenceError) {
    guard try files.exists(path) else { return }
    for name in try files.names(in: path)
    where name.hasSuffix(".lz4") || name == Manifest.fileName {
      try files.remove(path + "/" + name)
    }
    try files.removeFolder(path)
  }

  private struct Job: @unchecked Sendable {
    let name: String
    let content: () throws(PersistenceError) -> [UInt8]
  }

  private static func writeFiles(
    _ catalog: Catalog, to folder: String, _ fileSystem: any FileSystem
  ) throws(PersistenceError) -> Manifest {
    let tables = catalog.tables.values.sorted { $0.schema.name < $1.schema.name }
    var jobs: [Job] = []
    var partCounts: [Int] = []
    for (index, table) in tables.enumerated() {
      let parts = try parts(of: table, dictionaries: catalog.dictionaries)
      partCounts.append(parts.count)
      for (part, segments) in parts.enumerated() {
        let schema = table.schema
        jobs.append(
          Job(name: "table-\(index)-\(schema.name.plainFileName)-\(part).lz4") {
            TableFormat.write(segments, schema: schema)
          })
      }
    }
    // Views are taken after the catalog was: they hold every code that it uses.
    let domains = catalog.dictionaries.values.sorted { $0.domain < $1.domain }
    for (index, dictionary) in domains.enumerated() {
      jobs.append(
        Job(name: "dictionary-\(index)-\(dictionary.domain.plainFileName).lz4") {
          DictionaryFormat.write(dictionary.view)
        })
    }
    var files = try write(jobs, to: folder, fileSystem)[...]
    return Manifest(
      catalogVersion: catalog.version,
      domains: domains.enumerated().map { index, dictionary in
        Manifest.Domain(
          name: dictionary.domain, isDeclared: catalog.declaredDomains.contains(dictionary.domain),
          file: files[files.endIndex - domains.count + index])
      },
      tables: zip(tables, partCounts).map { table, count in
        defer { files = files.dropFirst(count) }
        return Manifest.TableFiles(schema: table.schema, files: Array(files.prefix(count)))
      },
      views: catalog.views.values.sorted { $0.name < $1.name })
  }

  private static func write(
    _ jobs: [Job], to folder: String, _ fileSystem: any FileSystem
  ) throws(PersistenceError) -> [Manifest.File] {
    let files = Mutex<[Int: Manifest.File]>([:])
    let failure = Mutex(FirstFailure())
    inParallel(jobs.count) { index in
      guard failure.withLock({ $0.error == nil }) else { return }
      do throws(PersistenceError) {
        let content = try jobs[index].content()
        let bytes = CompressedFile.compress(content)
        let checksum = try bytes.withUnsafeBytesTyped { bytes throws(PersistenceError) in
          try fileSystem.writeFile(bytes, to: folder + "/" + jobs[index].name)
          return CompressedFile.checksum(bytes)
        }
        let file = Manifest.File(
          name: jobs[index].name, byteCount: bytes.count, plainByteCount: content.count,
          checksum: checksum)
        files.withLock { $0[index] = file }
      } catch {
        failure.withLock { $0.note(error) }
      }
    }
    if let error = failure.withLock({ $0.error }) { throw error }
    let written = files.withLock { $0 }
    return jobs.indices.compactMap { written[$0] }
  }

  /// The segments of a table in the order of their partitions, all sealed and without deleted rows,
  /// in slices for one file each.
  private static func parts(
    of table: Table, dictionaries: [String: TextDictionary]
  ) throws(PersistenceError) -> [ArraySlice<PlacedSegment>] {
    var segments: [PlacedSegment] = []
    var ends: [Int] = []
    var size = 0
    for partition in table.partitions {
      for segment in partition.segments {
        do throws(DamagedChunk) {
          guard
            let sealed = try segment.compacted(schema: table.schema, dictionaries: dictionaries)
          else { continue }
          segments.append(
            PlacedSegment(
              key: partition.key, partitionVersion: partition.version, segment: sealed))
        } catch {
          throw .unreadableSegment(table: table.schema.name, reason: error.reason)
        }
        size += segments.last?.segment.byteCount ?? 0
        if size >= partByteCount {
          ends.append(segments.count)
          size = 0
        }
      }
    }
    if ends.last != segments.count, !segments.isEmpty { ends.append(segments.count) }
    return zip([0] + ends, ends).map { segments[$0..<$1] }
  }
}

extension [UInt8] {
  /// As `withUnsafeBytes`, which forgets the type of the error.
  func withUnsafeBytesTyped<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(bytes))
    }
  }
}
