internal import Glibc

/// Bytes in order, from a file or a decompressor. Used by one thread at a time.
protocol ByteStream: AnyObject {
  /// Fills `buffer` from the front and returns how many bytes; 0 at the end only.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Int
  /// Bytes taken from the file so far.
  var consumedByteCount: Int { get }
}

/// A file read from its start. It is read, not mapped: a file that shrinks meanwhile then ends early
/// instead of killing the process.
final class FileStream: ByteStream {
  private let descriptor: Int32
  private let name: String
  private(set) var consumedByteCount = 0

  /// Takes over the descriptor.
  init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  deinit {
    close(descriptor)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Int {
    let count = try readSome(descriptor, into: buffer, name: name)
    consumedByteCount += count
    return count
  }
}

/// A pipe or terminal, which can be read only once. What was read is kept in a temporary file as
/// long as the load may have to start anew.
final class PipeStream: ByteStream {
  private let descriptor: Int32
  private let name: String
  private var spool: Int32 = -1
  private var spooledByteCount = 0
  private(set) var consumedByteCount = 0
  /// Cleared when the stream will not be rewound any more.
  var keepsBytes = true

  /// Takes over the descriptor.
  init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  deinit {
    if descriptor > 2 { close(descriptor) }
    if spool >= 0 { close(spool) }
  }

  func rewind() {
    consumedByteCount = 0
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Int {
    if consumedByteCount < spooledByteCount {
      let wanted = min(buffer.count, spooledByteCount - consumedByteCount)
      let count = pread(spool, buffer.baseAddress, wanted, consumedByteCount)
      guard count > 0 else {
        throw systemError("cannot read back what came from \(name)", file: nil)
      }
      consumedByteCount += count
      return count
    }
    let count = try readSome(descriptor, into: buffer, name: name)
    if keepsBytes && count > 0 { try keep(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    consumedByteCount += count
    return count
  }

  private func keep(_ bytes: UnsafeRawBufferPointer) throws(LoadError) {
    if spool < 0 {
      let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var path = Array("\(folder)/daybook-load-XXXXXX".utf8CString)
      spool = mkstemp(&path)
      guard spool >= 0 else {
        throw systemError("cannot make a temporary file in \(folder)", file: nil)
      }
      unlink(path)
    }
    var rest = bytes
    while !rest.isEmpty {
      let count = write(spool, rest.baseAddress, rest.count)
      guard count > 0 else {
        var error = systemError("cannot keep what comes from \(name)", file: nil)
        error.hint = "give the types of all columns, then nothing has to be kept"
        throw error
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    spooledByteCount += bytes.count
  }
}

private func readSome(
  _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, name: String
) throws(LoadError) -> Int {
  while true {
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    if count >= 0 { return count }
    guard errno == EINTR else { throw systemError("cannot read", file: name) }
  }
}

/// What `errno` says.
func systemError(
  _ action: String, file: String?, problem: LoadError.Problem = .unreadableFile
) -> LoadError {
  LoadError(problem, "\(action): \(String(cString: strerror(errno)))", file: file)
}
