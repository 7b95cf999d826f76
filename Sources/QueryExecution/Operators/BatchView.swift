import ColumnStore
import QueryLanguage
import QueryPlanning

/// Rows as an operator meets them: the selected rows of a segment, or a batch from below.
///
/// Columns of a segment are decoded when they are first asked for. Used by one thread.
final class BatchView {
  let rowCount: Int
  private let segment: ScannedSegment?
  /// The segment's rows that are alive; `nil`: all of them.
  private let selection: RowSelection?
  /// All rows of the segment, for conditions that are worked out by chunk.
  private var all: BatchView?
  /// The segment's chunk that each column is; `given` for one that came from elsewhere, such as
  /// the other side of a join, and is there already.
  private let chunks: [Int]
  private static let given = -1
  private var columns: [Vector?]

  /// Columns are the segment's, by position in the schema, or those at `chunks`.
  init(segment: ScannedSegment, selection: RowSelection?, chunks: [Int]? = nil) {
    self.segment = segment
    self.selection = selection
    self.chunks = chunks ?? Array(segment.segment.chunks.indices)
    rowCount = selection?.count ?? segment.rowCount
    columns = Array(repeating: nil, count: self.chunks.count)
  }

  /// Positions are ascending; `nil`: all rows.
  convenience init(segment: ScannedSegment, positions: [UInt32]?) {
    self.init(segment: segment, selection: positions.map { RowSelection($0) })
  }

  private init(
    segment: ScannedSegment, selection: RowSelection?, chunks: [Int], columns: [Vector?]
  ) {
    self.segment = segment
    self.selection = selection
    self.chunks = chunks
    rowCount = selection?.count ?? segment.rowCount
    self.columns = columns
  }

  init(_ batch: Batch) {
    segment = nil
    selection = nil
    chunks = []
    rowCount = batch.rowCount
    columns = batch.columns
  }

  /// The chunk a column comes from, its integers in whole bytes, when these are rows of a segment.
  func chunk(_ column: Int) -> Chunk? {
    guard let segment, chunks[column] != Self.given else { return nil }
    return segment.chunk(chunks[column])
  }

  /// The same chunk as it is kept: for bounds, nulls and dictionaries.
  func storedChunk(_ column: Int) -> Chunk? {
    guard let segment, chunks[column] != Self.given else { return nil }
    return segment.stored(chunks[column])
  }

  /// Whether no more rows will be added to the segment: its bounds then are exact.
  var isSealed: Bool { segment?.segment.isSealed ?? false }

  /// Whether its columns are, but for given ones, those of a segment.
  var isOfSegment: Bool { segment != nil }

  /// Whether all its columns are.
  var isOfSegmentAlone: Bool { segment != nil && !chunks.contains(Self.given) }

  /// Whether every row of the segment is alive.
  var isWhole: Bool { selection == nil }

  /// The segment's rows that are alive, ascending; `nil`: all of them.
  var positions: [UInt32]? { selection?.positions }

  /// The same as bits, where there are any.
  var bits: SelectionBitmap? { selection?.bits }

  func vector(_ column: Int) -> Vector {
    if let vector = columns[column] { return vector }
    guard let segment else { preconditionFailure("a batch has all its columns") }
    let chunk = segment.chunk(chunks[column], reading: rowCount)
    let vector: Vector
    if let bits, case .sparse(let sparse) = chunk.encoding, !chunk.type.isSketchState {
      vector = decode(sparse, bits)
    } else {
      vector = decode(chunk, positions: positions)
    }
    columns[column] = vector
    return vector
  }

  /// Some of the rows, by ascending index into these.
  func selecting(_ rows: [UInt32]) -> BatchView {
    if let segment {
      let kept = positions.map { positions in rows.map { positions[Int($0)] } } ?? rows
      let given = chunks.indices.map { column in
        chunks[column] == Self.given ? columns[column]?.gather(rows: rows) : nil
      }
      return BatchView(
        segment: segment, selection: RowSelection(kept), chunks: chunks, columns: given)
    }
    return BatchView(
      Batch(
        rowCount: rows.count, columns: columns.compactMap { $0 }.map { $0.gather(rows: rows) }))
  }

  /// The rows of the segment that are set, all of which are among these; these are of a segment alone.
  func selecting(_ mask: SelectionBitmap) -> BatchView {
    guard let segment else { preconditionFailure("masks are of segments") }
    let selection = RowSelection(mask, rowCount: segment.rowCount)
    let view = BatchView(segment: segment, selection: selection, chunks: chunks)
    if selection.bits != nil { view.all = wholeSegment }
    return view
  }

