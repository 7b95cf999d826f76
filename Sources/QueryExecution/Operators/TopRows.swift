import ColumnStore
import QueryLanguage
import QueryPlanning

/// The first rows of a task in the order of a sort, while its batches come: late materialisation.
///
/// Of each batch only the columns of the keys are decoded for all rows, the others for the rows that
/// may be among the first.
struct TopRows {
  private let sorter: RowSorter
  private let limit: Int
  private let types: [DataType]
  private let keyColumns: Set<Int>
  /// Rows that may be among the first, in the order in which they came.
  private var kept: [Batch] = []
  private var rowCount = 0
  /// Of `kept`; what it may grow to before it is cut again. A few rows may hold all texts of a batch.
  private var byteCount = 0
  private var byteLimit = 16 << 20
  private let memory = MemoryReservation.ofQuery(for: "the first rows of an order")

  init(_ sorter: RowSorter, limit: Int, types: [DataType]) {
    self.sorter = sorter
    self.limit = limit
    self.types = types
    keyColumns = sorter.columns
  }

  mutating func add(_ view: BatchView) throws(QueryError) {
    var view = view
    if limit < view.rowCount / 2 {
      // Ascending again: rows with equal keys stay in the order in which they came.
      view = view.selecting(try sorter.first(limit, of: view.batch(with: keyColumns)).sorted())
    }
    let batch = view.batch()
    // Once more for when they are put together.
    byteCount += batch.byteCount
    try memory.set(to: 2 * byteCount)
    kept.append(batch)
    rowCount += view.rowCount
    // Never more than a few times the rows that are wanted.
    if byteCount > byteLimit
      || rowCount > max(limit.multipliedReportingOverflow(by: 2).partialValue, 4_096)
    {
      let best = try sorter.sort(Batch.concatenate(kept, types: types), limit: limit)
      kept = [best]
      rowCount = best.rowCount
      byteCount = best.byteCount
      byteLimit = max(byteLimit, 2 * byteCount)
      try memory.set(to: 2 * byteCount)
    }
  }

  /// The first rows in order; `nil`: none came.
  func finish() throws(QueryError) -> Batch? {
    rowCount == 0
      ? nil : try sorter.sort(Batch.concatenate(kept, types: types), limit: limit)
  }
}
