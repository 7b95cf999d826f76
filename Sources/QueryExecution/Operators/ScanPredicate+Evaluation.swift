import CKernels
import ColumnStore
import QueryLanguage

extension ScanPredicate {
  /// What a segment's bounds say about its rows.
  enum Verdict {
    /// No row passes.
    case none
    /// Every row passes.
    case all
    case some
  }

  func verdict(_ segment: Segment) throws(QueryError) -> Verdict {
    switch self {
    case .integers(let column, let range):
      guard let range else { return .none }
      return segment.chunks[column].verdict(range)
    case .doubles(let column, let range):
      let chunk = segment.chunks[column]
      guard case .doubles(let bounds)? = chunk.zone.bounds, !chunk.zone.isUnbounded else {
        return chunk.isNullThroughout ? .none : .some
      }
      if !bounds.overlaps(range) { return .none }
      return chunk.zone.nullCount == 0 && range.contains(bounds.lowerBound)
        && range.contains(bounds.upperBound) ? .all : .some
    case .text(let column, let match):
      let chunk = segment.chunks[column]
      if chunk.isNullThroughout { return .none }
      guard let dictionary = chunk.dictionary else { return .some }
      return match.codes.contains { dictionary.chunkCode(of: $0) != nil } ? .some : .none
    case .isNull(let column):
      let chunk = segment.chunks[column]
      if chunk.isNullThroughout { return .all }
      return chunk.zone.nullCount == 0 ? .none : .some
    case .isNotNull(let column):
      let chunk = segment.chunks[column]
      if chunk.isNullThroughout { return .none }
      return chunk.zone.nullCount == 0 ? .all : .some
    case .monotonic(let inner, let range, _):
      guard let column = inner.columns.first,
        case .integers(let bounds)? = segment.chunks[column].zone.bounds
      else { return .some }
      let chunk = segment.chunks[column]
      let absent = Vector(constant: .null, type: .null, count: 2)
      var columns = Array(repeating: absent, count: column + 1)
      columns[column] = Vector(
        type: chunk.type, count: 2, storage: .integers([bounds.lowerBound, bounds.upperBound]))
      let ends = try inner.evaluate(Batch(rowCount: 2, columns: columns))
      guard let low = ends.value(at: 0).integer, let high = ends.value(at: 1).integer else {
        return .some
      }
      if high < range.lowerBound || low > range.upperBound { return .none }
      let isWithin = range.contains(low) && range.contains(high)
      return isWithin && chunk.zone.nullCount == 0 ? .all : .some
    case .general:
      return .some
    case .members(let membership):
      return membership.verdict(segment)
    }
  }

  /// The rows that pass, without decoding them; `nil` when rows must be looked at one by one.
  func mask(_ segment: ScannedSegment) throws(QueryError) -> SelectionBitmap? {
    let count = segment.rowCount
    switch self {
    case .integers(let column, let range):
      return range.flatMap { range in
        segment.chunk(column).mask { $0.integerMask(range) }
      }
    case .doubles(let column, let range):
      return segment.chunk(column).mask { $0.mask(range) }
    case .text(let column, let match):
      return segment.chunk(column).mask { $0.textMask(match.codes) }
    case .isNull(let column):
      guard let validity = segment.stored(column).validity else { return nil }
      return SelectionBitmap(count: count) { words in
        for word in 0..<validity.wordCount { words[word] = ~validity.words.base[word] }
        if count % 64 != 0 { words[count / 64] &= (1 << UInt64(count % 64)) - 1 }
      }
    case .isNotNull(let column):
      guard let validity = segment.stored(column).validity else { return nil }
      return SelectionBitmap(count: count) {
        $0.update(from: validity.words.base, count: validity.wordCount)
      }
    case .monotonic(_, _, let whole):
      return try whole.liftedMask(segment)
    case .general(let expression, let domainTable):
      return try expression.mask(segment, domainTable)
    case .members(let membership):
      return membership.mask(segment)
    }
  }

