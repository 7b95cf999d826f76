import CKernels
import EngineTesting
import Testing

/// Each C kernel beside its plain Swift twin, on sizes around the word size.
struct KernelTests {
  static let counts = [0, 1, 7, 63, 64, 65, 127, 128, 1_000, 4_099]

  private func words(_ count: Int, _ fill: (UnsafeMutablePointer<UInt64>) -> Void) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: max((count + 63) / 64, 1)) { buffer, initialized in
      if let base = buffer.baseAddress {
        base.pointee = 0
        fill(base)
      }
      initialized = (count + 63) / 64
    }
  }

  private func twin(_ count: Int, _ holds: (Int) -> Bool) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for row in 0..<count where holds(row) { words[row / 64] |= 1 << UInt64(row % 64) }
    return words
  }

  @Test(arguments: counts)
  func `a range of codes of any width gives the same bits as a loop`(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let shorts = (0..<count).map { _ in UInt16.random(in: .min ... .max, using: &random) }
    let ints = (0..<count).map { _ in UInt32.random(in: .min ... .max, using: &random) }
    let longs = (0..<count).map { _ in UInt64.random(in: .min ... .max, using: &random) }
    #expect(
      words(count) { daybook_between_u8(bytes, count, 17, 200, $0) }
        == twin(count) { (17...200).contains(bytes[$0]) })
    #expect(
      words(count) { daybook_between_u16(shorts, count, 17, 60_000, $0) }
        == twin(count) { (17...60_000).contains(shorts[$0]) })
    #expect(
      words(count) { daybook_between_u32(ints, count, 1 << 31, .max, $0) }
        == twin(count) { ints[$0] >= 1 << 31 })
    #expect(
      words(count) { daybook_between_i64(longs, count, -5, -1_000, 1 << 62, $0) }
        == twin(count) { (-1_000...(1 << 62)).contains(-5 &+ Int64(bitPattern: longs[$0])) })
  }

  @Test(arguments: counts)
  func `a range of doubles excludes NaN and includes its ends`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 1)
    let special: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1, 2, 3]
    let values = (0..<count).map { _ in special.randomElement(using: &random) ?? 0 }
    #expect(
      words(count) { daybook_between_double(values, count, 0, 2, $0) }
        == twin(count) { values[$0] >= 0 && values[$0] <= 2 })
  }

  @Test(arguments: counts)
  func `words are united as a loop does`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 9)
    let left = (0..<count).map { _ in random.next() }
    let right = (0..<count).map { _ in random.next() }
    var united = left
    united.withUnsafeMutableBufferPointer { united in
      if let base = united.baseAddress { daybook_or(base, right, count) }
    }
    #expect(united == zip(left, right).map { $0 | $1 })
  }

  @Test(arguments: counts)
  func `the bits of selected rows are put side by side as a loop does`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 11)
    for density in [0.0, 0.1, 0.9, 1.0] {
      let isSet = (0..<count).map { _ in random.chance(0.5) }
      let isSelected = (0..<count).map { _ in random.chance(density) }
      let expected = (0..<count).filter { isSelected[$0] }.map { isSet[$0] }
      let bits = words(expected.count) {
        let selection = twin(count) { isSelected[$0] }
        daybook_gather_bits(twin(count) { isSet[$0] }, selection, selection.count, $0)
      }
      #expect(bits == twin(expected.count) { expected[$0] })
    }
  }

  @Test(arguments: counts)
  func `values whose bit is set are added up as a loop does`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 12)
    let ints = (0..<count).map { _ in UInt32.random(in: .min ... .max, using: &random) }
    let shorts = ints.map { UInt16(truncatingIfNeeded: $0) }
    let bytes = ints.map { UInt8(truncatingIfNeeded: $0) }
    for density in [0.0, 0.02, 0.7, 1.0] {
      let isSet = (0..<count).map { _ in random.chance(density) }
      let bits = twin(count) { isSet[$0] }
      let rows = (0..<count).filter { isSet[$0] }
      #expect(
        daybook_masked_sum_u8(bytes, count, bits) == rows.reduce(0) { $0 + UInt64(bytes[$1]) })
      #expect(
        daybook_masked_sum_u16(shorts, count, bits) == rows.reduce(0) { $0 + UInt64(shorts[$1]) })
      #expect(
        daybook_masked_sum_u32(ints, count, bits) == rows.reduce(0) { $0 + UInt64(ints[$1]) })
    }
  }

  @Test(arguments: counts)
  func `rows that have a value are found with its rank as by a loop`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 12)
    let validity = (0..<(count + 64) / 64).map { _ in random.next() & random.next() }
    func isValid(_ row: Int) -> Bool { validity[row / 64] >> UInt64(row % 64) & 1 == 1 }
    var ranks: [UInt32] = [0]
    for word in validity { ranks.append((ranks.last ?? 0) + UInt32(word.nonzeroBitCount)) }
    let rows = (0..<count).filter { _ in Bool.random(using: &random) }.map { UInt32($0) }
    var places = [UInt32](repeating: 0, count: rows.count + 1)
    var found = places
    let kept = daybook_sparse_ranks(validity, ranks, rows, rows.count, &places, &found)
    let expected = rows.indices.filter { isValid(Int(rows[$0])) }
    #expect(places.prefix(kept) == expected.map { UInt32($0) }[...])
    #expect(
      found.prefix(kept)
        == expected.map { place in
          UInt32((0..<Int(rows[place])).count { isValid($0) })
        }[...])
  }

  @Test(arguments: counts)
  func `bits are unpacked to bytes as a loop does`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 4)
    for width in 1...32 {
      let words = (0...(count * width + 63) / 64).map { _ in
        UInt64.random(in: .min ... .max, using: &random)
      }
      let expected = (0..<count).map { row -> UInt32 in
        (0..<width).reduce(0) { value, offset in
          let bit = row * width + offset
          return value | UInt32((words[bit / 64] >> UInt64(bit % 64)) & 1) << UInt32(offset)
        }
      }
      var found = [UInt32](repeating: 0, count: count)
      daybook_unpack_u32(words, width, count, &found)
      #expect(found == expected)
      if width <= 16 {
        var shorts = [UInt16](repeating: 0, count: count)
        daybook_unpack_u16(words, width, count, &shorts)
        #expect(shorts.map(UInt32.init) == expected)
      }
      if width <= 8 {
        var bytes = [UInt8](repeating: 0, count: count)
        daybook_unpack_u8(words, width, count, &bytes)
        #expect(bytes.map(UInt32.init) == expected)
      }
    }
  }

  @Test(arguments: counts)
  func `looking codes up in a table gives the same bits as a loop`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 2)
    let table = (0..<65_536).map { _ in UInt8.random(in: 0...1, using: &random) }
    let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let shorts = (0..<count).map { _ in UInt16.random(in: .min ... .max, using: &random) }
    let ints = shorts.map(UInt32.init)
    #expect(
      words(count) { daybook_lookup_u8(bytes, count, table, $0) }
        == twin(count) { table[Int(bytes[$0])] != 0 })
    #expect(
      words(count) { daybook_lookup_u16(shorts, count, table, $0) }
        == twin(count) { table[Int(shorts[$0])] != 0 })
    #expect(
      words(count) { daybook_lookup_u32(ints, count, table, $0) }
        == twin(count) { table[Int(ints[$0])] != 0 })
  }

  @Test(arguments: counts)
  func `bitmaps turn into bytes, positions and counts and back`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 3)
    for density in [0.0, 0.01, 0.5, 1.0] {
      let bytes = (0..<count).map { _ in
        Double.random(in: 0..<1, using: &random) < density ? UInt8(1) : 0
      }
      let bitmap = words(count) { daybook_bytes_to_bitmap(bytes, count, $0) }
      #expect(bitmap == twin(count) { bytes[$0] != 0 })
      var back = [UInt8](repeating: 7, count: count)
      daybook_bitmap_to_bytes(bitmap, count, &back)
      #expect(back == bytes)
      let expected = (0..<count).filter { bytes[$0] != 0 }.map(UInt32.init)
      var positions = [UInt32](repeating: 0, count: count + 72)
      let found = daybook_positions(bitmap, bitmap.count, &positions)
      #expect(Array(positions.prefix(Int(found))) == expected)
      #expect(Int(daybook_popcount(bitmap, bitmap.count)) == expected.count)
    }
  }

  @Test(arguments: counts)
  func `histograms count each code`(count: Int) {
    var random = SplitMix64(seed: UInt64(count) + 4)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...9, using: &random) }
    let shorts = bytes.map { UInt16($0) * 100 }
    var byteCounts = [UInt32](repeating: 0, count: 256)
    daybook_histogram_u8(bytes, count, &byteCounts)
    var shortCounts = [UInt32](repeating: 0, count: 1_000)
    daybook_histogram_u16(shorts, count, &shortCounts)
    for code in 0...9 {
      let expected = bytes.count { Int($0) == code }
      #expect(Int(byteCounts[code]) == expected)
      #expect(Int(shortCounts[code * 100]) == expected)
    }
  }
}
