extension FileSystem {
  func exists(_ path: String) throws(PersistenceError) -> Bool {
    try kind(of: path) != nil
  }

  /// Makes a folder and those above it, and their names durable; fine if it is there already.
  func makeFolders(_ path: String) throws(PersistenceError) {
    switch try kind(of: path) {
    case .folder: return
    case .file, .other:
      throw .system(FileError(path: path, operation: "use as a folder", code: 20))
    case nil: break
    }
    let parent = Self.parent(of: path)
    if parent != path { try makeFolders(parent) }
    var isOwn = true
    do {
      try makeFolder(path)
    } catch {
      // Somebody else was faster.
      guard try kind(of: path) == .folder else { throw error }
      isOwn = false
    }
    do {
      try synchronizeFolder(parent)
    } catch {
      // Its name may never get to the disk: who finds the folder must not take it for durable.
      if isOwn { try? removeFolder(path) }
      throw error
    }
  }

  /// Makes the names of a folder and of those above it durable, whoever made them and however far he
  /// came. Those that one may not open were not made by this program.
  func synchronizeFolders(above path: String) throws(PersistenceError) {
    var path = path
    while Self.parent(of: path) != path {
      path = Self.parent(of: path)
      do throws(PersistenceError) {
        try synchronizeFolder(path)
      } catch {
        guard case .system(let failure) = error, failure.code == 13 else { throw error }
      }
    }
  }

  /// The folder of a name: "." for one without a slash.
  static func parent(of path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path = path.dropLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Calls `body` while no other process changes the folder, and, if it is to be changed itself,
  /// none reads it. Waits for those that do.
  func locked<Result>(
    _ folder: String, forChange: Bool, _ body: () throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> Result {
    let lock = try lock(folder, forChange ? .exclusive : .shared)
    defer { lock.release() }
    return try body()
  }

  /// Writes a new file and makes its bytes durable; its name is not before its folder is synced.
  package func writeFile(_ bytes: UnsafeRawBufferPointer, to path: String) throws(PersistenceError)
  {
    let file = try open(path, .create)
    try file.writeAll(bytes, at: 0)
    try file.synchronize()
  }

  func readFile(_ path: String) throws(PersistenceError) -> [UInt8] {
    let file = try open(path, .read)
    return try file.read(0..<(try file.byteCount()))
  }
}

extension File {
  /// All bytes, in as many calls as that takes.
  func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(PersistenceError) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = try write(rest, at: offset + written)
      guard count > 0 else {
        throw .system(
          FileError(path: path, operation: "write", offset: offset + written, code: 5))
      }
      written += count
    }
  }

  /// The bytes of a range, or fewer where the file ends before. The caller has held the range
  /// against the size of the file: memory is taken for all of it.
  package func read(_ range: Range<Int>) throws(PersistenceError) -> [UInt8] {
    var failure: PersistenceError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { target, count in
      count = 0
      do throws(PersistenceError) {
        while count < range.count {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(target)[count..<range.count])
          let got = try read(into: rest, at: range.lowerBound + count)
          guard got > 0 else { return }
          count += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