  /// Indices into the view of the rows that pass, ascending.
  func rows(_ view: BatchView) throws(QueryError) -> [UInt32] {
    switch self {
    case .integers(let column, let range):
      guard let range else { return [] }
      return view.vector(column).rows(in: range)
    case .doubles(let column, let range):
      return view.vector(column).rows(in: range)
    case .text(_, let match):
      return try view.rows(where: match.expression)
    case .isNull(let column):
      return view.vector(column).rows(areNull: true)
    case .isNotNull(let column):
      return view.vector(column).rows(areNull: false)
    case .monotonic(_, _, let whole):
      return try view.rows(where: whole)
    case .general(let expression, _):
      return try view.rows(where: expression)
    case .members(let membership):
      return membership.rows(view)
    }
  }
}

extension CompiledExpression {
  /// Decides a predicate of one column by value instead of by row.
  fileprivate func liftedMask(_ segment: ScannedSegment) throws(QueryError) -> SelectionBitmap? {
    guard !mayFail, columns.count == 1 else { return nil }
    let view = BatchView(segment: segment, positions: nil)
    switch try view.lift(self) {
    case .coded(let coded):
      return coded.mask(rowCount: segment.rowCount)
    case .constant(let value, _):
      let isTrue = value == .boolean(true)
      return SelectionBitmap(count: segment.rowCount) { words in
        let bytes = [UInt8](repeating: isTrue ? 1 : 0, count: segment.rowCount)
        bytes.withUnsafeBufferPointer {
          if let base = $0.baseAddress { daybook_bytes_to_bitmap(base, $0.count, words) }
        }
      }
    case .plain:
      return nil
    }
  }

  fileprivate func mask(
    _ segment: ScannedSegment, _ domainTable: DomainTable
  ) throws(QueryError) -> SelectionBitmap? {
    guard !mayFail else { return nil }
    guard columns.count == 1, let column = columns.first else {
      return try BatchView(segment: segment, positions: nil).mask(self)
    }
    let chunk = segment.stored(column)
    if chunk.validity == nil, let dictionary = chunk.dictionary,
      let meaning = dictionary.domainCodes, dictionary.count > 256,
      case .dictionary(_, let packed) = segment.chunk(column).encoding
    {
      let verdicts = try domainTable.verdicts(over: dictionary.domain) {
        view throws(QueryError) in
        let absent = Vector(constant: .null, type: .null, count: view.count)
        var columns = Array(repeating: absent, count: column + 1)
        columns[column] = Vector(
          type: chunk.type, count: view.count,
          storage: .text(codes: ascendingCodes(view.count), .dictionary(view)))
        return try evaluate(Batch(rowCount: view.count, columns: columns)).trueBytes
      }
      if let verdicts {
        var table = [UInt8](repeating: 0, count: packed.tableSize(atLeast: dictionary.count))
        for code in 0..<dictionary.count { table[code] = verdicts[Int(meaning.base[code])] }
        return packed.lookup(table, count: segment.rowCount)
      }
    }
    return try liftedMask(segment)
  }
}

extension CodedVector {
  /// Which rows of a whole segment have the value true; `nil` when nulls are true too, or codes are
  /// too wide for a table.
  func mask(rowCount: Int) -> SelectionBitmap? {
    let verdicts = values.trueBytes
    if validity != nil, verdicts[entryCount] != 0 { return nil }
    if let runs = runs(of: verdicts[..<entryCount]) {
      if let sparse {
        return codes.mask(in: runs, count: sparse.values.rowCount)?.spread(over: sparse)
      }
      if var mask = codes.mask(in: runs, count: rowCount) {
        mask.formIntersection(validity)
        return mask
      }
    }
    var table = [UInt8](repeating: 0, count: codes.tableSize(atLeast: entryCount))
    for entry in 0..<entryCount { table[entry] = verdicts[entry] }
    if let sparse {
      return codes.lookup(table, count: sparse.values.rowCount)?.spread(over: sparse)
    }
    guard var mask = codes.lookup(table, count: rowCount) else { return nil }
    mask.formIntersection(validity)
    return mask
  }
}

