internal import Glibc

/// The few calls to the operating system that saving and reading need.
enum Folder {
  static func failure(_ operation: String, _ path: String) -> PersistenceError {
    .system(path: path, operation: operation, code: errno)
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Makes a folder and those above it; fine if it is there already.
  static func create(_ path: String) throws(PersistenceError) {
    if mkdir(path, 0o777) == 0 { return }
    if errno == EEXIST {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .system(path: path, operation: "use as a folder", code: ENOTDIR)
      }
      return
    }
    guard errno == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex
    else { throw failure("create", path) }
    try create(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("create", path) }
  }

  static func names(in path: String) throws(PersistenceError) -> [String] {
    guard let stream = opendir(path) else { throw failure("list", path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Makes what was written to the folder itself (names) durable.
  static func synchronize(_ path: String) throws(PersistenceError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", path) }
  }

  /// Calls `body` while no other process changes the folder, and, if it is to be changed itself,
  /// none reads it. Waits for those that do; a process that dies holds up nobody.
  static func locked<Result>(
    _ path: String, forChange: Bool, _ body: () throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> Result {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    while flock(descriptor, forChange ? LOCK_EX : LOCK_SH) != 0 {
      guard errno == EINTR else { throw failure("lock", path) }
    }
    return try body()
  }

  /// Writes a new file and makes it durable.
  static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(PersistenceError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("create", path) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw failure("sync", path) }
  }

  static func read(_ path: String) throws(PersistenceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .system(path: path, operation: "read", code: EINVAL)
    }
    var failed = false
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      count = 0
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(target)[count...])
        let got = Glibc.read(descriptor, rest.baseAddress, rest.count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failed = true }
        if got <= 0 { return }
        count += got
      }
    }
    guard !failed else { throw failure("read", path) }
    return bytes
  }
}
