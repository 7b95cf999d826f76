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
    guard let key = keys.first, limit <= Self.mostCandidateLimit,
      let words = leadingWords(of: try BatchView(batch).evaluate(key.expression))
    else { return nil }
    return Self.candidates(words, limit: limit, within: nil)
  }

  /// A number for each row by the first key: of two rows, the one with the lesser number comes first. Rows of
  /// one number are for the other keys, or for the first one to look at again. `nil` for texts and objects, whose
  /// numbers mean nothing beyond one vector.
  func leadingWords(of vector: Vector) -> [UInt64]? {
    guard let key = keys.first, key.expression.type.physical != .text,
      key.expression.type.physical != .object
    else { return nil }
    let behind = key.nullsFirst ? 0 : UInt64.max
    if vector.isNullConstant { return [UInt64](repeating: behind, count: vector.count) }
    let vector = vector.expanded()
    let isDescending = key.isDescending
    let validity = vector.validity
    switch vector.storage {
    case .integers(let values):
      return Self.words(values, validity, behind) {
        Self.leadingWord($0, isDescending: isDescending)
      }
    case .doubles(let values):
      return Self.words(values, validity, behind) {
        Self.leadingWord(orderKey($0), isDescending: isDescending)
      }
    case .booleans(let values):
      return Self.words(values, validity, behind) {
        Self.leadingWord(Int64($0), isDescending: isDescending)
      }
    case .constant, .text, .objects: return nil
    }
  }

  /// A word for each value, and `behind` for nulls, without a branch that data could mispredict.
  @inline(__always)
  private static func words<Element: BitwiseCopyable>(
    _ values: [Element], _ validity: [UInt8]?, _ behind: UInt64, _ word: (Element) -> UInt64
  ) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: values.count) { words, initialized in
      initialized = values.count
      values.withUnsafeBufferPointer { values in
        guard let validity else {
          for row in 0..<values.count { words[row] = word(values[row]) }
          return
        }
        precondition(validity.count == values.count, "each row is valid or null")
        validity.withUnsafeBufferPointer { validity in
          for row in 0..<values.count {
            let isValid = 0 &- UInt64(validity[row])
            words[row] = word(values[row]) & isValid | behind & ~isValid
          }
        }
      }
    }
  }

  /// The first key's number of a value, as `leadingWords` has it.
  @inline(__always)
  static func leadingWord(_ orderKey: Int64, isDescending: Bool) -> UInt64 {
    let word = UInt64(bitPattern: orderKey) ^ (1 << 63)
    return isDescending ? ~word : word
  }

  /// Rows that are not behind `limit` others by their numbers, nor behind the number `bound`; ascending. `nil`:
  /// all of them.
  static func candidates(_ words: [UInt64], limit: Int, within bound: UInt64?) -> [UInt32]? {
    var rows: [UInt32]?
    if let bound {
      let within = self.rows(of: words, within: bound)
      if within.count < words.count { rows = within }
    }
    let count = rows?.count ?? words.count
    guard limit > 0, limit <= mostCandidateLimit, limit < count / 2 else { return rows }
    // The greatest of the least `limit` words, on top of a heap.
    let left = rows.map { words.gathered($0) } ?? words
    var heap = Array(left.prefix(limit))
    heap.sort(by: >)
    for word in left.dropFirst(limit) where word < heap[0] {
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
    let least = self.rows(of: words, within: heap[0])
    return least.count < words.count ? least : rows
  }

  private static func rows(of words: [UInt64], within bound: UInt64) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: words.count + 1) { rows, initialized in
      var kept = 0
      words.withUnsafeBufferPointer { words in
        for row in 0..<words.count {
          rows[kept] = UInt32(truncatingIfNeeded: row)
          kept &+= words[row] <= bound ? 1 : 0
        }
      }
      initialized = kept
    }
  }

  /// The same order of rows that are the keys alone.
  func overKeys() throws(QueryError) -> RowSorter {
    try RowSorter(
      keys.enumerated().map { index, key in
        SortKey(
          expression: .column(index, key.expression.type), isDescending: key.isDescending,
          nullsFirst: key.nullsFirst)
      })
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
    let flip: UInt64 = key.isDescending ? .max : 0
    words.withUnsafeMutableBufferPointer { words in
      guard let validity = vector.validity else {
        if key.isDescending { for row in 0..<words.count { words[row] ^= flip } }
        return
      }
      validity.withUnsafeBufferPointer { validity in
        for row in 0..<words.count {
          words[row] = (words[row] ^ flip) & (0 &- UInt64(validity[row]))
        }
      }
    }
    return (words, nullRanks)
  }
}
