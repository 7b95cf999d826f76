import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions whose result is a part of the string.
enum SubstringKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    let location = site.location
    let function = site.function
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        switch function {
        case .substring: try substring(text, arguments, rows, location)
        case .left:
          try slices(text, arguments, rows) { text, count in
            let end = count >= 0 ? count : Characters.count(text) + count
            return 0..<Characters.offset(text, character: end)
          }
        case .right:
          try slices(text, arguments, rows) { text, count in
            let start = count >= 0 ? Characters.count(text) - count : -count
            return Characters.offset(text, character: start)..<text.count
          }
        case .splitPart: try splitPart(text, arguments, rows, location)
        default: try trim(text, arguments, rows, function)
        }
      }
    }
  }

  private static func slices(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows,
    _ slice: (UnsafeBufferPointer<UInt8>, Int) -> Range<Int>
  ) throws(QueryError) -> Vector {
    let numbers = arguments[1].integerRows
    return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
      let bytes = text[row]
      builder.write(UnsafeBufferPointer(rebasing: bytes[slice(bytes, bounded(numbers[row]))]))
    }
  }

  /// Far beyond any string, and far from overflow.
  static func bounded(_ number: Int64) -> Int {
    Int(min(max(number, -1 << 40), 1 << 40))
  }

  private static func substring(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let starts = arguments[1].integerRows
    let counts = arguments.count > 2 ? arguments[2].integerRows : nil
    return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
      let bytes = text[row]
      // Positions before the first count too: substring('abc', -1, 3) is 'a'.
      let start = bounded(starts[row]) - 1
      var end = Int.max
      if let counts {
        guard counts[row] >= 0 else {
          throw QueryError(
            .invalidArgument, "negative substring length not allowed", at: location)
        }
        end = start + bounded(counts[row])
      }
      let from = Characters.offset(bytes, character: start)
      let upTo = Characters.offset(bytes, character: end)
      if from < upTo { builder.write(UnsafeBufferPointer(rebasing: bytes[from..<upTo])) }
    }
  }

  private static func splitPart(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let numbers = arguments[2].integerRows
    return try TextRows.withRows(of: arguments[1]) { (separators) throws(QueryError) in
      try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        guard numbers[row] != 0 else {
          throw QueryError(
            .invalidParameter, "field position must not be zero", at: location)
        }
        let bytes = text[row]
        if let range = part(bytes, separators[row], bounded(numbers[row])) {
          builder.write(UnsafeBufferPointer(rebasing: bytes[range]))
        }
      }
    }
  }

  /// Part `number` between separators, counted from 1, or from the end by -1.
  private static func part(
    _ text: UnsafeBufferPointer<UInt8>, _ separator: UnsafeBufferPointer<UInt8>, _ number: Int
  ) -> Range<Int>? {
    if separator.isEmpty { return number == 1 || number == -1 ? 0..<text.count : nil }
    var wanted = number
    if number < 0 {
      var count = 1
      var start = 0
      while let found = firstIndex(of: separator, in: text, from: start) {
        count += 1
        start = found + separator.count
      }
      wanted = count + number + 1
      if wanted < 1 { return nil }
    }
    var start = 0
    while let found = firstIndex(of: separator, in: text, from: start) {
      wanted -= 1
      if wanted == 0 { return start..<found }
      start = found + separator.count
    }
    return wanted == 1 ? start..<text.count : nil
  }

  private static func trim(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, _ function: ScalarFunction
  ) throws(QueryError) -> Vector {
    let spaces = Vector(constant: .text(" "), type: .text, count: rows.count)
    let fromLeft = function != .trimRight
    let fromRight = function != .trimLeft
    let setVector = arguments.count > 1 ? arguments[1] : spaces
    return try TextRows.withRows(of: setVector) { (sets) throws(QueryError) in
      var set = CharacterTable()
      var isKnown = false
      var work = WorkCounter()
      return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        if !isKnown || !setVector.isConstant {
          try work.add(sets[row].count)
          set = CharacterTable(sets[row])
          isKnown = true
        }
        let bytes = text[row]
        try work.add(bytes.count)
        var start = 0
        var end = bytes.count
        while fromLeft, start < end {
          let length = Characters.length(bytes, at: start)
          guard set.contains(bytes, start..<start + length) else { break }
          start += length
        }
        while fromRight, start < end {
          var last = end - 1
          while last > start, bytes[last] & 0xC0 == 0x80 { last -= 1 }
          guard set.contains(bytes, last..<end) else { break }
          end = last
        }
        builder.write(UnsafeBufferPointer(rebasing: bytes[start..<end]))
      }
    }
  }
}

/// The characters of a text, to look others up in: a bit each for those of ASCII.
private struct CharacterTable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// The bytes of each longer character, as one number.
  private var others: Set<UInt32> = []

  init() {}

  init(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < text.count {
      let byte = text[start]
      let length = Characters.length(text, at: start)
      if byte < 0x40 {
        low |= 1 &<< UInt64(byte)
      } else if byte < 0x80 {
        high |= 1 &<< UInt64(byte &- 0x40)
      } else {
        others.insert(Self.number(text, start..<start + length))
      }
      start += length
    }
  }

  @inline(__always)
  func contains(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let byte = text[range.lowerBound]
    if byte < 0x40 { return low &>> UInt64(byte) & 1 != 0 }
    if byte < 0x80 { return high &>> UInt64(byte &- 0x40) & 1 != 0 }
    return !others.isEmpty && others.contains(Self.number(text, range))
  }

  /// A character has at most four bytes.
  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt32 {
    range.reduce(0) { $0 &<< 8 | UInt32(text[$1]) }
  }
}
