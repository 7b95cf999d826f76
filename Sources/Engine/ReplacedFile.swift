import Glibc

/// A file that is written under another name and takes its own when it is whole.
final class ReplacedFile {
  struct Failure: Error {
    var message: String

    fileprivate init(_ operation: String) {
      message = "cannot \(operation): \(String(cString: strerror(errno)))"
    }

    fileprivate init(message: String) { self.message = message }
  }

  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ path: String) throws(Failure) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure(message: "this is a directory")
    }
    self.path = path
    // Nobody else's, not even that of a process that was killed: what is left over is in nobody's way.
    temporaryPath = path + ".part-" + String(UInt64.random(in: .min ... .max), radix: 36)
    descriptor = open(
      temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(0o644))
    guard descriptor >= 0 else { throw Failure("write the file") }
  }

  /// What was not finished goes.
  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryPath)
  }

  func write(_ bytes: [UInt8]) throws(Failure) {
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  private func flush() throws(Failure) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure("write the file")
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  func finish() throws(Failure) {
    try flush()
    guard fsync(descriptor) == 0 else { throw Failure("write the file") }
    guard rename(temporaryPath, path) == 0 else { throw Failure("rename the file") }
    close(descriptor)
    descriptor = -1
    try synchronizeFolder()
  }

  /// A name is kept by its folder.
  private func synchronizeFolder() throws(Failure) {
    let parts = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] }
    let folder = open(parts.map(String.init) ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder that may be written to and not read cannot be synchronised.
    guard folder >= 0 else { return }
    defer { close(folder) }
    guard fsync(folder) == 0 || errno == EINVAL else { throw Failure("keep the file's name") }
  }
}
