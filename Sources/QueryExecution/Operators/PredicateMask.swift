import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning

/// AND and OR of conditions on one column each: every condition is a bitmap, made from the column as it is
/// encoded, and the bitmaps are put together. No row is looked at, and no column decoded.
///
/// What is true is all that matters here, and a row makes AND or OR true whatever is null beside it. So null
/// needs no bitmap of its own.
indirect enum PredicateMask: Sendable {
  /// A column is null.
  case isNull(Int)
  case isNotNull(Int)
  /// A condition on one column that cannot fail.
  case leaf(CompiledExpression)
  case all([PredicateMask])
  case any([PredicateMask])

  /// `nil` where the expression is made of anything else.
  init?(_ expression: Expression) throws(QueryError) {
    switch expression {
    case .and(let operands):
      guard let parts = try Self.parts(operands) else { return nil }
      self = .all(parts)
    case .or(let operands):
      guard let parts = try Self.parts(operands) else { return nil }
      self = .any(parts)
    case .isNull(.column(let column, _)): self = .isNull(column)
    case .not(.isNull(.column(let column, _))): self = .isNotNull(column)
    default:
      let compiled = try CompiledExpression(leaf: expression)
      guard !compiled.mayFail, compiled.columns.count == 1 else { return nil }
      self = .leaf(compiled)
    }
  }

  private static func parts(_ operands: [Expression]) throws(QueryError) -> [PredicateMask]? {
    var parts: [PredicateMask] = []
    for operand in operands {
      guard let part = try PredicateMask(operand) else { return nil }
      parts.append(part)
    }
    return parts
  }

  /// The rows of a segment for which it is true, as far as they are among `wanted`; others may be set or not.
  /// `view` has all rows of the segment. What must be worked out by row is worked out for wanted rows only.
  func bitmap(_ view: BatchView, wanted: BatchView) throws(QueryError) -> SelectionBitmap {
    switch self {
    case .isNull(let column): return view.nulls(column, areSet: true, wanted: wanted)
    case .isNotNull(let column): return view.nulls(column, areSet: false, wanted: wanted)
    case .leaf(let condition):
      if let mask = try view.sparseMask(condition) { return mask }
      switch try view.liftByValue(condition, for: wanted.rowCount) {
      case .constant(let value, _):
        return SelectionBitmap(count: view.rowCount, isSet: value == .boolean(true))
      case .coded(let coded):
        return coded.mask(rowCount: view.rowCount)
          ?? SelectionBitmap(
            coded.materialized(positions: nil, rowCount: view.rowCount).trueBytes)
      case .plain(let vector): return SelectionBitmap(vector.trueBytes)
      case nil: return wanted.bitmap(try wanted.evaluate(condition).trueBytes)
      }
    case .all(let parts):
      var result = SelectionBitmap(count: view.rowCount, isSet: true)
      for part in parts { result.formIntersection(try part.bitmap(view, wanted: wanted)) }
      return result
    case .any(let parts):
      var result = SelectionBitmap(count: view.rowCount, isSet: false)
      for part in parts { result.formUnion(try part.bitmap(view, wanted: wanted)) }
      return result
    }
  }
}

extension BatchView {
  /// Of a condition on a column with many nulls: worked out for the values that are there, and once for null;
  /// `nil` for other columns, and for those with a dictionary, whose entries are fewer than the values.
  fileprivate func sparseMask(
    _ condition: CompiledExpression
  ) throws(QueryError) -> SelectionBitmap? {
    guard let column = condition.columns.first,
      case .sparse(let kept)? = storedChunk(column)?.encoding,
      kept.values.dictionary == nil, kept.values.rowCount > 0, let chunk = chunk(column),
      case .sparse(let sparse) = chunk.encoding
    else { return nil }
    let ofNull = try evaluateValues(
      condition, column, Vector(constant: .null, type: chunk.type, count: 1))
    let ofValues = try evaluateValues(condition, column, decode(sparse.values, positions: nil))
    var mask = SelectionBitmap(ofValues.trueBytes).spread(over: sparse)
    if ofNull.value(at: 0) == .boolean(true) {
      mask.formUnion(nulls(column, areSet: true, wanted: self))
    }
    return mask
  }

  /// The rows in which a column is null, or those in which it is not.
  fileprivate func nulls(_ column: Int, areSet: Bool, wanted: BatchView) -> SelectionBitmap {
    if let chunk = storedChunk(column), let known = SelectionBitmap(of: chunk, areNull: areSet) {
      return known
    }
    let nulls = wanted.vector(column).nullBytes
    return wanted.bitmap(areSet ? nulls : nulls.map { 1 - $0 })
  }

  /// The rows of the segment that have a 1, of a byte for each row of the view.
  fileprivate func bitmap(_ bytes: [UInt8]) -> SelectionBitmap {
    let rows = SelectionBitmap(bytes)
    return bits.map { rows.spread(over: $0) } ?? rows
  }
}

extension SelectionBitmap {
  /// From a byte for each row, 0 or 1.
  fileprivate init(_ bytes: [UInt8]) {
    self.init(count: bytes.count) { words in
      bytes.withUnsafeBufferPointer {
        if let base = $0.baseAddress { daybook_bytes_to_bitmap(base, $0.count, words) }
      }
    }
  }

  init(count: Int, isSet: Bool) {
    self.init(count: count) { words in
      let wordCount = (count + 63) / 64
      words.update(repeating: isSet ? .max : 0, count: wordCount)
      if isSet, count % 64 != 0 { words[wordCount - 1] = (1 << UInt64(count % 64)) - 1 }
    }
  }

  /// The rows of a chunk that are null, or those that are not; `nil` where it keeps that in another way.
  fileprivate init?(of chunk: Chunk, areNull: Bool) {
    let count = chunk.rowCount
    if chunk.isNullThroughout {
      self.init(count: count, isSet: areNull)
      return
    }
    guard chunk.zone.nullCount > 0 else {
      self.init(count: count, isSet: !areNull)
      return
    }
    guard let validity = chunk.validity else { return nil }
    self.init(count: count) { words in
      let wordCount = validity.wordCount
      guard areNull else {
        words.update(from: validity.words.base, count: wordCount)
        return
      }
      for word in 0..<wordCount { words[word] = ~validity.words.base[word] }
      if count % 64 != 0 { words[count / 64] &= (1 << UInt64(count % 64)) - 1 }
    }
  }

  mutating func formUnion(_ other: SelectionBitmap) {
    let count = words.count
    words.withUnsafeMutableBufferPointer { mine in
      other.words.withUnsafeBufferPointer { theirs in
        guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return }
        daybook_or(mine, theirs, count)
      }
    }
  }

  var setCount: Int {
    words.withUnsafeBufferPointer { words in
      words.baseAddress.map { Int(daybook_popcount($0, words.count)) } ?? 0
    }
  }
}
