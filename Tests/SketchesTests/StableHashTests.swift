import EngineTesting
import Sketches
import Testing

@Suite struct StableHashTests {
  private func hashOfBytes(_ value: Int64) -> UInt64 {
    withUnsafeBytes(of: value.littleEndian) { StableHash.hash($0) }
  }

  @Test func `an integer hashes like its eight little-endian bytes`() {
    var generator = SplitMix64(seed: 1)
    let edges: [Int64] = [0, 1, -1, 255, .min, .max]
    for value in edges + (0..<1_000).map({ _ in Int64(bitPattern: generator.next()) }) {
      #expect(StableHash.hash(value) == hashOfBytes(value))
    }
  }

  @Test func `hashes stay what they were when files were written`() {
    #expect(StableHash.hash(UnsafeRawBufferPointer(start: nil, count: 0)) == 0x2D06_8005_38D3_94C2)
    let text = Array("daybook".utf8).withUnsafeBytes { StableHash.hash($0) }
    #expect(text == 0xAD3F_020E_334E_ECFD)
    #expect(StableHash.hash(Int64(42)) == 0xD5A6_F8C8_38DF_27C8)
    #expect(StableHash.hash(1.5) == 0x2561_A488_9FF6_3458)
  }

  @Test func `zeros hash alike, and so do all NaNs`() {
    #expect(StableHash.hash(-0.0) == StableHash.hash(0.0))
    #expect(StableHash.hash(0.0) == StableHash.hash(Int64(0)))
    #expect(StableHash.hash(-Double.nan) == StableHash.hash(Double.nan))
    #expect(StableHash.hash(Double(nan: 7, signaling: true)) == StableHash.hash(Double.nan))
    #expect(StableHash.hash(Double.infinity) != StableHash.hash(-Double.infinity))
  }

  @Test func `a batch hashes like its values`() {
    let values = (0..<100).map { Double($0) / 3 - 5 }
    var hashes = [UInt64](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { values in
      hashes.withUnsafeMutableBufferPointer { StableHash.hash(values, into: $0) }
    }
    #expect(hashes == values.map { StableHash.hash($0) })
    let integers = (0..<100).map { Int64($0) - 50 }
    integers.withUnsafeBufferPointer { values in
      hashes.withUnsafeMutableBufferPointer { StableHash.hash(values, into: $0) }
    }
    #expect(hashes == integers.map { StableHash.hash($0) })
  }
}
