internal import Glibc

/// The files of this machine.
public struct RealFileSystem: FileSystem {
  public init() {}

  public func open(_ path: String, _ mode: FileMode) throws(PersistenceError) -> any File {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .change: O_RDWR
      }
    let descriptor = try check(path, mode == .create ? "create" : "open") {
      Glibc.open(path, flags | O_CLOEXEC, 0o666)
    }
    return RealFile(path: path, descriptor: descriptor)
  }

  public func kind(of path: String) throws(PersistenceError) -> FileKind? {
    var status = stat()
    guard stat(path, &status) != 0 else {
      return switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
    }
    guard errno == ENOENT else { throw failure(path, "look at") }
    return nil
  }

  public func makeFolder(_ path: String) throws(PersistenceError) {
    _ = try check(path, "create") { mkdir(path, 0o777) }
  }

  public func names(in folder: String) throws(PersistenceError) -> [String] {
    guard let stream = opendir(folder) else { throw failure(folder, "list") }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw failure(folder, "list") }
    return names
  }

  public func rename(_ path: String, to target: String) throws(PersistenceError) {
    _ = try check(path, "rename") { Glibc.rename(path, target) }
  }

  public func link(_ path: String, to target: String) throws(PersistenceError) {
    _ = try check(path, "link") { Glibc.link(path, target) }
  }

  public func remove(_ path: String) throws(PersistenceError) {
    _ = try check(path, "remove") { unlink(path) }
  }

  public func removeFolder(_ path: String) throws(PersistenceError) {
    _ = try check(path, "remove") { rmdir(path) }
  }

  public func synchronizeFolder(_ path: String) throws(PersistenceError) {
    let descriptor = try openFolder(path)
    defer { close(descriptor) }
    // Not repeated when interrupted: a sync that failed in any way says nothing when tried again.
    guard fsync(descriptor) == 0 else { throw failure(path, "sync") }
  }

  public func lock(
    _ folder: String, _ kind: LockKind
  ) throws(PersistenceError) -> any FolderLock {
    let lock = RealFolderLock(descriptor: try openFolder(folder))
    let operation =
      switch kind {
      case .shared: LOCK_SH
      case .sharedAtOnce: LOCK_SH | LOCK_NB
      case .exclusive: LOCK_EX
      case .exclusiveAtOnce: LOCK_EX | LOCK_NB
      }
    while flock(lock.descriptor, operation) != 0 {
      if errno == EINTR { continue }
      guard errno != EWOULDBLOCK else { throw .inUse(path: folder) }
      throw failure(folder, "lock")
    }
    return lock
  }

  private func openFolder(_ path: String) throws(PersistenceError) -> Int32 {
    try check(path, "open") { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  }

  private func failure(_ path: String, _ operation: String) -> PersistenceError {
    .system(FileError(path: path, operation: operation, code: errno))
  }

  private func check(
    _ path: String, _ operation: String, _ call: () -> Int32
  ) throws(PersistenceError) -> Int32 {
    while true {
      let result = call()
      if result >= 0 { return result }
      guard errno == EINTR else { throw failure(path, operation) }
    }
  }
}

/// Sound to share: all calls name their place in the file, and the descriptor never changes.
private final class RealFile: File {
  let path: String
  private let descriptor: Int32

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private func failure(_ operation: String, _ offset: Int? = nil) -> PersistenceError {
    .system(FileError(path: path, operation: operation, offset: offset, code: errno))
  }

  func byteCount() throws(PersistenceError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("look at") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .system(FileError(path: path, operation: "read", code: EISDIR))
    }
    return Int(status.st_size)
  }

  func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(PersistenceError) -> Int {
    while true {
      let count = pread(descriptor, target.baseAddress, target.count, offset)
      if count >= 0 { return count }
      guard errno == EINTR else { throw failure("read", offset) }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(PersistenceError) -> Int {
    while true {
      let count = pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
      if count >= 0 { return count }
      guard errno == EINTR else { throw failure("write", offset) }
    }
  }

  func truncate(to byteCount: Int) throws(PersistenceError) {
    while ftruncate(descriptor, byteCount) != 0 {
      guard errno == EINTR else { throw failure("shorten", byteCount) }
    }
  }

  func synchronize() throws(PersistenceError) {
    guard fdatasync(descriptor) == 0 else { throw failure("sync") }
  }
}

private final class RealFolderLock: FolderLock {
  let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func release() {
    flock(descriptor, LOCK_UN)
  }
}
