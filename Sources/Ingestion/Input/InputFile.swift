internal import Glibc

/// One input, which can be opened several times.
final class InputFile {
  let name: String
  /// `nil` for a pipe.
  let byteCount: Int?
  private let path: String?
  private let pipe: PipeStream?
  /// `nil`: found at the first opening.
  private var compression: Compression?

  init(_ source: InputSource, compression: Compression?) throws(LoadError) {
    self.compression = compression
    name = source.name
    guard case .path(let path) = source else {
      self.path = nil
      byteCount = nil
      pipe = PipeStream(descriptor: 0, name: source.name)
      return
    }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("cannot open the file", file: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw systemError("cannot look at the file", file: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      close(descriptor)
      throw LoadError(
        .unreadableFile, "this is a directory", file: path,
        hint: "name the files in it, for example \(path)/*.csv")
    case S_IFREG:
      close(descriptor)
      self.path = path
      pipe = nil
      byteCount = Int(status.st_size)
    default:
      self.path = nil
      pipe = PipeStream(descriptor: descriptor, name: path)
      byteCount = nil
    }
  }

  /// From now on a pipe is not kept for another reading.
  func dropReplay() {
    pipe?.keepsBytes = false
  }

  /// The decompressed bytes from the start.
  func open() throws(LoadError) -> any ByteStream {
    let compression: Compression
    if let known = self.compression {
      compression = known
    } else {
      compression = try findCompression()
      self.compression = compression
    }
    let stream = try openPlain()
    return switch compression {
    case .none: stream
    case .gzip: try GzipStream(stream, name: name)
    case .lz4: try LZ4Stream(stream, name: name)
    }
  }

  private func openPlain() throws(LoadError) -> any ByteStream {
    if let pipe {
      pipe.rewind()
      return pipe
    }
    let descriptor = Glibc.open(path ?? "", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("cannot open the file", file: path) }
    return FileStream(descriptor: descriptor, name: name)
  }

  private func findCompression() throws(LoadError) -> Compression {
    let stream = try openPlain()
    let head = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
    defer { head.deallocate() }
    var count = 0
    while count < head.count {
      let more = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: head[count...]))
      if more == 0 { break }
      count += more
    }
    guard count > 0 else { throw LoadError(.emptyFile, "the file is empty", file: name) }
    let magic = head[..<count]
    if magic.starts(with: [0x1F, 0x8B]) { return .gzip }
    if magic.starts(with: [0x04, 0x22, 0x4D, 0x18]) { return .lz4 }
    for (start, kind) in foreignMagic where magic.starts(with: start) {
      throw LoadError(
        .binaryFile, "this is \(kind), not text", file: name,
        hint: "CSV, TSV and NDJSON can be loaded, plain or packed with gzip or lz4")
    }
    return .none
  }
}

/// First bytes of files that are often mistaken for text.
private let foreignMagic: [(start: [UInt8], kind: String)] = [
  (Array("PK\u{3}\u{4}".utf8), "a zip archive"), (Array("PAR1".utf8), "a Parquet file"),
  ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file"), ([0xFD, 0x37, 0x7A, 0x58], "an xz file"),
  (Array("BZh".utf8), "a bzip2 file"), ([0xFF, 0xFE], "UTF-16 text"),
  ([0xFE, 0xFF], "UTF-16 text"),
  (Array("ARROW1".utf8), "an Arrow file"), (Array("SQLite".utf8), "a SQLite file"),
]
