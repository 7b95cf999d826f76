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
    let view = BatchView(batch)
    var columns: [[UInt64]] = []
    for key in keys {
      let vector = try view.evaluate(key.expression)
      let (words, nullRanks) = sortWords(vector, key)
      if let nullRanks { columns.append(nullRanks) }
      if let words { columns.append(words) }
    }
    var order = ascendingCodes(batch.rowCount)
    Self.sort(&order, by: columns)
    if let limit, limit < order.count { order.removeLast(order.count - limit) }
    return Batch(rowCount: order.count, columns: batch.columns.map { $0.gather(rows: order) })
  }

  private static func sort(_ order: inout [UInt32], by columns: [[UInt64]]) {
    guard let first = columns.first else { return }
    // Ties go by the row's number, so that the sort is stable.
    if columns.count == 1 {
      var pairs = order.map { (word: first[Int($0)], row: $0) }
      pairs.sort { $0.word != $1.word ? $0.word < $1.word : $0.row < $1.row }
      order = pairs.map(\.row)
      return
    }
    order.sort { left, right in
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
    var words = rankWords(vector)
    if key.isDescending { for row in words.indices { words[row] = ~words[row] } }
    if let validity = vector.validity {
      for row in words.indices where validity[row] == 0 { words[row] = 0 }
    }
    return (words, nullRanks)
  }

  private func rankWords(_ vector: Vector) -> [UInt64] {
    switch vector.storage {
    case .constant:
      return Array(repeating: 0, count: vector.count)
    case .integers(let values):
      return values.map { UInt64(bitPattern: $0) ^ (1 << 63) }
    case .doubles(let values):
      return values.map(Self.rank)
    case .booleans(let values):
      return values.map(UInt64.init)
    case .text:
      return Self.textRanks(vector)
    case .objects(let values):
      let sorted = values.indices.filter { !values[$0].isNull }.sorted {
        values[$0].order(values[$1]) < 0
      }
      var ranks = [UInt64](repeating: 0, count: values.count)
      var rank: UInt64 = 0
      for (position, row) in sorted.enumerated() {
        if position > 0, values[sorted[position - 1]].order(values[row]) != 0 { rank += 1 }
        ranks[row] = rank
      }
      return ranks
    }
  }

  /// Bits of a double in the order of their values: -inf ... -0 = 0 ... inf, NaN.
  private static func rank(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    let bits = (value == 0 ? 0 : value).bitPattern
    return bits & (1 << 63) != 0 ? ~bits : bits | (1 << 63)
  }

  /// The rank of each row's string among the distinct strings of the vector, by bytes.
  private static func textRanks(_ vector: Vector) -> [UInt64] {
    var space = KeySpace(type: .text)
    if space.mustRewrite(for: vector) { _ = space.rewrite(held: []) { _ in false } }
    let words = space.words(vector)
    let distinct = Set(
      words.indices.lazy.filter { vector.validity?[$0] != 0 }.map { words[$0] }
    ).sorted()
    let texts = space.vector(distinct, isNull: Array(repeating: 0, count: distinct.count))
    var strings: [(word: UInt64, text: [UInt8])] = []
    guard case .text(let codes, let source) = texts.storage else { return words }
    for (index, word) in distinct.enumerated() {
      switch source {
      case .dictionary(let view): strings.append((word, Array(view.bytes(codes[index]))))
      case .pool(let pool): strings.append((word, pool.withBytes(Int(codes[index])) { Array($0) }))
      }
    }
    strings.sort { $0.text.lexicographicallyPrecedes($1.text) }
    var ranks: [UInt64: UInt64] = [:]
    for (rank, entry) in strings.enumerated() { ranks[entry.word] = UInt64(rank) }
    return words.map { ranks[$0] ?? 0 }
  }
}
