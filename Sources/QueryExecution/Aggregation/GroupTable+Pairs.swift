import ColumnStore
import QueryLanguage
import QueryPlanning

extension GroupTable {
  /// The key that `PairGroups` has as codes: that of the longest dictionary, if there are others beside it.
  static func wideKey(
    _ keys: [CompiledExpression], _ dictionaries: [DictionaryView?]
  ) -> Int? {
    guard keys.count > 1 else { return nil }
    func length(_ key: Int) -> Int {
      keys[key].type == .text ? dictionaries[key]?.count ?? 0 : 0
    }
    guard let widest = keys.indices.max(by: { length($0) < length($1) }),
      length(widest) >= PairGroups.leastCodeCount
    else { return nil }
    return widest
  }

  /// `nil` where the wide key is no code of the dictionary, or there are too many combinations of the others.
  mutating func assignPairs(
    _ lifted: [LiftedVector], _ view: BatchView
  ) throws(QueryError) -> [UInt32]? {
    guard let text = lifted[wide].dictionaryCodes(view), adopt(text.dictionary, key: wide)
    else { return nil }
    let others = assign(
      inputs: keys.indices.map {
        $0 == wide ? .constant(word: 0, isNull: false) : input($0, lifted[$0], view)
      }, view.rowCount)
    guard var groups = pairs else { return nil }
    pairs = nil
    defer { pairs = groups }
    let hasRoom = try groups.makeRoom(
      codeCount: spaces[wide].dictionary?.count ?? text.dictionary.count,
      combinationCount: table.count, adding: view.rowCount)
    return hasRoom
      ? groups.insert(text.codes, validity: text.validity, beside: others.kind) : nil
  }

  /// Goes over to one table of all keys.
  mutating func leavePairs() {
    guard let groups = pairs else { return }
    pairs = nil
    let combinations = table
    table = WordTable(width: combinations.width)
    var row = [UInt64](repeating: 0, count: table.width)
    for group in 0..<groups.count {
      // Nobody will look.
      if group & 0xFFFF == 0xFFFF, QueryScope.mustStop { return }
      for word in row.indices {
        row[word] = combinations.word(Int(groups.combinations[group]), word)
      }
      let code = groups.codes[group]
      row[wide] = code == PairGroups.null ? 0 : UInt64(code)
      if code == PairGroups.null { row[keys.count + wide / 64] |= 1 &<< UInt64(wide % 64) }
      _ = row.withUnsafeBufferPointer { table.insert($0) }
    }
  }

  /// The values of one key, by group of pairs.
  func keyVector(_ key: Int, of groups: PairGroups) -> Vector {
    guard key == wide else { return tableVector(key).gather(rows: groups.combinations) }
    let isNull = groups.codes.map { UInt64($0 == PairGroups.null ? 1 : 0) }
    return spaces[key].vector(
      zip(groups.codes, isNull).map { $1 != 0 ? 0 : UInt64($0) },
      isNull: isNull.map { UInt8($0) })
  }
}

extension LiftedVector {
  /// Codes of a dictionary for all rows; `nil` where they are anything else.
  func dictionaryCodes(
    _ view: BatchView
  ) -> (codes: [UInt32], validity: [UInt8]?, dictionary: DictionaryView)? {
    let vector: Vector
    switch self {
    case .constant: return nil
    case .coded(let coded):
      vector = coded.materialized(positions: view.positions, rowCount: view.rowCount)
    case .plain(let plain): vector = plain
    }
    guard case .text(let codes, .dictionary(let dictionary)) = vector.storage else { return nil }
    return (codes, vector.validity, dictionary)
  }
}
