internal import ColumnStore

extension SegmentFileFormat {
  /// The table of contents of a file whose columns are those of `schema`: every frame follows the one
  /// before, up to the table of contents itself. `stored` are its bytes, to the end of the file.
  static func contents(
    _ stored: [UInt8], of file: SnapshotManifest.SegmentFile, schema: TableSchema, path: String,
    _ codec: FrameCodec
  ) throws(PersistenceError) -> [SegmentContents] {
    func damaged(_ reason: String) -> PersistenceError {
      .damagedSnapshot(file: path, offset: file.contentsOffset, reason: reason)
    }
    guard stored.withUnsafeBytes({ CompressedFile.checksum($0) }) == file.contentsChecksum else {
      throw damaged("the checksum of the table of contents is wrong")
    }
    // A segment, its frames and the frame's header are never smaller than this.
    let plainByteCount = try plainByteCount(
      ofFrame: stored, file: path, offset: file.contentsOffset)
    return try stored.withUnsafeBytesTyped { (stored) throws(PersistenceError) in
      try codec.decompress(
        stored, plainByteCount: plainByteCount, isVerified: false, file: path,
        offset: file.contentsOffset
      ) { (content) throws(PersistenceError) in
        var reader = ByteReader(content, file: path)
        do throws(PersistenceError) {
          return try reader.readContents(of: file, schema: schema)
        } catch {
          throw error.inSnapshot(path, offset: file.contentsOffset, part: "table of contents")
        }
      }
    }
  }

  /// The size of the content that a frame states in its header.
  private static func plainByteCount(
    ofFrame bytes: [UInt8], file: String, offset: Int
  ) throws(PersistenceError) -> Int {
    // Magic number 4, flags 1, block size 1, content size 8.
    guard bytes.count >= 14, bytes[4] & 0x08 != 0 else {
      throw .damagedSnapshot(file: file, offset: offset, reason: "a frame without a size")
    }
    return Int(clamping: bytes.word(at: 6))
  }

  /// One segment; `stored` are the bytes of `contents.range`.
  static func segment(
    _ contents: SegmentContents, _ stored: UnsafeRawBufferPointer, schema: TableSchema,
    domains: [DictionaryView?], path: String, _ codec: FrameCodec
  ) throws(PersistenceError) -> Segment {
    let start = contents.range.lowerBound
    func read<Result>(
      _ frame: Frame, _ part: String,
      _ body: (inout ByteReader) throws(PersistenceError) -> Result
    ) throws(PersistenceError) -> Result {
      let range = frame.offset - start..<frame.offset - start + frame.byteCount
      guard range.upperBound <= stored.count else {
        throw .damagedSnapshot(
          file: path, offset: start + stored.count, reason: "the file ends too early")
      }
      let bytes = UnsafeRawBufferPointer(rebasing: stored[range])
      guard FrameCodec.checksum(bytes) == frame.checksum else {
        throw .damagedSnapshot(
          file: path, offset: frame.offset, reason: "the checksum of the \(part) is wrong")
      }
      return try codec.decompress(
        bytes, plainByteCount: frame.plainByteCount, isVerified: true, file: path,
        offset: frame.offset
      ) { (content) throws(PersistenceError) in
        var reader = ByteReader(content, file: path)
        do throws(PersistenceError) {
          let result = try body(&reader)
          try reader.expectEnd()
          return result
        } catch {
          throw error.inSnapshot(path, offset: frame.offset, part: part)
        }
      }
    }
    var live: Bitmap?
    if let mask = contents.mask {
      live = try read(mask, "mask of deleted rows") { (reader) throws(PersistenceError) in
        try reader.readBitmap(contents.rowCount)
      }
    }
    var chunks: [Chunk] = []
    chunks.reserveCapacity(contents.chunks.count)
    for (index, frame) in contents.chunks.enumerated() {
      let column = schema.columns[index]
      chunks.append(
        try read(frame, "chunk of column '\(column.name)'") { (reader) throws(PersistenceError) in
          try reader.readChunk(
            rowCount: contents.rowCount, column: column, domain: domains[index])
        })
    }
    return Segment(
      rowCount: contents.rowCount, chunks: chunks, isSealed: contents.isSealed, live: live)
  }
}

extension ByteReader {
  fileprivate mutating func readContents(
    of file: SnapshotManifest.SegmentFile, schema: TableSchema
  ) throws(PersistenceError) -> [SegmentFileFormat.SegmentContents] {
    try readHeader(SegmentFileFormat.magic, version: SegmentFileFormat.version)
    guard Int(try read(UInt32.self)) == schema.columns.count else {
      throw damaged("other columns than those of table '\(schema.name)'")
    }
    for column in schema.columns {
      guard try readString() == column.type.sqlName else {
        throw damaged("another type than that of column '\(column.name)'")
      }
    }
    guard Int(try read(UInt32.self)) == file.segmentCount else {
      throw damaged("other segments than the manifest has")
    }
    var segments: [SegmentFileFormat.SegmentContents] = []
    var offset = 0
    for _ in 0..<file.segmentCount {
      let rowCount = Int(try read(UInt32.self))
      guard (1...Segment.capacity).contains(rowCount) else {
        throw damaged("a segment of \(rowCount) rows")
      }
      let flags = try read(UInt8.self)
      guard flags & ~(SegmentFileFormat.Flag.sealed | SegmentFileFormat.Flag.masked) == 0 else {
        throw damaged("flags that do not exist")
      }
      var contents = SegmentFileFormat.SegmentContents(
        rowCount: rowCount, isSealed: flags & SegmentFileFormat.Flag.sealed != 0, mask: nil,
        chunks: [])
      if flags & SegmentFileFormat.Flag.masked != 0 { contents.mask = try readFrame(at: &offset) }
      for _ in schema.columns { contents.chunks.append(try readFrame(at: &offset)) }
      segments.append(contents)
    }
    try expectEnd()
    guard offset == file.contentsOffset else {
      throw damaged("frames that do not end where the table of contents begins")
    }
    return segments
  }

  private mutating func readFrame(
    at offset: inout Int
  ) throws(PersistenceError) -> SegmentFileFormat.Frame {
    let byteCount = Int(try read(UInt32.self))
    let plainByteCount = Int(try read(UInt32.self))
    let checksum = try read(UInt64.self)
    defer { offset += byteCount }
    return SegmentFileFormat.Frame(
      offset: offset, byteCount: byteCount, plainByteCount: plainByteCount, checksum: checksum)
  }
}

extension PersistenceError {
  /// Damage in the content of a frame as damage of the file that it is in.
  func inSnapshot(_ file: String, offset: Int, part: String) -> PersistenceError {
    guard case .damaged(_, let place, let reason) = self else { return self }
    return .damagedSnapshot(
      file: file, offset: offset, reason: "\(reason) (byte \(place) of the \(part))")
  }
}
