internal import CXXHash
internal import Glibc

/// The writer's half of a dictionary: the hash table from text to code, and the memory in which
/// texts are laid down.
///
/// Open addressing with linear probing. A slot is 0 or (hash bits 32...63, code + 1), so that a
/// probe touches an entry only if 32 bits of the hash agree already.
struct DictionaryIndex {
  private(set) var count = 0
  private(set) var textByteCount = 0
  private var slots: UnsafeMutablePointer<UInt64>?
  private var slotMask = -1
  /// Every block of text ever allocated.
  private var blocks: [UnsafeMutableRawPointer] = []
  private var blockByteCount = 0
  /// The rest of the newest block.
  private var free: UnsafeMutableRawPointer?
  private var freeByteCount = 0
  private var nextBlockSize = 1024
  /// Where the text of every erased entry is: an address that no other text has.
  private var erasedText: UnsafeMutableRawPointer?

  private static let largestBlock = 1 << 20
  /// Longer texts get a block of their own rather than ending a shared one early.
  private static let longText = 1 << 14

  typealias Pages = UnsafeMutablePointer<UnsafeMutablePointer<DictionaryEntry>?>

  var byteCount: Int {
    (slotMask + 1) * 8 + count * MemoryLayout<DictionaryEntry>.stride + blockByteCount
  }

  func deallocate() {
    slots?.deallocate()
    for block in blocks { block.deallocate() }
  }

  private var erasedLocation: UInt64? { erasedText.map { UInt64(UInt(bitPattern: $0)) } }

  func isErased(_ code: UInt32, pages: Pages) -> Bool {
    DictionaryPage.entry(code, pages).pointee.location == erasedLocation
  }

  /// Adds an entry that no text finds: it takes the place of one that was erased.
  mutating func appendErased(pages: Pages) {
    precondition(count < TextDictionary.maximumCount, "a dictionary holds 2^32 - 129 texts")
    let text = erasedText ?? allocateBlock(1)
    erasedText = text
    let code = UInt32(count)
    makePage(of: code, pages)
    DictionaryPage.entry(code, pages).initialize(
      to: DictionaryEntry(location: UInt64(UInt(bitPattern: text)), hash: 0))
    count += 1
  }

  func find(_ text: UnsafeBufferPointer<UInt8>, hash: UInt64, pages: Pages) -> UInt32? {
    guard let slots else { return nil }
    var slot = Int(truncatingIfNeeded: hash) & slotMask
    while slots[slot] != 0 {
      if slots[slot] &>> 32 == hash &>> 32 {
        let code = UInt32(truncatingIfNeeded: slots[slot]) &- 1
        let entry = DictionaryPage.entry(code, pages).pointee
        if entry.hash == hash, isEqual(entry.text, text) { return code }
      }
      slot = (slot &+ 1) & slotMask
    }
    return nil
  }

  mutating func insert(
    _ text: UnsafeBufferPointer<UInt8>, hash: UInt64, pages: Pages
  ) -> UInt32 {
    if let code = find(text, hash: hash, pages: pages) { return code }
    if (count + 1) * 8 > (slotMask + 1) * 7 { growSlots(to: max(64, (slotMask + 1) * 2), pages) }
    precondition(count < TextDictionary.maximumCount, "a dictionary holds 2^32 - 129 texts")
    let code = UInt32(count)
    let entry = DictionaryEntry(location: layDown(text), hash: hash)
    makePage(of: code, pages)
    DictionaryPage.entry(code, pages).initialize(to: entry)
    count += 1
    textByteCount += text.count
    setSlot(code, hash)
    return code
  }

  /// Gives `codes[e]` the code of the pool's entry `e`, for each of `entries`.
  mutating func insert(
    _ entries: [UInt32], of pool: TextPool, into codes: inout [UInt32], pages: Pages
  ) {
    pool.bytes.withUnsafeBufferPointer { bytes in
      pool.offsets.withUnsafeBufferPointer { offsets in
        for entry in entries {
          let range = offsets[Int(entry)]..<offsets[Int(entry) + 1]
          let text = UnsafeBufferPointer(rebasing: bytes[range])
          let hash = XXH3_64bits(text.baseAddress, text.count)
          codes[Int(entry)] = insert(text, hash: hash, pages: pages)
        }
      }
    }
  }