extension Chunk {
  var isNullThroughout: Bool {
    if case .constant(.null) = encoding { true } else { zone.nullCount == rowCount }
  }

  fileprivate func verdict(_ range: ClosedRange<Int64>) -> ScanPredicate.Verdict {
    guard case .integers(let bounds)? = zone.bounds else {
      return isNullThroughout ? .none : .some
    }
    if !bounds.overlaps(range) { return .none }
    let isWithin = range.contains(bounds.lowerBound) && range.contains(bounds.upperBound)
    return isWithin && zone.nullCount == 0 ? .all : .some
  }

  /// The rows that pass a test of values which no null passes.
  fileprivate func mask(_ test: (Chunk) -> SelectionBitmap?) -> SelectionBitmap? {
    if case .sparse(let sparse) = encoding { return test(sparse.values)?.spread(over: sparse) }
    return test(self)
  }

  fileprivate func integerMask(_ range: ClosedRange<Int64>) -> SelectionBitmap? {
    guard case .frameOfReference(let base, let packed) = encoding else { return nil }
    return masked(packed.between(base, range, count: rowCount))
  }

  /// Text with one of some codes of the domain.
  fileprivate func textMask(_ codes: [UInt32]) -> SelectionBitmap? {
    guard case .dictionary(let dictionary, let packed) = encoding else { return nil }
    let codes = codes.compactMap { dictionary.chunkCode(of: $0) }
    if codes.count == 1 {
      let code = Int64(codes[0])
      return masked(packed.between(0, code...code, count: rowCount))
    }
    if codes.count <= 4 {
      return packed.mask(in: codes.map { UInt64($0)...UInt64($0) }, count: rowCount).map(masked)
    }
    var table = [UInt8](repeating: 0, count: packed.tableSize(atLeast: dictionary.count))
    for code in codes { table[Int(code)] = 1 }
    return packed.lookup(table, count: rowCount).map(masked)
  }

  fileprivate func masked(_ mask: SelectionBitmap) -> SelectionBitmap {
    guard let validity else { return mask }
    var mask = mask
    mask.formIntersection(validity)
    return mask
  }

  fileprivate func mask(_ range: ClosedRange<Double>) -> SelectionBitmap? {
    guard !zone.isUnbounded else { return nil }
    switch encoding {
    case .doubles(let values):
      return masked(
        SelectionBitmap(count: rowCount) {
          daybook_between_double(values.base, rowCount, range.lowerBound, range.upperBound, $0)
        })
    case .decimal(let exponent, let base, let packed):
      // The doubles rise with the deltas, so that bounds in doubles are bounds in deltas.
      let divisor = powersOfTen[exponent]
      func value(_ delta: UInt64) -> Double {
        Double(base &+ Int64(truncatingIfNeeded: delta)) / divisor
      }
      guard case .doubles(let bounds)? = zone.bounds else { return nil }
      let span = UInt64(clamping: Int64(((bounds.upperBound * divisor).rounded())) &- base)
      let low = firstDelta(upTo: span) { value($0) >= range.lowerBound }
      let high = firstDelta(upTo: span) { value($0) > range.upperBound }
      guard low < high else {
        return SelectionBitmap(count: rowCount) {
          $0.update(repeating: 0, count: (rowCount + 63) / 64)
        }
      }
      return masked(packed.between(low...(high - 1), count: rowCount))
    default:
      return nil
    }
  }
}

