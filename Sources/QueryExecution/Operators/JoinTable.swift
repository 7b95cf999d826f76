import ColumnStore
import QueryLanguage
import QueryPlanning

/// The build side of a join: its rows in memory, found by key.
final class JoinTable: Sendable {
  let rows: Batch
  private let keys: JoinKeys
  private let table: WordTable
  /// First row of each distinct key, then the next row with the same key; `UInt32.max` ends.
  private let first: [UInt32]
  private let next: [UInt32]
  /// With one text key of one dictionary: the distinct key by code.
  private let keyOfCode: [UInt32]
  /// Whether no two rows have the same key.
  let isUnique: Bool
  private let reservation: MemoryReservation

  /// `keys` are evaluated over the rows.
  init(_ rows: Batch, keys expressions: [CompiledExpression]) throws(QueryError) {
    self.rows = rows
    let width = expressions.count
    reservation = try .ofQuery(
      width == 0 ? 0 : rows.rowCount * (24 * (width + 1) + 40), for: "the table of a join")
    var vectors: [Vector] = []
    let view = BatchView(rows)
    for key in expressions { vectors.append(try view.evaluate(key)) }
    var keys = JoinKeys(types: expressions.map(\.type))
    var table = WordTable(width: expressions.count)
    var words: [[UInt64]] = []
    for (index, vector) in vectors.enumerated() { words.append(keys.buildWords(index, vector)) }
    let isValid = validRows(vectors, count: rows.rowCount)
    var first: [UInt32] = []
    var next = [UInt32](repeating: .max, count: rows.rowCount)
    var row = [UInt64](repeating: 0, count: expressions.count)
    // From the last row to the first, so that chains are ascending.
    for index in stride(from: rows.rowCount - 1, through: 0, by: -1) where isValid[index] != 0 {
      if index & 0xFFFF == 0 { try QueryScope.check() }
      for column in words.indices { row[column] = words[column][index] }
      let key = Int(row.withUnsafeBufferPointer { table.insert($0) })
      if key == first.count { first.append(.max) }
      next[index] = first[key]
      first[key] = UInt32(index)
    }
    if expressions.count == 1, let dictionary = keys.dictionary(0) {
      var keyOfCode = [UInt32](repeating: .max, count: dictionary.count)
      for key in 0..<table.count { keyOfCode[Int(table.word(key, 0))] = UInt32(key) }
      self.keyOfCode = keyOfCode
    } else {
      keyOfCode = []
    }
    self.keys = keys
    self.table = table
    self.first = first
    self.next = next
    isUnique = next.allSatisfy { $0 == .max }
  }

  /// For each row of a view a build row with equal keys; `UInt32.max`: there is none.
  ///
  /// Codes of a shared dictionary are looked up once per entry of the segment, or by row in an array.
  func partners(
    of view: BatchView, keys: [CompiledExpression]
  ) throws(QueryError) -> [UInt32] {
    if keys.count == 1, !keyOfCode.isEmpty, case .coded(let coded) = try view.lift(keys[0]) {
      let entries = partners([coded.values], count: coded.values.count)
      let indices = coded.entryIndices(positions: view.positions, rowCount: view.rowCount)
      return entries.gathered(indices)
    }
    var vectors: [Vector] = []
    for key in keys { vectors.append(try view.evaluate(key)) }
    return partners(vectors, count: view.rowCount)
  }

  /// Of each row, given by the values of its keys, the first build row; `UInt32.max`: there is none.
  func partners(_ vectors: [Vector], count: Int) -> [UInt32] {
    var partners = [UInt32](repeating: .max, count: count)
    let isValid = validRows(vectors, count: count)
    if let codes = codes(of: vectors) {
      for row in 0..<count where isValid[row] != 0 {
        let code = Int(codes[row])
        if code < keyOfCode.count, keyOfCode[code] != .max {
          partners[row] = first[Int(keyOfCode[code])]
        }
      }
      return partners
    }
    var words: [[UInt64]] = []
    for (index, vector) in vectors.enumerated() { words.append(keys.probeWords(index, vector)) }
    var row = [UInt64](repeating: 0, count: vectors.count)
    for index in 0..<count where isValid[index] != 0 {
      for column in words.indices { row[column] = words[column][index] }
      if let key = row.withUnsafeBufferPointer({ table.find($0) }) {
        partners[index] = first[Int(key)]
      }
    }
    return partners
  }

  /// The codes of a single text key that has the dictionary of the build side.
  private func codes(of vectors: [Vector]) -> [UInt32]? {
    guard !keyOfCode.isEmpty, vectors.count == 1,
      case .text(let codes, .dictionary(let view)) = vectors[0].storage,
      keys.dictionary(0)?.dictionary === view.dictionary
    else { return nil }
    return codes
  }

  /// The next build row with the same keys; `UInt32.max` after the last.
  @inline(__always)
  func match(after row: UInt32) -> UInt32 { next[Int(row)] }
}

/// 1 where no key is null.
private func validRows(_ vectors: [Vector], count: Int) -> [UInt8] {
  var isValid = [UInt8](repeating: 1, count: count)
  for vector in vectors {
    if case .constant(.null) = vector.storage { return Array(repeating: 0, count: count) }
    if let validity = vector.validity { for row in 0..<count { isValid[row] &= validity[row] } }
  }
  return isValid
}

/// Words of the keys of both sides of a join.
private struct JoinKeys: Sendable {
  private var spaces: [KeySpace]

  init(types: [DataType]) {
    spaces = types.map { KeySpace(type: $0) }
  }

  mutating func buildWords(_ key: Int, _ vector: Vector) -> [UInt64] {
    // All build rows come in one vector: nothing is held yet that would have to be rewritten.
    if spaces[key].mustRewrite(for: vector) {
      _ = spaces[key].rewrite(held: []) { _ in false }
    }
    return spaces[key].words(vector)
  }

  /// Words that equal those of the build side's equal values; values that it does not have get
  /// words that it does not have.
  func probeWords(_ key: Int, _ vector: Vector) -> [UInt64] {
    spaces[key].lookup(vector)
  }

  func dictionary(_ key: Int) -> DictionaryView? { spaces[key].dictionary }
}
