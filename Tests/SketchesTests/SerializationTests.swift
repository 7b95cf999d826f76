import EngineTesting
import Foundation
import Sketches
import Testing

@Suite struct SerializationTests {
  /// Sketches of every form, with the golden file that holds each.
  static let sketches: [(name: String, sketch: HyperLogLog)] = [
    ("hyperloglog-empty", HyperLogLog()),
    ("hyperloglog-hashes", sketch(distinctHashes(20))),
    ("hyperloglog-registers", sketch(distinctHashes(5_000), precision: 8)),
    ("hyperloglog-edges", sketch([0, 1, .max] + distinctHashes(40), precision: 4)),
  ]

  static let digests: [(name: String, digest: TDigest)] = [
    ("tdigest-empty", TDigest()),
    ("tdigest-single-values", digest([3, -1.5, .infinity, 2.25, -.infinity, 1e300])),
    ("tdigest-counts", digest(Array(repeating: 7, count: 1_000), compression: 20)),
    ("tdigest-uniform", digest((0..<4_096).map { Double($0 * 2_731 % 4_096) }, compression: 50)),
  ]

  @Test func `golden files decode forever and encode to the same bytes`() throws {
    for (name, expected) in Self.sketches {
      let bytes = try golden(name, expected.encoded())
      let decoded = try HyperLogLog(decoding: bytes)
      #expect(decoded == expected, "\(name)")
      #expect(decoded.encoded() == bytes, "\(name)")
    }
    for (name, expected) in Self.digests {
      let bytes = try golden(name, expected.encoded())
      let decoded = try TDigest(decoding: bytes)
      #expect(decoded == expected, "\(name)")
      #expect(decoded.encoded() == bytes, "\(name)")
    }
  }

  @Test func `bytes that were cut anywhere are refused`() {
    for bytes in allEncoded {
      for count in 0..<bytes.count {
        let cut = Array(bytes[..<count])
        #expect(throws: SketchDecodingError.self) { try HyperLogLog(decoding: cut) }
        #expect(throws: SketchDecodingError.self) { try TDigest(decoding: cut) }
        // A cutter who also mends the checksum gets no further.
        if count >= 9 {
          #expect(throws: SketchDecodingError.self) { try HyperLogLog(decoding: sealed(cut)) }
          #expect(throws: SketchDecodingError.self) { try TDigest(decoding: sealed(cut)) }
        }
      }
      let longer = sealed(bytes + [0])
      #expect(throws: SketchDecodingError.self) { try HyperLogLog(decoding: longer) }
      #expect(throws: SketchDecodingError.self) { try TDigest(decoding: longer) }
    }
  }

  @Test func `a changed byte is refused`() {
    for bytes in allEncoded {
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << (index % 8)
        #expect(throws: SketchDecodingError.self) { try HyperLogLog(decoding: changed) }
        #expect(throws: SketchDecodingError.self) { try TDigest(decoding: changed) }
      }
    }
  }

  @Test func `a forged byte is refused or gives a sketch that works`() {
    for bytes in allEncoded {
      for index in bytes.indices.dropLast(4) {
        for mask: UInt8 in [1, 2, 0x40, 0x80, 0x7F, 0xFF] {
          var changed = bytes
          changed[index] ^= mask
          exercise(sealed(changed))
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `random bytes behind a true header are refused or give a sketch that works`(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<300 {
      guard var bytes = allEncoded.randomElement(using: &generator) else { return }
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        bytes[Int.random(in: 5..<bytes.count - 4, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      exercise(sealed(bytes))
    }
  }

  @Test func `merging the largest counts again and again does not trap`() throws {
    var bytes = digest([1, 2, 3]).encoded()
    for centroid in 0..<3 {
      let tag = UInt64(1) << 49  // a count of 2^48
      for byte in 0..<8 { bytes[52 + 16 * centroid + byte] = UInt8(tag >> (8 * byte) & 0xFF) }
    }
    var digest = try TDigest(decoding: sealed(bytes))
    for _ in 0..<80 {
      digest.merge(digest)
      digest.insert(2.5)
      _ = digest.quantiles([0, 0.3, 1])
      _ = digest.rank(of: 2)
      _ = digest.trimmedMean(from: 0.1, to: 0.9)
      _ = digest.encoded()
    }
  }

  @Test func `an error names the sketch, the place and the reason`() {
    var bytes = HyperLogLog().encoded()
    bytes[4] = 9
    #expect {
      try HyperLogLog(decoding: bytes)
    } throws: { error in
      "\(error)"
        == "not a valid HyperLogLog at byte 4: version 9 is not known; a newer release may have written it"
    }
    bytes[4] = 1
    bytes[5] = 30
    #expect {
      try HyperLogLog(decoding: sealed(bytes))
    } throws: { error in
      "\(error)" == "not a valid HyperLogLog at byte 6: precision 30 is not 4 to 18"
    }
    #expect(throws: SketchDecodingError.self) { try TDigest(decoding: HyperLogLog().encoded()) }
  }

  private var allEncoded: [[UInt8]] {
    Self.sketches.map { $0.sketch.encoded() } + Self.digests.map { $0.digest.encoded() }
  }

  /// The bytes with the checksum that belongs to them.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(4))
    let checksum = sketchChecksum(of: body.span.bytes)
    return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
  }

  /// Uses whatever decodes: nothing may trap, and it encodes to what it came from.
  private func exercise(_ bytes: [UInt8]) {
    if var decoded = try? HyperLogLog(decoding: bytes) {
      #expect(decoded.encoded() == bytes)
      #expect(decoded.cardinality >= 0)
      let other = sketch(distinctHashes(3_000), precision: 10)
      #expect(HyperLogLog.intersectionEstimate(decoded, other).estimate >= 0)
      decoded.merge(other)
      #expect((try? HyperLogLog(decoding: decoded.encoded())) == decoded)
    }
    if var decoded = try? TDigest(decoding: bytes) {
      #expect(decoded.encoded() == bytes)
      _ = decoded.quantiles([0, 0.01, 0.5, 1])
      _ = decoded.rank(of: 2)
      _ = decoded.trimmedMean(from: 0.1, to: 0.9)
      decoded.merge(digest([1, 2, 3]))
      decoded.insert(5)
      _ = decoded.encoded()
    }
  }

  /// The bytes of a golden file, in hexadecimal on disk. `UPDATE_GOLDEN=1` writes missing files,
  /// and never changes one: bytes that were written once must stay readable.
  private func golden(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/\(name).hex")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1",
      !FileManager.default.fileExists(atPath: file.path)
    {
      let lines = stride(from: 0, to: bytes.count, by: 32).map { start in
        bytes[start..<min(start + 32, bytes.count)]
          .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    let digits = try String(contentsOf: file, encoding: .utf8).filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).compactMap { start in
      let pair = digits.index(digits.startIndex, offsetBy: start)
      return UInt8(digits[pair...].prefix(2), radix: 16)
    }
  }
}