  /// Adds texts that follow each other in `bytes`; returns how many, up to one that occurs already or
  /// has more bytes than are left.
  ///
  /// A slot is a cache miss in a large table: those of some texts are asked for at once.
  mutating func insert(
    _ count: Int, of bytes: UnsafeBufferPointer<UInt8>, length: (Int) -> UInt64, pages: Pages
  ) -> Int {
    reserve(self.count + count, pages: pages)
    var start = 0
    var done = 0
    let step = 16
    return withUnsafeTemporaryAllocation(
      of: (text: UnsafeBufferPointer<UInt8>, hash: UInt64).self, capacity: step
    ) { ahead in
      while done < count {
        var found = 0
        var touched: UInt64 = 0
        while found < min(step, count - done) {
          let length = length(done + found)
          guard length <= UInt64(bytes.count - start) else { break }
          let text = UnsafeBufferPointer(rebasing: bytes[start..<start + Int(length)])
          let hash = XXH3_64bits(text.baseAddress, text.count)
          ahead.initializeElement(at: found, to: (text, hash))
          if let slots { touched |= slots[Int(truncatingIfNeeded: hash) & slotMask] }
          start += Int(length)
          found += 1
        }
        // No slot is that: it keeps the loads above.
        if found == 0 || touched == .max || self.count + found > TextDictionary.maximumCount {
          return done
        }
        for place in 0..<found {
          let before = self.count
          _ = insert(ahead[place].text, hash: ahead[place].hash, pages: pages)
          guard self.count > before else { return done }
          done += 1
        }
      }
      return done
    }
  }

  mutating func reserve(_ entries: Int, pages: Pages) {
    var size = max(64, slotMask + 1)
    while entries * 8 > size * 7 { size *= 2 }
    if size > slotMask + 1 { growSlots(to: size, pages) }
  }

  private func isEqual(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let left = left.baseAddress, let base = right.baseAddress else { return true }
    return memcmp(left, base, right.count) == 0
  }

  private func setSlot(_ code: UInt32, _ hash: UInt64) {
    guard let slots else { return }
    var slot = Int(truncatingIfNeeded: hash) & slotMask
    while slots[slot] != 0 { slot = (slot &+ 1) & slotMask }
    slots[slot] = (hash &>> 32) &<< 32 | UInt64(code &+ 1)
  }

  private mutating func growSlots(to size: Int, _ pages: Pages) {
    slots?.deallocate()
    let grown = UnsafeMutablePointer<UInt64>.allocate(capacity: size)
    grown.initialize(repeating: 0, count: size)
    slots = grown
    slotMask = size - 1
    for code in 0..<UInt32(count) where !isErased(code, pages: pages) {
      setSlot(code, DictionaryPage.entry(code, pages).pointee.hash)
    }
  }

  private func makePage(of code: UInt32, _ pages: Pages) {
    let page = 25 - (code + 64).leadingZeroBitCount
    if pages[page] == nil { pages[page] = .allocate(capacity: DictionaryPage.firstSize << page) }
  }

  /// Copies a text to where it stays, and returns its packed location.
  private mutating func layDown(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let hasHeader = text.count >= 0xFFFF
    let size = text.count + (hasHeader ? 8 : 0)
    var target: UnsafeMutableRawPointer
    if text.count >= Self.longText {
      target = allocateBlock(size)
    } else {
      if free == nil || freeByteCount < size {
        free = allocateBlock(max(nextBlockSize, size))
        freeByteCount = max(nextBlockSize, size)
        nextBlockSize = min(nextBlockSize * 2, Self.largestBlock)
      }
      guard let start = free else { preconditionFailure("a block was just made") }
      target = start
      free = start + size
      freeByteCount -= size
    }
    if hasHeader {
      target.storeBytes(of: text.count, as: Int.self)
      target += 8
    }
    if let source = text.baseAddress { target.copyMemory(from: source, byteCount: text.count) }
    let address = UInt64(UInt(bitPattern: target))
    precondition(address >> 48 == 0, "an address needs more than 48 bits")
    return address | UInt64(min(text.count, 0xFFFF)) << 48
  }

  private mutating func allocateBlock(_ size: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 8)
    blocks.append(block)
    blockByteCount += size
    return block
  }
}
