internal import CLZ4
internal import ColumnStore
internal import Glibc

/// Looks for a value in every file of a folder, in its bytes after decompression: of LZ4 frames, of records
/// of the journal, of compressed texts within chunks; others as they are.
struct FolderSearch {
  private let needles: [[UInt8]]
  private let files: any FileSystem
  private(set) var fileCount = 0
  private(set) var byteCount = 0
  private(set) var count = 0
  private(set) var paths: [String] = []

  init(for value: SoughtValue, _ files: any FileSystem) {
    self.files = files
    var needles = [value.text]
    if let uuid = value.uuid {
      // As chunks of UUIDs have it.
      var bytes: [UInt8] = []
      for word in [uuid.high, uuid.low] {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
      }
      needles.append(bytes)
    }
    self.needles = needles
  }

  /// Searches a folder and those in it.
  mutating func search(_ folder: String) throws(PersistenceError) {
    for name in try files.names(in: folder).sorted() {
      let path = folder + "/" + name
      switch try files.kind(of: path) {
      case .folder: try search(path)
      case .file: try search(file: path)
      case .other, nil: break
      }
    }
  }

  private mutating func search(file path: String) throws(PersistenceError) {
    fileCount += 1
    let before = count
    if path.hasSuffix(JournalScan.suffix) {
      try search(journal: path)
    } else {
      let bytes = try files.readFile(path)
      if !path.hasSuffix(".lz4") || !search(frames: bytes) { search(bytes) }
    }
    if count > before { paths.append(path) }
  }

  private mutating func search(journal path: String) throws(PersistenceError) {
    var reader = try JournalFileReader(path, files)
    do throws(PersistenceError) { _ = try reader.readHeader() } catch {
      guard case .damagedJournal = error else { throw error }
      return search(try files.readFile(path))
    }
    while case .frame(_, let payload) = try reader.next() { search(payload) }
    // What stands behind is of a write that was cut short.
    if reader.offset < reader.byteCount {
      search(try files.open(path, .read).read(reader.offset..<reader.byteCount))
    }
  }

  mutating func search(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { search($0) }
  }

  private mutating func search(_ bytes: UnsafeRawBufferPointer, after seen: Int = 0) {
    byteCount += bytes.count - seen
    for needle in needles {
      var rest = bytes
      // Occurrences that end within what was seen were counted then.
      rest = UnsafeRawBufferPointer(rebasing: rest[max(0, seen - needle.count + 1)...])
      while let offset = needle.withUnsafeBytes({ Self.first($0, in: rest) }) {
        count += 1
        rest = UnsafeRawBufferPointer(rebasing: rest[(offset + 1)...])
      }
    }
  }

  /// Where a needle, which has bytes, begins first.
  private static func first(
    _ needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer
  ) -> Int? {
    guard let base = bytes.baseAddress, let start = needle.baseAddress else { return nil }
    var offset = 0
    while bytes.count - offset >= needle.count {
      let places = bytes.count - offset - needle.count + 1
      guard let found = memchr(base + offset, Int32(needle[0]), places) else { return nil }
      offset = UnsafeRawPointer(found) - base
      if memcmp(found, start, needle.count) == 0 { return offset }
      offset += 1
    }
    return nil
  }

  /// False where the bytes are not LZ4 frames to their end; what was decompressed by then was searched.
  private mutating func search(frames bytes: [UInt8]) -> Bool {
    var context: OpaquePointer?
    guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
      return false
    }
    defer { LZ4F_freeDecompressionContext(context) }
    let overlap = (needles.map(\.count).max() ?? 1) - 1
    let window = UnsafeMutableRawBufferPointer.allocate(
      byteCount: overlap + (1 << 20), alignment: 16)
    defer { window.deallocate() }
    return bytes.withUnsafeBytes { source in
      var offset = 0
      var seen = 0
      while offset < source.count {
        var room = window.count - seen
        var given = source.count - offset
        let result = LZ4F_decompress(
          context, window.baseAddress.map { $0 + seen }, &room,
          source.baseAddress.map { $0 + offset }, &given, nil)
        guard LZ4F_isError(result) == 0, given > 0 || room > 0 else { return false }
        offset += given
        search(UnsafeRawBufferPointer(rebasing: window[..<(seen + room)]), after: seen)
        let kept = min(overlap, seen + room)
        let moved = UnsafeRawBufferPointer(rebasing: window[(seen + room - kept)..<(seen + room)])
        window.copyMemory(from: moved)
        seen = kept
      }
      return true
    }
  }
}
