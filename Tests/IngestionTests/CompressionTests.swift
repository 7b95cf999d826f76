import CLZ4
import CZlib
import ColumnStore
import Ingestion
import Testing

struct CompressionTests {
  private let text = (0..<60).reduce(into: "id,name\n") { $0 += "\($1),\"name, \($1 * 7919)\"\n" }

  private func check(_ bytes: [UInt8], name: String) throws {
    let plain = try LoadHarness().load(text: text)
    for block in [16, 1 << 20] {
      let loaded = try LoadHarness().load(bytes: bytes, name: name, block: block)
      #expect(loaded.rows == plain.rows)
      #expect(loaded.report.bytes == bytes.count)
    }
  }

  @Test func `gzip is told by its first bytes, and may have several members`() throws {
    try check(gzip(text), name: "a.csv.gz")
    try check(gzip(text), name: "a.csv")
    let half = text.utf8.count / 2
    let utf8 = Array(text.utf8)
    try check(gzip(utf8[..<half]) + gzip([]) + gzip(utf8[half...]), name: "a.csv.gz")
    // Zeros up to the end, as on tapes.
    try check(gzip(text) + [0, 0, 0], name: "a.csv.gz")
  }

  @Test func `lz4 is told by its first bytes, and may have several frames`() throws {
    let utf8 = Array(text.utf8)
    try check(lz4(utf8[...]), name: "a.csv.lz4")
    try check(lz4(utf8[..<100]) + lz4(utf8[100...]), name: "a.csv")
  }

  @Test func `a stream cut at any byte is refused`() {
    for (whole, name) in [(gzip(text), "a.csv.gz"), (lz4(Array(text.utf8)[...]), "a.csv.lz4")] {
      // With less than the magic bytes it is taken for text.
      for cut in 4..<whole.count {
        let error = #expect(throws: LoadError.self, "cut at byte \(cut)") {
          try LoadHarness().load(bytes: Array(whole[..<cut]), name: name)
        }
        #expect(error?.problem == .damagedCompression, "cut at byte \(cut)")
        #expect(error?.byteOffset == cut, "cut at byte \(cut)")
      }
    }
  }

  @Test func `a flipped byte is refused or harmless`() throws {
    let plain = try LoadHarness().load(text: text)
    for (whole, name) in [(gzip(text), "a.csv.gz"), (lz4(Array(text.utf8)[...]), "a.csv.lz4")] {
      for position in stride(from: 4, to: whole.count, by: 5) {
        var damaged = whole
        damaged[position] ^= 0x20
        do {
          let loaded = try LoadHarness().load(bytes: damaged, name: name)
          #expect(loaded.rows == plain.rows, "byte \(position)")
        } catch let error {
          #expect(error.problem == .damagedCompression || error.problem == .badRow)
        }
      }
    }
  }

  @Test func `what follows a gzip stream is refused`() {
    let error = #expect(throws: LoadError.self) {
      try LoadHarness().load(bytes: gzip(text) + Array("more".utf8), name: "a.csv.gz")
    }
    #expect(error?.message == "after the end of the gzip stream there is something else")
  }
}

private func gzip(_ text: String) -> [UInt8] {
  gzip(Array(text.utf8)[...])
}

private func gzip(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = Array(bytes)
  var output = [UInt8](repeating: 0, count: bytes.count + 1000)
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<count])
}

private func lz4(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var preferences = LZ4F_preferences_t()
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
  var output = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, &preferences))
  let input = Array(bytes)
  let count = LZ4F_compressFrame(&output, output.count, input, input.count, &preferences)
  return Array(output[..<count])
}