/// The least delta for which a rising condition holds; `span + 1` when there is none.
private func firstDelta(upTo span: UInt64, where holds: (UInt64) -> Bool) -> UInt64 {
  var low: UInt64 = 0
  var high = span &+ 1
  while low < high {
    let middle = low + (high - low) / 2
    if holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}

extension ChunkDictionary {
  /// The chunk's code for a code of the domain, if it has it.
  func chunkCode(of code: UInt32) -> UInt32? {
    guard let domainCodes else { return Int(code) < count ? code : nil }
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if domainCodes.base[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < count && domainCodes.base[low] == code ? UInt32(low) : nil
  }
}

extension PackedIntegers {
  /// base + delta within `range`.
  func between(_ base: Int64, _ range: ClosedRange<Int64>, count: Int) -> SelectionBitmap {
    if case .bytes8(let deltas) = self {
      // A tail's integers are deltas from 0 that wrap round: only their sums have an order.
      return SelectionBitmap(count: count) {
        daybook_between_i64(deltas.base, count, base, range.lowerBound, range.upperBound, $0)
      }
    }
    // In unsigned distance from the base: what lies below it is cut off, so is what is too far.
    let isBelow = range.upperBound < base
    let low = range.lowerBound <= base ? 0 : UInt64(bitPattern: range.lowerBound &- base)
    let high = isBelow ? 0 : UInt64(bitPattern: range.upperBound &- base)
    guard !isBelow else {
      return SelectionBitmap(count: count) { $0.update(repeating: 0, count: (count + 63) / 64) }
    }
    return between(low...high, count: count)
  }

  /// Codes or deltas of up to four bytes within `range`.
  func between(_ range: ClosedRange<UInt64>, count: Int) -> SelectionBitmap {
    precondition(width < 8, "eight bytes are compared with their base")
    let most: UInt64 = (1 << UInt64(8 * width)) - 1
    return SelectionBitmap(count: count) { words in
      guard range.lowerBound <= most else {
        words.update(repeating: 0, count: (count + 63) / 64)
        return
      }
      let low = range.lowerBound
      let high = min(range.upperBound, most)
      switch self {
      case .bytes1(let deltas):
        daybook_between_u8(deltas.base, count, UInt8(low), UInt8(high), words)
      case .bytes2(let deltas):
        daybook_between_u16(deltas.base, count, UInt16(low), UInt16(high), words)
      case .bytes4(let deltas):
        daybook_between_u32(deltas.base, count, UInt32(low), UInt32(high), words)
      case .bytes8: break
      }
    }
  }

  /// How many entries a table needs so that any stored code is a valid index.
  func tableSize(atLeast count: Int) -> Int {
    switch self {
    case .bytes1: 256
    case .bytes2: 65_536
    case .bytes4, .bytes8: count + 1
    }
  }

  /// table[code] != 0; `nil` for codes of eight bytes.
  func lookup(_ table: [UInt8], count: Int) -> SelectionBitmap? {
    if case .bytes8 = self { return nil }
    return table.withUnsafeBufferPointer { table in
      SelectionBitmap(count: count) { words in
        guard let table = table.baseAddress else { return }
        switch self {
        case .bytes1(let codes): daybook_lookup_u8(codes.base, count, table, words)
        case .bytes2(let codes): daybook_lookup_u16(codes.base, count, table, words)
        case .bytes4(let codes): daybook_lookup_u32(codes.base, count, table, words)
        case .bytes8: break
        }
      }
    }
  }

  /// The rows whose codes lie in one of a few runs: comparisons, which take no table.
  func mask(in runs: [ClosedRange<UInt64>], count: Int) -> SelectionBitmap? {
    if case .bytes8 = self { return nil }
    guard let first = runs.first else { return SelectionBitmap(count: count, isSet: false) }
    var mask = between(first, count: count)
    for run in runs.dropFirst() { mask.formUnion(between(run, count: count)) }
    return mask
  }
}

/// Codes that pass, where they lie side by side in a few runs: so many comparisons take no longer than a look
/// into a table for each row.
private func runs(of verdicts: ArraySlice<UInt8>) -> [ClosedRange<UInt64>]? {
  let mostRuns = 4
  guard verdicts.count <= 4_096 else { return nil }
  var runs: [ClosedRange<UInt64>] = []
  var begin: Int?
  for code in verdicts.indices {
    if verdicts[code] != 0 {
      if begin == nil { begin = code }
    } else if let start = begin {
      runs.append(UInt64(start)...UInt64(code - 1))
      begin = nil
      if runs.count > mostRuns { return nil }
    }
  }
  if let start = begin { runs.append(UInt64(start)...UInt64(verdicts.endIndex - 1)) }
  return runs.count > mostRuns ? nil : runs
}
