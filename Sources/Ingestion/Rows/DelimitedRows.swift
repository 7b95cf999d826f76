internal import CSimdJSON
internal import Glibc

/// The rows of a block of delimited text: where every field ends.
///
/// Rules: a field that starts with a quote ends with one, `""` in it is a quote; elsewhere a quote is
/// a character like others. Rows end with LF or CRLF. Lines without any character are no rows, unless
/// there is only one column.
struct DelimitedRows: ~Copyable {
  private let delimiter: UInt8
  private let columnCount: Int
  private let nullTokens: NullTokens
  /// Positions of the separators, `columnCount` per row.
  private var separators = Scratch<UInt32>()
  private var rowStarts = Scratch<UInt32>()
  private var fields = Scratch<daybook_field>()
  private(set) var rowCount = 0
  private var scratchEnd = 0
  /// Where a row begins that has no end.
  private var openRowStart = 0

  init(delimiter: UInt8, columnCount: Int, nullTokens: NullTokens) {
    self.delimiter = delimiter
    self.columnCount = columnCount
    self.nullTokens = nullTokens
  }

  /// Finds the rows of the block, past its header if it has one. Rows with too few or too many
  /// fields are left out and added to `failures`.
  mutating func index(_ block: Block, hasHeader: Bool, failures: inout [RowFailure]) {
    let bytes = UnsafePointer(block.base)
    let start =
      hasHeader && block.isFirstOfFile ? DelimitedRows.endOfHeader(block, delimiter: delimiter) : 0
    separators.reserve(block.count - start + 1)
    var newlineCount = 0
    var openQuote = 0
    let count = daybook_find_separators(
      bytes, start, block.count, delimiter, true, separators.base, &newlineCount, &openQuote)
    let isOpen = (0..<block.count).contains(openQuote)
    rowStarts.reserve(newlineCount + 1)
    scratchEnd = block.scratchStart
    // Only `newlineCount` separators are newlines: if the last one of each row is, no other one is.
    if !isOpen && count == newlineCount * columnCount
      && hasRegularRows(bytes, start: start, count: newlineCount)
    {
      rowCount = newlineCount
    } else {
      indexIrregular(bytes, start: start, separatorCount: count, failures: &failures)
      if isOpen {
        failures.append(
          RowFailure(
            row: openRowStart..<block.count, reason: "a quote is opened here and never closed",
            value: openQuote..<block.count))
      }
    }
  }

  private mutating func hasRegularRows(
    _ bytes: UnsafePointer<UInt8>, start: Int, count: Int
  ) -> Bool {
    var rowStart = UInt32(truncatingIfNeeded: start)
    let separators = separators.base
    let rowStarts = rowStarts.base
    for row in 0..<count {
      let end = separators[(row &+ 1) &* columnCount &- 1]
      guard bytes[Int(end)] == UInt8(ascii: "\n") else { return false }
      rowStarts[row] = rowStart
      rowStart = end &+ 1
    }
    return true
  }

  private mutating func indexIrregular(
    _ bytes: UnsafePointer<UInt8>, start: Int, separatorCount: Int, failures: inout [RowFailure]
  ) {
    var rowStart = start
    var first = 0
    rowCount = 0
    while first < separatorCount {
      var last = first
      while last < separatorCount && bytes[Int(separators.base[last])] != UInt8(ascii: "\n") {
        last += 1
      }
      guard last < separatorCount else { break }
      let end = Int(separators.base[last])
      let found = last - first + 1
      let isBlank =
        end == rowStart || (end == rowStart + 1 && bytes[rowStart] == UInt8(ascii: "\r"))
      if found == columnCount {
        // Moves towards the front, so a forward copy is right.
        for offset in 0..<found {
          separators.base[rowCount * columnCount + offset] = separators.base[first + offset]
        }
        rowStarts.base[rowCount] = UInt32(rowStart)
        rowCount += 1
      } else if !isBlank {
        failures.append(
          RowFailure(
            row: rowStart..<end,
            reason: "\(found) field\(found == 1 ? "" : "s") where \(columnCount) were expected",
            hint: found > columnCount
              ? "a field that contains the separator or a newline has to stand in quotes" : nil))
      }
      rowStart = end + 1
      first = last + 1
    }
    openRowStart = rowStart
  }

