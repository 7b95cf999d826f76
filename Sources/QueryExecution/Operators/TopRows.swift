import ColumnStore
import QueryLanguage
import QueryPlanning

/// The first rows of an order, while batches come: late materialisation.
///
/// Of each batch the first key is computed for all rows, the other keys for the rows that may be among the
/// first by it, and all other columns only in the end, for the rows that are.
struct TopRows {
  /// Some rows of a batch, with their keys. One thread at a time has it.
  struct Part: @unchecked Sendable {
    /// Ascending, as they came.
    var view: BatchView
    /// A column for each key.
    var keys: Batch

    var rowCount: Int { keys.rowCount }

    func selecting(_ rows: [UInt32]) -> Part {
      if rows.count == rowCount { return self }
      return Part(view: view.selecting(rows), keys: keys.picking(rows: rows))
    }
  }

  private let sorter: RowSorter
  /// Of rows that are keys alone.
  private let keySorter: RowSorter
  private let limit: Int
  private let bound: TopBound?
  /// Rows that may be among the first, in the order in which they came.
  private(set) var parts: [Part] = []
  private var rowCount = 0
  private var byteCount = 0
  /// What `byteCount` may grow to before the rows are cut again.
  private var byteLimit = 16 << 20
  private let memory = MemoryReservation.ofQuery(for: "the first rows of an order")

  /// `bound` is shared by all that look for the same rows.
  init(_ sorter: RowSorter, limit: Int, bound: TopBound?) throws(QueryError) {
    self.sorter = sorter
    self.limit = limit
    self.bound = bound
    keySorter = try sorter.overKeys()
  }

  mutating func add(_ view: BatchView) throws(QueryError) {
    guard let part = try part(view) else { return }
    parts.append(part)
    rowCount += part.rowCount
    byteCount += part.keys.byteCount + part.view.keptByteCount
    // Once more for when they are put together.
    try memory.set(to: 2 * byteCount)
    // Never more than a few times the rows that are wanted.
    let most = limit > .max / 2 ? .max : max(2 * limit, 4_096)
    if byteCount > byteLimit || rowCount > most {
      try cut()
      byteLimit = max(byteLimit, 2 * byteCount)
    }
  }

  /// Called when no more rows come.
  mutating func finish() throws(QueryError) {
    if rowCount > limit { try cut() }
  }

  /// Those rows of a batch that may be among the first; `nil`: none.
  private func part(_ view: BatchView) throws(QueryError) -> Part? {
    var view = view
    var keys = Batch(rowCount: view.rowCount, columns: [])
    if let key = sorter.keys.first {
      var first = try view.materialize(key.expression)
      if let words = sorter.leadingWords(of: first) {
        if let rows = RowSorter.candidates(words, limit: limit, within: bound?.last) {
          if rows.isEmpty { return nil }
          bound?.add(words.gathered(rows))
          view = view.selecting(rows)
          first = first.gather(rows: rows)
        } else {
          bound?.add(words)
        }
      }
      keys = Batch(rowCount: view.rowCount, columns: [first])
    }
    for key in sorter.keys.dropFirst() {
      try QueryScope.check()
      keys.columns.append(try view.materialize(key.expression))
    }
    if limit < view.rowCount / 2 {
      // Ascending again: rows with equal keys stay in the order in which they came.
      let rows = try keySorter.first(limit, of: keys).sorted()
      view = view.selecting(rows)
      keys = keys.picking(rows: rows)
    }
    return Part(view: view.detached(), keys: keys.compacted())
  }

  private mutating func cut() throws(QueryError) {
    let rows = try keySorter.first(limit, of: try Self.keys(of: parts, sorter)).sorted()
    var kept: [Part] = []
    var begin = 0
    var next = rows.startIndex
    for part in parts {
      let end = begin + part.rowCount
      let first = next
      while next < rows.endIndex, Int(rows[next]) < end { next += 1 }
      if first < next {
        kept.append(part.selecting(rows[first..<next].map { $0 - UInt32(begin) }))
      }
      begin = end
    }
    parts = kept
    rowCount = rows.count
    byteCount = kept.reduce(0) { $0 + $1.keys.byteCount + $1.view.keptByteCount }
    try memory.set(to: 2 * byteCount)
  }

  private static func keys(of parts: [Part], _ sorter: RowSorter) throws(QueryError) -> Batch {
    try Batch.concatenate(parts.map(\.keys), types: sorter.keys.map(\.expression.type))
  }

  /// The first rows of all parts in order, with all columns.
  static func rows(
    of parts: [Part], by sorter: RowSorter, limit: Int, types: [DataType], on context: QueryContext
  ) throws(QueryError) -> Batch {
    let order = try sorter.overKeys().first(limit, of: try keys(of: parts, sorter))
    // Of each part the rows that are left, ascending, and where each then is among all of them.
    var rowsOfParts: [[UInt32]] = Array(repeating: [], count: parts.count)
    var place = [UInt32](repeating: 0, count: parts.reduce(0) { $0 + $1.rowCount })
    var part = 0
    var begin = 0
    for (index, row) in order.sorted().enumerated() {
      while Int(row) >= begin + parts[part].rowCount {
        begin += parts[part].rowCount
        part += 1
      }
      rowsOfParts[part].append(row - UInt32(begin))
      place[Int(row)] = UInt32(index)
    }
    let needed = rowsOfParts.indices.filter { !rowsOfParts[$0].isEmpty }.map { part in
      (part: parts[part], rows: rowsOfParts[part])
    }
    let stream = RowStream(taskCount: needed.count) { task, consume throws(QueryError) in
      try QueryScope.batch { () throws(QueryError) in
        let rows = needed[task].part.selecting(needed[task].rows).view.batch().compacted()
        _ = try consume(BatchView(rows))
      }
    }
    let found = try Batch.concatenate(try stream.collect(context), types: types)
    let rows = order.map { place[Int($0)] }
    var result = found.picking(rows: rows)
    result.reservation = try .ofQuery(result.byteCount, for: "sorted rows")
    return result
  }
}
