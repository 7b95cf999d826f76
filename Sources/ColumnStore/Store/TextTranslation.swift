/// Turns the codes of pools into codes of domains, each entry once.
///
/// A loader hands the same pool over with every batch, a little longer each time. What was looked
/// up is kept per pool and column, for a few pools: one per thread of a parallel load.
struct TextTranslation {
  private struct Known {
    /// Kept alive, so that no other pool gets its identity.
    let pool: TextPool
    /// Pool code -> domain code; `unknown` until it was needed.
    var codes: [UInt32]
  }

  /// By column, the most recent first.
  private var known: [[Known]]
  private static let unknown = UInt32.max
  private static let poolLimit = 8

  init(columnCount: Int) {
    known = Array(repeating: [], count: columnCount)
  }

  /// The domain codes of a batch's rows; 0 where a row is null.
  mutating func translate(
    _ codes: [UInt32], of pool: TextPool, validity: [UInt8]?, column: Int,
    dictionary: TextDictionary
  ) -> [UInt32] {
    var table: [UInt32] = []
    if let index = known[column].firstIndex(where: { $0.pool === pool }) {
      table = known[column].remove(at: index).codes
    } else if known[column].count == Self.poolLimit {
      known[column].removeLast()
    }
    if table.count < pool.count {
      table.append(contentsOf: repeatElement(Self.unknown, count: pool.count - table.count))
    }
    var result = [UInt32](repeating: 0, count: codes.count)
    var needed: [UInt32] = []
    for row in codes.indices where validity?[row] != 0 {
      let code = codes[row]
      let translated = table[Int(code)]
      result[row] = translated
      if translated == Self.unknown { needed.append(code) }
    }
    if !needed.isEmpty {
      dictionary.insert(needed, of: pool, into: &table)
      for row in codes.indices where validity?[row] != 0 { result[row] = table[Int(codes[row])] }
    }
    known[column].insert(Known(pool: pool, codes: table), at: 0)
    return result
  }

  /// Forgets a column that needs no codes any more.
  mutating func forget(column: Int) {
    known[column] = []
  }
}
