import ColumnStore
import QueryLanguage
import QueryPlanning

/// Sorts rows by one or more keys. Stable.
struct RowSorter: Sendable {
  struct Key: Sendable {
    let expression: CompiledExpression
    let isDescending: Bool
    let nullsFirst: Bool
  }

  let keys: [Key]
  /// A heap of more rows is no cheaper than sorting.
  private static let mostCandidateLimit = 10_000

  init(_ keys: [SortKey]) throws(QueryError) {
    var compiled: [Key] = []
    for key in keys {
      compiled.append(
        Key(
          expression: try CompiledExpression(key.expression), isDescending: key.isDescending,
          nullsFirst: key.nullsFirst))
    }
    self.keys = compiled
  }

  /// The first `limit` rows in order, or all.
  func sort(_ batch: Batch, limit: Int?) throws(QueryError) -> Batch {
    let order =
      if let limit { try first(limit, of: batch) } else { try ordering(batch).rows }
    let share = batch.rowCount == 0 ? 0 : Double(order.count) / Double(batch.rowCount)
    let reservation = try MemoryReservation.ofQuery(
      Int(Double(batch.byteCount) * share), for: "sorted rows")
    var columns: [Vector] = []
    for column in batch.columns {
      try QueryScope.check()
      columns.append(column.gather(rows: order))
    }
    var result = Batch(rowCount: order.count, columns: columns)
    result.reservation = reservation
    return result
  }

  /// The columns that keys read.
  var columns: Set<Int> { keys.reduce(into: []) { $0.formUnion($1.expression.columns) } }

  /// The first `limit` rows, in order. Other columns than those of the keys are not looked at.
  func first(_ limit: Int, of batch: Batch) throws(QueryError) -> [UInt32] {
    guard limit < batch.rowCount / 2, let candidates = try candidates(batch, limit) else {
      return Array(try ordering(batch).rows.prefix(limit))
    }
    let needed = columns
    let absent = Vector(constant: .null, type: .null, count: candidates.count)
    let narrow = Batch(
      rowCount: candidates.count,
      columns: batch.columns.indices.map {
        needed.contains($0) ? batch.columns[$0].gather(rows: candidates) : absent
      })
    return try ordering(narrow).rows.prefix(limit).map { candidates[Int($0)] }
  }

  /// The rows in order, and by key the columns of words that they were compared by: rows with the
  /// same words are equal.
  func ordering(_ batch: Batch) throws(QueryError) -> (rows: [UInt32], words: [[[UInt64]]]) {
    let view = BatchView(batch)
    let reservation = try MemoryReservation.ofQuery(
      batch.rowCount * (16 * keys.count + 24), for: "the keys of a sort")
    defer { withExtendedLifetime(reservation) {} }
    var words: [[[UInt64]]] = []
    for key in keys {
      try QueryScope.check()
      let (values, nullRanks) = sortWords(try view.evaluate(key.expression), key)
      words.append([nullRanks, values].compactMap(\.self))
    }
    var order = ascendingCodes(batch.rowCount)
    try Self.sort(&order, by: words.flatMap { $0 })
    return (order, words)
  }

  /// Rows that the first key alone does not put behind the first `limit`: the other keys, text
  /// above all, need not be looked at for the rest. `nil` where that is no gain.
  private func candidates(_ batch: Batch, _ limit: Int) throws(QueryError) -> [UInt32]? {
    guard let key = keys.first, limit > 0, limit <= Self.mostCandidateLimit else { return nil }
    let vector = try BatchView(batch).evaluate(key.expression)
    guard vector.type.physical != .text, vector.type.physical != .object,
      case (let words?, nil) = sortWords(vector, key)
    else { return nil }
    // The greatest of the least `limit` words, on top of a heap.
    var heap = Array(words.prefix(limit))
    heap.sort(by: >)
    for word in words.dropFirst(limit) where word < heap[0] {
      heap[0] = word
      var parent = 0
      while true {
        var child = 2 * parent + 1
        if child >= limit { break }
        if child + 1 < limit, heap[child + 1] > heap[child] { child += 1 }
        if heap[child] <= heap[parent] { break }
        heap.swapAt(parent, child)
        parent = child
      }
    }
    let threshold = heap[0]
    return words.indices.lazy.filter { words[$0] <= threshold }.map { UInt32($0) }
  }

  private static func sort(_ order: inout [UInt32], by columns: [[UInt64]]) throws(QueryError) {
    guard let first = columns.first else { return }
    // Ties go by the row's number, so that the sort is stable.
    if columns.count == 1 {
      var pairs = order.map { (word: first[Int($0)], row: $0) }
      try BlockSort.sort(&pairs) { $0.word != $1.word ? $0.word < $1.word : $0.row < $1.row }
      order = pairs.map(\.row)
      return
    }
    try BlockSort.sort(&order) { left, right in
      for column in columns {
        let mine = column[Int(left)]
        let theirs = column[Int(right)]
        if mine != theirs { return mine < theirs }
      }
      return left < right
    }
  }

  /// Words that sort as the values do, and a column of 0 and 1 that puts nulls in their place.
  private func sortWords(
    _ vector: Vector, _ key: Key
  ) -> (words: [UInt64]?, nullRanks: [UInt64]?) {
    if case .constant = vector.storage { return (nil, nil) }
    var nullRanks: [UInt64]?
    if let validity = vector.validity {
      let null: UInt64 = key.nullsFirst ? 0 : 1
      nullRanks = validity.map { $0 == 0 ? null : 1 - null }
    }
    var words = vector.orderKeys().map { UInt64(bitPattern: $0) ^ (1 << 63) }
    if key.isDescending { for row in words.indices { words[row] = ~words[row] } }
    if let validity = vector.validity {
      for row in words.indices where validity[row] == 0 { words[row] = 0 }
    }
    return (words, nullRanks)
  }
}
