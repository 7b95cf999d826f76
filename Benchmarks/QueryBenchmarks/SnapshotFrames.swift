import BenchmarkLZ4
import Dispatch
import Foundation
import Synchronization

/// The LZ4 frames of a snapshot's files, and what liblz4 does with them by itself.
struct SnapshotFrames: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  struct StoredFile: Sendable {
    var path: String
    var bytes: [UInt8]
    /// Decompressed, one frame after the other.
    var content: [UInt8] = []
    /// The frames, and the size of what is in each.
    var frames: [(range: Range<Int>, plainByteCount: Int)] = []
    var plainByteCount: Int { content.count }
  }

  let files: [StoredFile]

  var byteCount: Int { files.reduce(0) { $0 + $1.bytes.count } }
  var plainByteCount: Int { files.reduce(0) { $0 + $1.plainByteCount } }

  init(_ folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".lz4")
    }
    var files = try names.map { name in
      let path = folder + "/" + name
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      var file = StoredFile(path: path, bytes: Array(data))
      try Self.findFrames(&file)
      return file
    }
    // The longest first: the last one to begin should be short.
    files.sort { $0.bytes.count > $1.bytes.count }
    self.files = files
  }

  private static func findFrames(_ file: inout StoredFile) throws {
    let context = try Context()
    var room = [UInt8](repeating: 0, count: 64 << 20)
    var start = 0
    while start < file.bytes.count {
      let (taken, given) = try file.bytes.withUnsafeBytes { bytes in
        try room.withUnsafeMutableBytes {
          try context.decompress(UnsafeRawBufferPointer(rebasing: bytes[start...]), into: $0)
        }
      }
      file.frames.append((start..<start + taken, given))
      file.content += room[..<given]
      start += taken
    }
  }

  // MARK: - What is timed

  /// Each frame's content, compressed anew with the same preferences.
  func compress(threads: Int) throws {
    try parallel(threads) { file, context in
      var start = 0
      for frame in file.frames {
        defer { start += frame.plainByteCount }
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
        preferences.frameInfo.blockSizeID = LZ4F_max4MB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.frameInfo.contentSize = UInt64(frame.plainByteCount)
        let bound = LZ4F_compressFrameBound(frame.plainByteCount, &preferences)
        let target = context.room(bound)
        let size = file.content.withUnsafeBytes {
          LZ4F_compressFrame(
            target.baseAddress, bound, $0.baseAddress.map { $0 + start }, frame.plainByteCount,
            &preferences)
        }
        guard LZ4F_isError(size) == 0 else { throw Failure(description: "compress") }
      }
    }
  }

  /// From memory, into a buffer that each thread uses again.
  func decompress(threads: Int) throws {
    try parallel(threads) { file, context in
      for frame in file.frames {
        _ = try context.decompress(
          file.bytes, frame.range, into: context.room(frame.plainByteCount))
      }
    }
  }

  /// From the files, into memory that is there until all is read.
  func load(threads: Int) throws {
    let kept = Mutex<[Int]>([])
    try parallel(threads) { file, context in
      let descriptor = open(file.path, O_RDONLY)
      defer { close(descriptor) }
      let stored = context.storage(file.bytes.count)
      guard pread(descriptor, stored.baseAddress, stored.count, 0) == stored.count else {
        throw Failure(description: "cannot read \(file.path)")
      }
      for frame in file.frames {
        let content = UnsafeMutableRawBufferPointer.allocate(
          byteCount: max(frame.plainByteCount, 1), alignment: 64)
        _ = try context.decompress(
          UnsafeRawBufferPointer(rebasing: stored[frame.range]), into: content)
        kept.withLock { $0.append(Int(bitPattern: content.baseAddress)) }
      }
    }
    for address in kept.withLock({ $0 }) {
      UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
  }

  private func parallel(
    _ threads: Int, _ body: @escaping @Sendable (StoredFile, Context) throws -> Void
  ) throws {
    let next = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      do {
        let context = try Context()
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < files.count else { return }
          try body(files[index], context)
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// What a thread needs for frames. Used by one at a time.
  final class Context {
    private var context: OpaquePointer?
    private var target = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var source = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init() throws {
      guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0
      else { throw Failure(description: "no memory") }
    }

    deinit {
      LZ4F_freeDecompressionContext(context)
      target.deallocate()
      source.deallocate()
    }

    private func reserve(_ room: inout UnsafeMutableRawBufferPointer, _ count: Int) {
      guard room.count < count else { return }
      room.deallocate()
      room = .allocate(byteCount: count, alignment: 64)
    }

    func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
      reserve(&target, count)
      return target
    }

    func storage(_ count: Int) -> UnsafeMutableRawBufferPointer {
      reserve(&source, count)
      return UnsafeMutableRawBufferPointer(rebasing: source[..<count])
    }

    func decompress(
      _ bytes: [UInt8], _ range: Range<Int>, into target: UnsafeMutableRawBufferPointer
    ) throws -> (Int, Int) {
      try bytes.withUnsafeBytes {
        try decompress(UnsafeRawBufferPointer(rebasing: $0[range]), into: target)
      }
    }

    /// One frame; how many bytes it takes and gives.
    func decompress(
      _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws -> (Int, Int) {
      LZ4F_resetDecompressionContext(context)
      var options = LZ4F_decompressOptions_t()
      options.stableDst = 1
      var taken = 0
      var given = 0
      while true {
        var takes = bytes.count - taken
        var gives = target.count - given
        let hint = LZ4F_decompress(
          context, target.baseAddress.map { $0 + given }, &gives,
          bytes.baseAddress.map { $0 + taken }, &takes, &options)
        guard LZ4F_isError(hint) == 0, takes + gives > 0 else {
          throw Failure(description: "a frame that is none")
        }
        taken += takes
        given += gives
        if hint == 0 { return (taken, given) }
      }
    }
  }
}
