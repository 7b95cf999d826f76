import CLZ4
import ColumnStore
import DiskTesting
import EngineTesting
import Persistence
import Testing

/// A table of contents that lies, under checksums that are all right: what only its own checks can
/// find.
@Suite struct `A snapshot whose table of contents lies` {
  private static let folder = "/data/snapshots/0000000001/"

  @Test(arguments: UInt64(0)..<400)
  func `is read or refused with the file`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let disk = SimulatedDisk()
    let store = try SmallStore()
    try store.append(0..<12, sealsTails: true)
    try store.append(12..<20)
    try store.delete(day: 1, row: 2)
    try SnapshotStore.forTest(disk).write(catalog: store.store.catalog(), journalPosition: 7)
    let path = try #require(disk.paths.first { $0.hasSuffix("t_1970-01-02.lz4") })
    let bytes = try #require(disk.bytes(path))
    let start = try #require(lastFrame(in: bytes))
    let contents = try decompressed(Array(bytes[start...]))
    #expect(contents.starts(with: Array("DAYBOOKS".utf8)))
    // The frames before it may be other bytes too.
    var frames = Array(bytes[..<start])
    if generator.chance(0.2) {
      frames[generator.below(frames.count)] ^= UInt8(1 + generator.below(255))
    }
    let changed = try compressed(mutated(contents, &generator))
    disk.put(frames + changed, path)
    try putManifest(
      on: disk,
      replacing: [
        (hexadecimal(bytes[...]), hexadecimal((frames + changed)[...])),
        (hexadecimal(bytes[start...]), hexadecimal(changed[...])),
        ("\"bytes\": \(bytes.count)", "\"bytes\": \(frames.count + changed.count)"),
      ])
    do {
      let catalog = try SnapshotStore.forTest(disk).newest()?.catalog
      for partition in catalog?.tables["t"]?.partitions ?? [] {
        for segment in partition.segments {
          for chunk in segment.chunks { _ = try chunk.values() }
        }
      }
    } catch let error as PersistenceError {
      #expect(error.file == path || error.file?.hasSuffix("manifest.json") == true, "\(error)")
    }
  }

  private func mutated(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.below(3) where !bytes.isEmpty {
      let place = generator.below(bytes.count)
      switch generator.below(6) {
      case 0: bytes[place] = 0xFF
      case 1: bytes[place] = 0
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(16)))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
      case 4:
        for index in place..<min(bytes.count, place + 4) { bytes[index] = 0xFF }
      default: bytes[place] ^= 1 << UInt8(generator.below(8))
      }
    }
    return bytes
  }

  // MARK: - Files

  private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    let digits = String(JournalChecksum.of(bytes, seed: 0), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func putManifest(
    on disk: SimulatedDisk, replacing replacements: [(String, String)]
  ) throws {
    let path = Self.folder + "manifest.json"
    var text = String(decoding: try #require(disk.bytes(path)).dropLast(16 + 4), as: UTF8.self)
    for (old, new) in replacements {
      #expect(text.contains(old), "\(old)")
      text = text.replacing(old, with: new, maxReplacements: 1)
    }
    let bytes = Array(text.utf8)
    disk.put(bytes + Array((hexadecimal(bytes[...]) + "\"\n}\n").utf8), path)
  }

  /// Where the last LZ4 frame begins.
  private func lastFrame(in bytes: [UInt8]) -> Int? {
    (0..<bytes.count - 4).last { bytes[$0..<$0 + 4].elementsEqual([0x04, 0x22, 0x4D, 0x18]) }
  }

  private func compressed(_ content: [UInt8]) throws -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    preferences.frameInfo.contentSize = UInt64(content.count)
    let bound = LZ4F_compressFrameBound(content.count, &preferences)
    var frame = [UInt8](repeating: 0, count: bound)
    let count = LZ4F_compressFrame(&frame, bound, content, content.count, &preferences)
    try #require(LZ4F_isError(count) == 0)
    return Array(frame[..<count])
  }

  private func decompressed(_ frame: [UInt8]) throws -> [UInt8] {
    var context: OpaquePointer?
    try #require(LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0)
    defer { LZ4F_freeDecompressionContext(context) }
    var content = [UInt8](repeating: 0, count: 1 << 16)
    var (written, taken) = (content.count, frame.count)
    let hint = LZ4F_decompress(context, &content, &written, frame, &taken, nil)
    try #require(hint == 0)
    return Array(content[..<written])
  }
}
