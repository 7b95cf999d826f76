internal import ColumnStore

// A run of segments of one partition on disk, a .lz4 file of a snapshot: LZ4 frames without a gap.
//
//   per segment
//     mask, if rows are deleted   the live rows: 8 bytes per 64 rows
//     one frame per column        a chunk (see ChunkFormat.swift)
//   table of contents             to the end of the file:
//     "DAYBOOKS"          8
//     version             4  1
//     column count        4
//     per column          type: string
//     segment count       4
//     per segment
//       rows              4
//       flags             1  1: sealed, 2: has a mask; others 0
//       per frame         stored bytes 4, plain bytes 4, XXH3 (64 bits, seed 0) of the frame 8
//
// Neither the table's name nor that of its columns is in it: a file stays what it is when they get
// others.

enum SegmentFileFormat {
  static let magic = Array("DAYBOOKS".utf8)
  static let version: UInt32 = 1

  enum Flag {
    // Stored on disk: never renumber, never reuse.
    static let sealed: UInt8 = 1
    static let masked: UInt8 = 2
  }

  /// A frame as the table of contents has it.
  struct Frame: Sendable {
    var offset: Int
    var byteCount: Int
    var plainByteCount: Int
    var checksum: UInt64
  }

  struct SegmentContents: Sendable {
    var rowCount: Int
    var isSealed: Bool
    var mask: Frame?
    var chunks: [Frame]

    /// The bytes of all its frames.
    var range: Range<Int> {
      let frames = (mask.map { [$0] } ?? []) + chunks
      guard let first = frames.first, let last = frames.last else { return 0..<0 }
      return first.offset..<last.offset + last.byteCount
    }
  }

  /// A file and where its table of contents begins.
  struct Written {
    var bytes: [UInt8] = []
    var contentsOffset = 0
  }

  /// All chunks are those of sealed segments.
  static func write(_ segments: [Segment], schema: TableSchema, _ codec: FrameCodec) -> Written {
    var written = Written()
    var contents = ByteWriter()
    for byte in magic { contents.write(byte) }
    contents.write(version)
    contents.write(UInt32(schema.columns.count))
    for column in schema.columns { contents.write(column.type.sqlName) }
    contents.write(UInt32(segments.count))
    func add(_ content: ByteWriter) {
      codec.compress(content.bytes) { frame in
        written.bytes.append(contentsOf: frame)
        contents.write(UInt32(frame.count))
        contents.write(UInt32(content.bytes.count))
        contents.write(FrameCodec.checksum(frame))
      }
    }
    var content = ByteWriter()
    for segment in segments {
      contents.write(UInt32(segment.rowCount))
      contents.write(
        (segment.isSealed ? Flag.sealed : 0) | (segment.live == nil ? 0 : Flag.masked))
      if let live = segment.live {
        content.clear()
        content.write(live.words.base, count: live.wordCount)
        add(content)
      }
      for chunk in segment.chunks {
        content.clear()
        content.write(chunk)
        add(content)
      }
    }
    written.contentsOffset = written.bytes.count
    codec.compress(contents.bytes) { written.bytes.append(contentsOf: $0) }
    return written
  }
}