  /// The offset of the first row after the header; blank lines before the header are skipped.
  static func endOfHeader(_ block: Block, delimiter: UInt8) -> Int {
    var start = 0
    while start < block.count && (block.base[start] == 0x0A || block.base[start] == 0x0D) {
      start += 1
    }
    var state = daybook_cut_state()
    let length = daybook_find_cut(
      block.base + start, block.count - start, 0, delimiter, true, &state)
    return length == 0 ? block.count : start + length
  }

  /// The fields of one of the file's columns; valid until the next call. Rows with text after a
  /// closing quote are added to `malformed`.
  mutating func column(
    _ column: Int, _ block: Block, malformed: inout [Int]
  ) -> FieldColumn {
    fields.reserve(rowCount)
    let bytes = UnsafePointer(block.base)
    let fields = fields.base
    let separators = separators.base
    let rowStarts = rowStarts.base
    let isLast = column == columnCount - 1
    for row in 0..<rowCount {
      let index = row &* columnCount &+ column
      var start = column == 0 ? rowStarts[row] : separators[index &- 1] &+ 1
      var end = separators[index]
      if isLast && end > start && bytes[Int(end) &- 1] == UInt8(ascii: "\r") { end &-= 1 }
      var flags: UInt32 = 0
      if end > start && bytes[Int(start)] == UInt8(ascii: "\"") {
        flags = 0x4000_0000
        if !unquote(block, &start, &end) { malformed.append(row) }
      } else if nullTokens.contains(bytes + Int(start), Int(end &- start)) {
        flags = 0x8000_0000
      }
      fields[row] = daybook_field(start: start, length: (end &- start) | flags)
    }
    return FieldColumn(base: fields, stride: 1, count: rowCount)
  }

  /// False when the field does not end with its closing quote.
  private mutating func unquote(_ block: Block, _ start: inout UInt32, _ end: inout UInt32) -> Bool
  {
    let bytes = block.base
    var position = Int(start) + 1
    let limit = Int(end)
    var copied = -1
    let from = position
    while true {
      guard position < limit,
        let quote = memchr(bytes + position, 0x22, limit - position)
      else { return false }
      let found = UnsafePointer(quote.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(bytes)
      if found + 1 == limit {
        if copied < 0 {
          start = UInt32(from)
          end = UInt32(found)
        } else {
          memmove(bytes + scratchEnd, bytes + position, found - position)
          scratchEnd += found - position
          start = UInt32(copied)
          end = UInt32(scratchEnd)
        }
        return true
      }
      guard bytes[found + 1] == 0x22 else { return false }
      if copied < 0 { copied = scratchEnd }
      // Up to and with the first of the two quotes.
      memmove(bytes + scratchEnd, bytes + position, found + 1 - position)
      scratchEnd += found + 1 - position
      position = found + 2
    }
  }

  func row(_ row: Int) -> Range<Int> {
    Int(rowStarts.base[row])..<Int(separators.base[(row + 1) * columnCount - 1])
  }

  /// The field as it stands in the file.
  func rawField(_ row: Int, _ column: Int) -> Range<Int> {
    let index = row * columnCount + column
    let start = column == 0 ? Int(rowStarts.base[row]) : Int(separators.base[index - 1]) + 1
    return start..<Int(separators.base[index])
  }

  /// Takes rows out; `rows` ascend.
  mutating func remove(_ rows: [Int], _ block: Block) {
    var removed = rows[...]
    var kept = 0
    for row in 0..<rowCount {
      if removed.first == row {
        removed.removeFirst()
        continue
      }
      rowStarts.base[kept] = rowStarts.base[row]
      for column in 0..<columnCount {
        separators.base[kept * columnCount + column] = separators.base[row * columnCount + column]
      }
      kept += 1
    }
    rowCount = kept
    // The columns are decoded once more.
    scratchEnd = block.scratchStart
  }
}

/// The texts that mean null.
final class NullTokens: Sendable {
  private let tokens: [[UInt8]]
  /// Bit n: a token has n bytes; bit 63 for 63 and more.
  private let lengths: UInt64

  init(_ tokens: Set<String>) {
    self.tokens = tokens.map { Array($0.utf8) }.sorted { $0.count < $1.count }
    lengths = self.tokens.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
  }

  @inline(__always)
  func contains(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard (lengths &>> UInt64(min(count, 63))) & 1 != 0 else { return false }
    return count == 0 || isListed(text, count)
  }

  @inline(never)
  private func isListed(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    tokens.contains { $0.count == count && memcmp($0, text, count) == 0 }
  }
}
