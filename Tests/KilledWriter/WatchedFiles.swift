import Persistence

/// The files of this machine, with a note of what is done to them.
struct WatchedFiles: FileSystem {
  let phases: Phases
  private let files = RealFileSystem()

  init(_ phases: Phases) {
    self.phases = phases
  }

  func open(_ path: String, _ mode: FileMode) throws(PersistenceError) -> any File {
    guard path.hasSuffix(".journal"), mode != .read else { return try files.open(path, mode) }
    // Up to the mark that names the new file.
    if mode == .create { phases.begin(.rotation) }
    return WatchedFile(try files.open(path, mode), phases)
  }

  func makeFolder(_ path: String) throws(PersistenceError) {
    if path.hasSuffix(".new") { phases.begin(.snapshot) }
    try files.makeFolder(path)
  }

  func rename(_ path: String, to target: String) throws(PersistenceError) {
    try files.rename(path, to: target)
    if path.contains("/snapshots/") { phases.end(.snapshot) }
    if target.hasSuffix("/mark") { phases.end(.rotation) }
  }

  func remove(_ path: String) throws(PersistenceError) {
    guard path.contains("/snapshots/") || path.hasSuffix(".journal") else {
      return try files.remove(path)
    }
    try phases.during(.removing) { () throws(PersistenceError) in try files.remove(path) }
  }

  func removeFolder(_ path: String) throws(PersistenceError) {
    try phases.during(.removing) { () throws(PersistenceError) in try files.removeFolder(path) }
  }

  func kind(of path: String) throws(PersistenceError) -> FileKind? { try files.kind(of: path) }

  func names(in folder: String) throws(PersistenceError) -> [String] {
    try files.names(in: folder)
  }

  func link(_ path: String, to target: String) throws(PersistenceError) {
    try files.link(path, to: target)
  }

  func synchronizeFolder(_ path: String) throws(PersistenceError) {
    try files.synchronizeFolder(path)
  }

  func lock(_ folder: String, _ kind: LockKind) throws(PersistenceError) -> any FolderLock {
    try files.lock(folder, kind)
  }
}

private final class WatchedFile: File {
  private let file: any File
  private let phases: Phases

  init(_ file: any File, _ phases: Phases) {
    self.file = file
    self.phases = phases
  }

  var path: String { file.path }

  func byteCount() throws(PersistenceError) -> Int { try file.byteCount() }

  func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(PersistenceError) -> Int {
    try file.read(into: target, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(PersistenceError) -> Int {
    try phases.during(.writing) { () throws(PersistenceError) in
      try file.write(bytes, at: offset)
    }
  }

  func truncate(to byteCount: Int) throws(PersistenceError) { try file.truncate(to: byteCount) }

  func synchronize() throws(PersistenceError) {
    try phases.during(.synchronizing) { () throws(PersistenceError) in try file.synchronize() }
  }
}