  /// All rows of the segment, with the columns that are its own.
  private var wholeSegment: BatchView? {
    guard let segment, !isWhole else { return self }
    if let all { return all }
    let view = BatchView(segment: segment, selection: nil, chunks: chunks)
    all = view
    return view
  }

  /// The rows of the segment for which a predicate is true, of those that are alive; `nil` where rows must be
  /// looked at one by one, as where only few are alive.
  func mask(_ predicate: CompiledExpression) throws(QueryError) -> SelectionBitmap? {
    guard isOfSegment, rowCount > 0, let mask = predicate.mask else { return nil }
    if isWhole { return try mask.bitmap(self, wanted: self) }
    guard let bits, let all = wholeSegment, isOfSegmentAlone else { return nil }
    var rows = try mask.bitmap(all, wanted: self)
    rows.formIntersection(bits)
    return rows
  }

  /// Indices of the rows that are set in a mask of these, ascending.
  func rows(in mask: SelectionBitmap) -> [UInt32] {
    (bits.map { mask.gathered(by: $0) } ?? mask).positions()
  }

  /// The same rows with only some of the columns of the segment.
  func selectingColumns(_ selected: [Int]) -> BatchView {
    guard let segment else { return self }
    return BatchView(
      segment: segment, selection: selection, chunks: selected.map { chunks[$0] },
      columns: selected.map { columns[$0] })
  }

  /// The same rows for later: without what was unpacked of the segment.
  func detached() -> BatchView {
    guard let segment else { return BatchView(batch().compacted()) }
    let given = chunks.indices.map { chunks[$0] == Self.given ? columns[$0]?.compacted() : nil }
    return BatchView(
      segment: ScannedSegment(segment.segment), selection: selection, chunks: chunks,
      columns: given)
  }

  /// Memory of what `detached` keeps beside the segment, which is the table's; in bytes.
  var keptByteCount: Int {
    let kept = columns.compactMap { $0 }
    return 4 * (selection?.count ?? 0) + Batch(rowCount: rowCount, columns: kept).byteCount
  }

  /// Some of the rows, by ascending index into these, beside columns from elsewhere: what is a
  /// column of the segment is not decoded for it.
  func joined(_ rows: [UInt32], with others: [Vector], othersFirst: Bool) -> BatchView {
    let kept = rows.count == rowCount ? self : selecting(rows)
    let columns = othersFirst ? others + kept.columns : kept.columns + others
    guard let segment else {
      return BatchView(Batch(rowCount: rows.count, columns: columns.compactMap(\.self)))
    }
    let given = others.map { _ in Self.given }
    return BatchView(
      segment: segment, selection: kept.selection,
      chunks: othersFirst ? given + chunks : chunks + given, columns: columns)
  }

  /// All columns, decoded.
  func batch() -> Batch {
    Batch(rowCount: rowCount, columns: columns.indices.map(vector))
  }

  /// One value per row, evaluated by value where that is less work.
  func materialize(_ expression: CompiledExpression) throws(QueryError) -> Vector {
    if let column = expression.column { return vector(column) }
    switch try lift(expression) {
    case .constant(let value, let type):
      return Vector(constant: value, type: type, count: rowCount)
    case .plain(let vector): return vector
    case .coded(let coded): return coded.materialized(positions: positions, rowCount: rowCount)
    }
  }

  /// Indices of the rows for which a predicate is true, ascending.
  func rows(where predicate: CompiledExpression) throws(QueryError) -> [UInt32] {
    if let mask = try mask(predicate) { return rows(in: mask) }
    switch try lift(predicate) {
    case .constant(let value, _):
      return value == .boolean(true) ? ascendingCodes(rowCount) : []
    case .plain(let vector):
      return vector.trueRows
    case .coded(let coded):
      if isWhole, let mask = coded.mask(rowCount: rowCount) { return mask.positions() }
      let verdicts = coded.values.trueBytes
      let entries = coded.entryIndices(positions: positions, rowCount: rowCount)
      return [UInt32](unsafeUninitializedCapacity: rowCount + 1) { rows, initialized in
        var kept = 0
        for row in 0..<rowCount {
          rows[kept] = UInt32(truncatingIfNeeded: row)
          kept &+= Int(verdicts[Int(entries[row])])
        }
        initialized = kept
      }
    }
  }

  /// A batch in which the given columns are decoded; the others are null and must not be read.
  func batch(with needed: Set<Int>) -> Batch {
    let absent = Vector(constant: .null, type: .null, count: rowCount)
    return Batch(
      rowCount: rowCount,
      columns: columns.indices.map { needed.contains($0) ? vector($0) : absent })
  }
}
