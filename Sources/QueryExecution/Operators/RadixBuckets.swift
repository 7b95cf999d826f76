import QueryLanguage

/// Rows with a word each, and room for as many, between which a radix sort moves them.
///
/// Sound to share because tasks touch ranges that do not overlap.
final class RadixBuckets: @unchecked Sendable {
  struct Element {
    var word: UInt64
    var row: UInt32
  }

  private let count: Int
  private let context: QueryContext?
  /// In order, between calls.
  private let elements: UnsafeMutablePointer<Element>
  private let spare: UnsafeMutablePointer<Element>

  /// A digit's counts fit into the first cache, and the ends of its runs into the second.
  private static let digitBits = 11
  /// Few rows are sorted by shorter digits, whose counts are no more than they are.
  private static let shortDigitBits = 8
  /// Fewer rows are sorted without buckets.
  private static let leastDealtCount = 1 << 17
  /// Dealt into buckets by one task, or sorted between looks at the limits of the query.
  private static let blockSize = 1 << 18
  /// Insertion is sooner done than a digit.
  private static let mostInsertedCount = 32

  init(count: Int, context: QueryContext?) {
    self.count = count
    self.context = context
    elements = .allocate(capacity: max(count, 1))
    spare = .allocate(capacity: max(count, 1))
    for row in 0..<count {
      (elements + row).initialize(
        to: Element(word: 0, row: UInt32(truncatingIfNeeded: row)))
    }
  }

  deinit {
    elements.deallocate()
    spare.deallocate()
  }

  var rows: [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for place in 0..<count { buffer[place] = elements[place].row }
      initialized = count
    }
  }

  var words: [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      for place in 0..<count { buffer[place] = elements[place].word }
      initialized = count
    }
  }

  /// Puts a column into the words, from bit `shift` on.
  func fill(
    _ column: [UInt64], least: UInt64, shift: Int, isFirst: Bool
  ) throws(QueryError) {
    precondition(column.count == count, "a column is as long as the others")
    for start in stride(from: 0, to: count, by: Self.blockSize) {
      try QueryScope.check()
      fill(
        start..<min(start + Self.blockSize, count), column, least, UInt64(shift), isFirst: isFirst)
    }
  }

  private func fill(
    _ range: Range<Int>, _ column: [UInt64], _ least: UInt64, _ shift: UInt64, isFirst: Bool
  ) {
    column.withUnsafeBufferPointer { column in
      if isFirst {
        for place in range {
          elements[place].word = (column[Int(elements[place].row)] &- least) &<< shift
        }
      } else {
        for place in range {
          elements[place].word |= (column[Int(elements[place].row)] &- least) &<< shift
        }
      }
    }
  }

  /// By the low `bitCount` bits of the words, which are all that there are.
  func sort(bitCount: Int) throws(QueryError) {
    guard count >= Self.leastDealtCount, bitCount > Self.digitBits else {
      return try sort(elements, 0..<count, bitCount: bitCount, isSpare: false)
    }
    let shift = bitCount - Self.digitBits
    let ends = try deal(shift: UInt64(shift))
    try run(ends.count) { (bucket) throws(QueryError) in
      let range = (bucket == 0 ? 0 : ends[bucket - 1])..<ends[bucket]
      try self.sort(self.spare, range, bitCount: shift, isSpare: true)
    }
  }

  private func run(
    _ taskCount: Int, _ body: @Sendable (Int) throws(QueryError) -> Void
  ) throws(QueryError) {
    if let context { return try context.run(taskCount: taskCount, body) }
    for task in 0..<taskCount { try body(task) }
  }

  /// Moves elements to `spare`, by their greatest digit; returns where those of each digit end.
  private func deal(shift: UInt64) throws(QueryError) -> [Int] {
    let digitCount = 1 << Self.digitBits
    let blockCount = (count + Self.blockSize - 1) / Self.blockSize
    let table = DigitTable(count: blockCount * digitCount)
    try run(blockCount) { (block) throws(QueryError) in
      let places = table.counts + block * digitCount
      for place in self.block(block) { places[Int(self.elements[place].word &>> shift)] += 1 }
    }
    var place = 0
    var ends: [Int] = []
    for digit in 0..<digitCount {
      for block in 0..<blockCount {
        let index = block * digitCount + digit
        (table.counts[index], place) = (place, place + table.counts[index])
      }
      ends.append(place)
    }
    try run(blockCount) { (block) throws(QueryError) in
      let places = table.counts + block * digitCount
      for place in self.block(block) {
        let element = self.elements[place]
        let digit = Int(element.word &>> shift)
        self.spare[places[digit]] = element
        places[digit] += 1
      }
    }
    return ends
  }

  private func block(_ index: Int) -> Range<Int> {
    index * Self.blockSize..<min((index + 1) * Self.blockSize, count)
  }

  /// Sorts a range of `start` so that it is in `elements`, from the least digit on.
  private func sort(
    _ start: UnsafeMutablePointer<Element>, _ range: Range<Int>, bitCount: Int, isSpare: Bool
  ) throws(QueryError) {
    var source = start + range.lowerBound
    var target = (isSpare ? elements : spare) + range.lowerBound
    let home = elements + range.lowerBound
    let count = range.count
    if count > Self.mostInsertedCount {
      let longest = count < 1 << Self.digitBits ? Self.shortDigitBits : Self.digitBits
      let digitCount = (bitCount + longest - 1) / longest
      let width = digitCount == 0 ? 0 : (bitCount + digitCount - 1) / digitCount
      let table = DigitTable(count: 1 << width)
      for digit in 0..<digitCount {
        let isMoved = try Self.move(
          source, target, count, table, shift: UInt64(digit * width), width: width)
        if isMoved { swap(&source, &target) }
      }
    }
    if source != home { home.update(from: source, count: count) }
    if count <= Self.mostInsertedCount { Self.insert(home, count) }
  }

  /// False if the digit is the same everywhere, and nothing was moved.
  private static func move(
    _ source: UnsafeMutablePointer<Element>, _ target: UnsafeMutablePointer<Element>,
    _ count: Int, _ table: DigitTable, shift: UInt64, width: Int
  ) throws(QueryError) -> Bool {
    let mask = UInt64(1 << width) - 1
    let places = table.counts
    places.update(repeating: 0, count: table.count)
    for index in 0..<count { places[Int((source[index].word &>> shift) & mask)] += 1 }
    if places[Int((source[0].word &>> shift) & mask)] == count { return false }
    var place = 0
    for digit in 0..<table.count { (places[digit], place) = (place, place + places[digit]) }
    for start in stride(from: 0, to: count, by: blockSize) {
      try QueryScope.check()
      for index in start..<min(start + blockSize, count) {
        let element = source[index]
        let digit = Int((element.word &>> shift) & mask)
        target[places[digit]] = element
        places[digit] &+= 1
      }
    }
    return true
  }

  private static func insert(_ elements: UnsafeMutablePointer<Element>, _ count: Int) {
    guard count > 1 else { return }
    for index in 1..<count {
      let element = elements[index]
      var place = index
      while place > 0, elements[place - 1].word > element.word {
        elements[place] = elements[place - 1]
        place -= 1
      }
      elements[place] = element
    }
  }
}

/// How often digits occur, then where the next element of each goes.
private final class DigitTable: @unchecked Sendable {
  let counts: UnsafeMutablePointer<Int>
  let count: Int

  init(count: Int) {
    self.count = count
    counts = .allocate(capacity: count)
    counts.initialize(repeating: 0, count: count)
  }

  deinit { counts.deallocate() }
}
