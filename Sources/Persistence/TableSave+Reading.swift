internal import ColumnStore

extension TableSave {
  /// A store with all tables of the save in a folder, of which the caller has a lock.
  static func read(
    from directory: String, threads: Int, files: any FileSystem
  ) throws(PersistenceError) -> Store {
    try SavedFolder(path: try folder(in: directory, of: files), files: files)
      .store(threads: threads)
  }

  private static func folder(
    in directory: String, of files: any FileSystem
  ) throws(PersistenceError) -> String {
    for name in [folderName, oldFolderName]
    where try files.exists(directory + "/" + name + "/" + Manifest.fileName) {
      return directory + "/" + name
    }
    throw .noData(path: directory)
  }
}

/// The folder of a save, as it is read.
private struct SavedFolder: Sendable {
  let path: String
  let files: any FileSystem

  func store(threads: Int) throws(PersistenceError) -> Store {
    let manifestPath = path + "/" + Manifest.fileName
    let manifest = try Manifest(try files.readFile(manifestPath), file: manifestPath)
    var catalog = Catalog()
    catalog.version = manifest.catalogVersion
    for (domain, dictionary) in zip(
      manifest.domains, try dictionaries(manifest, threads: threads))
    {
      guard catalog.dictionaries.updateValue(dictionary, forKey: domain.name) == nil else {
        throw .damaged(file: manifestPath, offset: 0, reason: "domain '\(domain.name)' twice")
      }
      if domain.isDeclared { catalog.declaredDomains.insert(domain.name) }
    }
    for table in manifest.tables {
      do throws(StoreError) { try table.schema.validate() } catch {
        throw .damaged(
          file: manifestPath, offset: 0, reason: "table '\(table.schema.name)': \(error)")
      }
      for column in table.schema.columns
      where column.type.physical == .text && catalog.dictionaries[column.domain] == nil {
        throw .damaged(
          file: manifestPath, offset: 0, reason: "domain '\(column.domain)' is missing")
      }
    }
    let views = catalog.dictionaries.mapValues(\.view)
    let parts = try segments(manifest, views, threads: threads)
    for (table, segments) in zip(manifest.tables, parts) {
      let partitions = try partitions(segments, file: manifestPath)
      let value = Table(schema: table.schema, partitions: partitions)
      guard catalog.tables.updateValue(value, forKey: table.schema.name) == nil else {
        throw .damaged(
          file: manifestPath, offset: 0, reason: "table '\(table.schema.name)' twice")
      }
    }
    for view in manifest.views {
      guard catalog.tables[view.name] == nil,
        catalog.views.updateValue(view, forKey: view.name) == nil
      else {
        throw .damaged(
          file: manifestPath, offset: 0, reason: "view '\(view.name)' has the name of another")
      }
    }
    return Store(adopting: catalog)
  }

  private func content(of file: Manifest.File) throws(PersistenceError) -> [UInt8] {
    let path = path + "/" + file.name
    let bytes = try files.readFile(path)
    guard bytes.count == file.byteCount else {
      throw .damaged(
        file: path, offset: min(bytes.count, file.byteCount),
        reason: "\(bytes.count) bytes where \(file.byteCount) were saved")
    }
    // LZ4 names the place of the damage where it can; the checksum covers what it does not.
    let content = try CompressedFile.decompress(
      bytes, plainByteCount: file.plainByteCount, file: path)
    guard bytes.withUnsafeBytes({ CompressedFile.checksum($0) }) == file.checksum else {
      throw .damaged(file: path, offset: 0, reason: "the checksum of the file is wrong")
    }
    return content
  }

  private func dictionaries(
    _ manifest: Manifest, threads: Int
  ) throws(PersistenceError) -> [TextDictionary] {
    try manifest.domains.mapInParallel(threads: threads) { (domain) throws(PersistenceError) in
      try content(of: domain.file).withUnsafeBytesTyped {
        (bytes) throws(PersistenceError) in
        try DictionaryFormat.read(
          bytes, file: path + "/" + domain.file.name, domain: domain.name)
      }
    }
  }

  /// The segments of each table.
  private func segments(
    _ manifest: Manifest, _ views: [String: DictionaryView], threads: Int
  ) throws(PersistenceError) -> [[PlacedSegment]] {
    let files = manifest.tables.flatMap { table in table.files.map { (table.schema, $0) } }
    var parts = try files.mapInParallel(threads: threads) { (item) throws(PersistenceError) in
      let (schema, file) = item
      let domains = schema.columns.map { $0.type.physical == .text ? views[$0.domain] : nil }
      return try content(of: file).withUnsafeBytesTyped {
        (bytes) throws(PersistenceError) in
        try TableFormat.read(
          bytes, file: path + "/" + file.name, schema: schema, domains: domains)
      }
    }[...]
    return manifest.tables.map { table in
      defer { parts = parts.dropFirst(table.files.count) }
      return Array(parts.prefix(table.files.count).joined())
    }
  }

  private func partitions(
    _ segments: [PlacedSegment], file: String
  ) throws(PersistenceError) -> [Partition] {
    var partitions: [Partition] = []
    for placed in segments {
      if let last = partitions.last, last.key == placed.key {
        partitions[partitions.count - 1].segments.append(placed.segment)
        continue
      }
      if let last = partitions.last, last.key > placed.key {
        throw .damaged(file: file, offset: 0, reason: "partitions that do not ascend")
      }
      partitions.append(
        Partition(
          key: placed.key, version: placed.partitionVersion, segments: [placed.segment]))
    }
    return partitions
  }
}
