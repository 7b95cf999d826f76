import QueryLanguage

/// Rows in the order of columns of words, by digits instead of comparisons. Stable, so that the order
/// is the same on any number of threads.
///
/// Each column is as wide as its greatest word minus its least, and columns are packed side by side
/// into words of 64 bits: ids of users and moments of a year together need about 50. Packed words are
/// sorted from the last to the first. A word's greatest digit deals many rows into buckets, and each
/// bucket is then sorted from its least digit to its greatest, inside the cache, by whichever thread
/// comes along.
struct RadixSort {
  private(set) var rows: [UInt32]
  /// The packed words in the order of `rows`, if one word was enough for all columns.
  private(set) var words: [UInt64]?
  /// How many bits of a packed word are those of the columns behind the first `prefix`.
  private(set) var bitsBehindPrefix = 0

  private struct Field {
    let column: Int
    let least: UInt64
    let shift: Int
  }

  /// `columns` are of `rowCount` words each, the one that decides first in front; the first `prefix`
  /// are those that `bitsBehindPrefix` speaks of. `nil` for `context`: on the caller's thread alone.
  init(
    _ columns: [[UInt64]], rowCount: Int, prefix: Int = 0, on context: QueryContext? = nil
  ) throws(QueryError) {
    if prefix == 0 { bitsBehindPrefix = 64 }
    var packed: [(fields: [Field], bitCount: Int)] = [([], 0)]
    for index in columns.indices.reversed() {
      try QueryScope.check()
      if index == prefix - 1 { bitsBehindPrefix = packed[packed.count - 1].bitCount }
      let (least, bitCount) = Self.extent(columns[index])
      if bitCount == 0 { continue }
      if packed[packed.count - 1].bitCount + bitCount > 64 { packed.append(([], 0)) }
      let last = packed.count - 1
      packed[last].fields.append(
        Field(column: index, least: least, shift: packed[last].bitCount))
      packed[last].bitCount += bitCount
    }
    let reservation = try MemoryReservation.ofQuery(
      rowCount * 2 * MemoryLayout<RadixBuckets.Element>.stride, for: "sorting")
    defer { withExtendedLifetime(reservation) {} }
    let buckets = RadixBuckets(count: rowCount, context: context)
    for (fields, bitCount) in packed where bitCount > 0 {
      for field in fields {
        try buckets.fill(
          columns[field.column], least: field.least, shift: field.shift,
          isFirst: field.shift == 0)
      }
      try buckets.sort(bitCount: bitCount)
    }
    rows = buckets.rows
    if packed.count == 1 { words = buckets.words }
  }

  /// The least word, and how many bits the difference of any other takes.
  private static func extent(_ words: [UInt64]) -> (least: UInt64, bitCount: Int) {
    guard var least = words.first else { return (0, 0) }
    var greatest = least
    for word in words {
      least = min(least, word)
      greatest = max(greatest, word)
    }
    return (least, 64 - (greatest - least).leadingZeroBitCount)
  }
}
