internal import CSimdJSON
internal import CXXHash
internal import ColumnStore
internal import Glibc

/// Gives the distinct strings of one column codes, for one thread.
///
/// The pool lives on from block to block, so the store has to look at new entries only. Where
/// nearly every string is new there is nothing to gain: then each block gets a pool of its own.
struct TextInterner: ~Copyable {
  /// Strings of at most 16 bytes are compared in two words. Of a longer one the words are its hash
  /// and its first bytes.
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var byteCount: UInt32
    var code: UInt32
    /// Of a longer string: its bytes in the arena.
    var bytes: UnsafePointer<UInt8>?
  }

  private static let emptyCode = UInt32.max
  /// Past this many strings a new pool is begun.
  private static let maximumEntryCount = 1 << 21

  private var pool = TextPool()
  private var entries: UnsafeMutablePointer<Entry>
  private var mask: Int
  private var arena = ByteArena()
  private var count = 0
  private(set) var isInterning = true

  init() {
    mask = 255
    entries = TextInterner.makeEntries(256)
  }

  deinit {
    entries.deallocate()
  }

  private static func makeEntries(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    entries.initialize(
      repeating: Entry(low: 0, high: 0, byteCount: 0, code: emptyCode, bytes: nil), count: count)
    return entries
  }

  /// The column of a block. `bytes` can be read for 16 bytes past each field.
  mutating func decode(
    _ bytes: UnsafePointer<UInt8>, _ fields: UnsafePointer<daybook_field>, stride: Int, count: Int
  ) -> ColumnValues {
    isInterning
      ? intern(bytes, fields, stride: stride, count: count)
      : copy(bytes, fields, stride: stride, count: count)
  }

  private mutating func intern(
    _ bytes: UnsafePointer<UInt8>, _ fields: UnsafePointer<daybook_field>, stride: Int, count: Int
  ) -> ColumnValues {
    if self.count > TextInterner.maximumEntryCount { startOver() }
    let countBefore = self.count
    var nullCount = 0
    let validity = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
    defer { validity.deallocate() }
    let codes = [UInt32](unsafeUninitializedCapacity: count) { codes, initialized in
      for row in 0..<count {
        let field = fields[row &* stride]
        if field.isNull {
          nullCount &+= 1
          validity[row] = 0
          codes[row] = 0
          continue
        }
        validity[row] = 1
        codes[row] = code(of: bytes + Int(field.start), field.byteCount)
      }
      initialized = count
    }
    let fresh = self.count - countBefore
    let present = count - nullCount
    let result = pool
    if present >= 1024 && fresh > present - present / 8 {
      isInterning = false
      startOver()
    }
    return ColumnValues(
      storage: .text(codes: codes, pool: result),
      validity: nullCount == 0
        ? nil : Array(UnsafeBufferPointer(start: validity, count: count)))
  }

  @inline(__always)
  private mutating func code(of text: UnsafePointer<UInt8>, _ byteCount: Int) -> UInt32 {
    let raw = UnsafeRawPointer(text)
    var low: UInt64
    var high: UInt64
    if byteCount <= 16 {
      // Reads past the end are within the block's padding; the mask drops what they bring.
      low = raw.loadUnaligned(as: UInt64.self)
      high = 0
      if byteCount <= 8 {
        low &= byteCount == 8 ? .max : (1 &<< UInt64(8 &* byteCount)) &- 1
      } else {
        high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        high &= byteCount == 16 ? .max : (1 &<< UInt64(8 &* (byteCount &- 8))) &- 1
      }
    } else {
      low = XXH3_64bits(raw, byteCount)
      high = raw.loadUnaligned(as: UInt64.self)
    }
    let product = (low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(byteCount)).multipliedFullWidth(
      by: high ^ 0xE703_7ED1_A0B4_28DB)
    var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
    while true {
      let entry = entries[slot]
      if entry.code == TextInterner.emptyCode { break }
      if entry.low == low && entry.high == high && entry.byteCount == UInt32(byteCount)
        && (byteCount <= 16 || isSame(entry.bytes, text, byteCount))
      {
        return entry.code
      }
      slot = (slot &+ 1) & mask
    }
    let code = UInt32(truncatingIfNeeded: count)
    pool.append(UnsafeBufferPointer(start: text, count: byteCount))
    entries[slot] = Entry(
      low: low, high: high, byteCount: UInt32(byteCount), code: code,
      bytes: byteCount > 16 ? arena.keep(text, byteCount) : nil)
    count &+= 1
    if count &* 2 > mask { grow() }
    return code
  }

  @inline(__always)
  private func isSame(
    _ known: UnsafePointer<UInt8>?, _ text: UnsafePointer<UInt8>, _ byteCount: Int
  ) -> Bool {
    guard let known else { return false }
    return memcmp(known, text, byteCount) == 0
  }

  @inline(never)
  private mutating func grow() {
    let larger = TextInterner.makeEntries((mask + 1) * 4)
    let largerMask = (mask + 1) * 4 - 1
    for index in 0...mask where entries[index].code != TextInterner.emptyCode {
      let entry = entries[index]
      let product = (entry.low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(entry.byteCount))
        .multipliedFullWidth(by: entry.high ^ 0xE703_7ED1_A0B4_28DB)
      var slot = Int(truncatingIfNeeded: product.high ^ product.low) & largerMask
      while larger[slot].code != TextInterner.emptyCode { slot = (slot + 1) & largerMask }
      larger[slot] = entry
    }
    entries.deallocate()
    entries = larger
    mask = largerMask
  }

  private mutating func startOver() {
    entries.deallocate()
    mask = 255
    entries = TextInterner.makeEntries(256)
    count = 0
    arena = ByteArena()
    pool = TextPool()
  }

  /// A pool with one entry per row.
  private func copy(
    _ bytes: UnsafePointer<UInt8>, _ fields: UnsafePointer<daybook_field>, stride: Int, count: Int
  ) -> ColumnValues {
    var total = 0
    var nullCount = 0
    for row in 0..<count {
      let field = fields[row &* stride]
      total &+= field.isNull ? 0 : field.byteCount
      nullCount &+= field.isNull ? 1 : 0
    }
    var offsets = [Int](repeating: 0, count: 1)
    offsets.reserveCapacity(count + 1)
    let text = [UInt8](unsafeUninitializedCapacity: total) { text, initialized in
      var end = 0
      for row in 0..<count {
        let field = fields[row &* stride]
        if !field.isNull, let base = text.baseAddress {
          memcpy(base + end, bytes + Int(field.start), field.byteCount)
          end &+= field.byteCount
        }
        offsets.append(end)
      }
      initialized = total
    }
    let codes = [UInt32](unsafeUninitializedCapacity: count) { codes, initialized in
      for row in 0..<count { codes[row] = UInt32(truncatingIfNeeded: row) }
      initialized = count
    }
    return ColumnValues(
      storage: .text(codes: codes, pool: TextPool(bytes: text, offsets: offsets)),
      validity: nullCount == 0
        ? nil : (0..<count).map { fields[$0 &* stride].isNull ? 0 : 1 })
  }
}

/// Bytes that stay where they are until all are freed at once.
private struct ByteArena: ~Copyable {
  private var chunks: [UnsafeMutablePointer<UInt8>] = []
  private var room = 0
  private var next: UnsafeMutablePointer<UInt8>?

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  mutating func keep(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UnsafePointer<UInt8> {
    if let place = next, count <= room {
      place.update(from: bytes, count: count)
      next = place + count
      room -= count
      return UnsafePointer(place)
    }
    let capacity = max(count, 1 << 16)
    let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    chunks.append(chunk)
    chunk.update(from: bytes, count: count)
    next = chunk + count
    room = capacity - count
    return UnsafePointer(chunk)
  }
}
