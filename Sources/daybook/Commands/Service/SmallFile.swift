@preconcurrency import Glibc

/// Files of settings and keys, which are read whole.
enum SmallFile {
  static func read(_ path: String, largestByteCount: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read", path)
      }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count <= largestByteCount else {
        throw CommandFailure("'\(path)' has more than \(largestByteCount) bytes")
      }
    }
  }

  /// Makes a file that only its owner reads; it must not exist. It is there as a whole or not at all, and
  /// on disk.
  static func createPrivate(_ path: String, _ bytes: [UInt8]) throws {
    let new = path + ".new"
    // Left behind by a process that died.
    unlink(new)
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make", new) }
    defer {
      close(descriptor)
      unlink(new)
    }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write", new)
      }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw failure("write", new) }
    guard link(new, path) == 0 else { throw failure("make", path) }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw failure("open", folder) }
    defer { close(parent) }
    guard fsync(parent) == 0 else { throw failure("write", folder) }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether others than the owner may read it.
  static func isPrivate(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 == 0
  }

  private static func failure(_ operation: String, _ path: String) -> CommandFailure {
    CommandFailure("cannot \(operation) '\(path)': \(String(cString: strerror(errno)))")
  }
}

enum ProcessEnvironment {
  /// The variables of Daybook.
  static var variables: [String: String] {
    var variables: [String: String] = [:]
    var place = environ
    while let entry = place.pointee {
      let text = String(cString: entry)
      if text.hasPrefix("DAYBOOK_"), let end = text.firstIndex(of: "=") {
        variables[String(text[..<end])] = String(text[text.index(after: end)...])
      }
      place += 1
    }
    return variables
  }
}
