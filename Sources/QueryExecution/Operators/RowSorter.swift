import ColumnStore
import QueryLanguage
import QueryPlanning

/// Sorts rows by one or more keys. Stable.
struct RowSorter: Sendable {
  struct Key: Sendable {
    let expression: CompiledExpression
    let isDescending: Bool
    let nullsFirst: Bool
    /// Equal values must come together; in which order does not matter.
    let isGrouping: Bool
  }

  let keys: [Key]
  /// A heap of more rows is no cheaper than sorting.
  private static let mostCandidateLimit = 10_000
  /// Fewer rows are sorted sooner by comparisons than by counting digits.
  private static let leastRadixCount = 2_048

  /// Values of `grouping` come together, in any order, and `keys` order the rows of each group.
  init(_ keys: [SortKey], grouping: [Expression] = []) throws(QueryError) {
    var compiled: [Key] = []
    for expression in grouping {
      compiled.append(
        Key(
          expression: try CompiledExpression(expression), isDescending: false, nullsFirst: false,
          isGrouping: true))
    }
    for key in keys {
      compiled.append(
        Key(
          expression: try CompiledExpression(key.expression), isDescending: key.isDescending,
          nullsFirst: key.nullsFirst, isGrouping: false))
    }
    self.keys = compiled
  }

  /// The first `limit` rows in order, or all; `context` is for many, where no task runs yet.
  func sort(
    _ batch: Batch, limit: Int?, on context: QueryContext? = nil
  ) throws(QueryError) -> Batch {
    let order =
      if let limit { try first(limit, of: batch) } else { try ordering(batch, on: context) }
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
      return Array(try ordering(batch).prefix(limit))
    }
    let needed = columns
    let absent = Vector(constant: .null, type: .null, count: candidates.count)
    let narrow = Batch(
      rowCount: candidates.count,
      columns: batch.columns.indices.map {
        needed.contains($0) ? batch.columns[$0].gather(rows: candidates) : absent
      })
    return try ordering(narrow).prefix(limit).map { candidates[Int($0)] }
  }

  /// The rows in order.
  func ordering(
    _ batch: Batch, on context: QueryContext? = nil
  ) throws(QueryError) -> [UInt32] {
    let reservation = try MemoryReservation.ofQuery(
      batch.rowCount * (16 * keys.count + 4), for: "the keys of a sort")
    defer { withExtendedLifetime(reservation) {} }
    let columns = try words(of: batch).flatMap { $0 }
    guard batch.rowCount < Self.leastRadixCount else {
      return try RadixSort(columns, rowCount: batch.rowCount, on: context).rows
    }
    var order = ascendingCodes(batch.rowCount)
    order.sort { left, right in
      for column in columns {
        let mine = column[Int(left)]
        let theirs = column[Int(right)]
        if mine != theirs { return mine < theirs }
      }
      // Ties go by the row's number, so that the sort is stable.
      return left < right
    }
    return order
  }

  /// By key, columns of words that order rows as the key does: rows with the same words are equal.
  func words(of batch: Batch) throws(QueryError) -> [[[UInt64]]] {
    let view = BatchView(batch)
    var words: [[[UInt64]]] = []
    for key in keys {
      try QueryScope.check()
      let (values, nullRanks) = sortWords(try view.evaluate(key.expression), key)
      words.append([nullRanks, values].compactMap(\.self))
    }
    return words
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
    var words: [UInt64]
    if key.isGrouping, case .text(let codes, .dictionary) = vector.storage {
      // Equal codes are equal strings, and no one asks for their order.
      words = codes.map { UInt64($0) }
    } else {
      words = vector.orderKeys().map { UInt64(bitPattern: $0) ^ (1 << 63) }
    }
    if key.isDescending { for row in words.indices { words[row] = ~words[row] } }
    if let validity = vector.validity {
      for row in words.indices where validity[row] == 0 { words[row] = 0 }
    }
    return (words, nullRanks)
  }
}
