import ColumnStore
import QueryLanguage
import QueryPlanning

/// The groups that rows have made so far, by key.
struct GroupTable {
  let keys: [CompiledExpression]
  var spaces: [KeySpace]
  var table: WordTable
  /// With one text key, as long as all its values are of one dictionary: in place of `table`.
  private var codes: CodeGroups?
  /// With a text key of many values among several, `wide`, as long as all its values are of one dictionary: the
  /// groups. Then `table` has the combinations of the other keys, with 0 in place of this one.
  var pairs: PairGroups?
  let wide: Int

  /// `dictionaries` are those of keys that are text columns of a scan.
  init(keys: [CompiledExpression], dictionaries: [DictionaryView?]) {
    self.keys = keys
    let wideKey = Self.wideKey(keys, dictionaries)
    wide = wideKey ?? 0
    spaces = zip(keys, dictionaries).map { KeySpace(type: $0.type, dictionary: $1) }
    table = WordTable(width: keys.count + Self.nullWordCount(keys.count))
    // Without keys there is one group, also over no rows.
    if keys.isEmpty { _ = [].withUnsafeBufferPointer { table.insert($0) } }
    if keys.count == 1, keys[0].type.physical == .text { codes = CodeGroups() }
    if wideKey != nil { pairs = PairGroups() }
  }

  /// After the keys come words that say by one bit per key which keys are null.
  private static func nullWordCount(_ keyCount: Int) -> Int { (keyCount + 63) / 64 }

  var count: Int { pairs?.count ?? codes?.count ?? table.count }
  var byteCount: Int {
    spaces.reduce(table.byteCount + (codes?.byteCount ?? 0) + (pairs?.byteCount ?? 0)) {
      $0 + $1.byteCount
    }
  }

  /// Memory that may have to be allocated for so many more rows while the old is still there.
  func growthByteCount(adding rowCount: Int) -> Int {
    if let codes { return codes.byteCount + rowCount * 8 }
    // The groups of pairs may have to move to the table.
    return table.growthByteCount(adding: rowCount + (pairs?.count ?? 0))
      + (pairs?.growthByteCount(adding: rowCount) ?? 0)
  }

  /// One key of a view: a small index per row and what each index means, or a word per row.
  enum Key {
    case constant(word: UInt64, isNull: Bool)
    case indexed(DenseIndices, words: [UInt64], nulls: [UInt8])
    case words([UInt64], nulls: [UInt8]?)
  }

  mutating func assign(_ view: BatchView) throws(QueryError) -> GroupAssignment {
    if keys.isEmpty { return GroupAssignment(.single(0), rowCount: view.rowCount) }
    // No rows make no group, whatever the keys would be.
    if view.rowCount == 0 { return GroupAssignment(.rows([]), rowCount: 0) }
    var lifted: [LiftedVector] = []
    for key in keys {
      lifted.append(try view.lift(key))
      if codes != nil, let groups = groups(of: lifted[0]) {
        return GroupAssignment(.rows(groups), rowCount: view.rowCount)
      }
    }
    return try assign(lifted, view)
  }

  private mutating func assign(
    _ lifted: [LiftedVector], _ view: BatchView
  ) throws(QueryError) -> GroupAssignment {
    if pairs != nil {
      if let groups = try assignPairs(lifted, view) {
        return GroupAssignment(.rows(groups), rowCount: view.rowCount)
      }
      leavePairs()
    }
    return assign(inputs: keys.indices.map { input($0, lifted[$0], view) }, view.rowCount)
  }

  mutating func assign(inputs: [Key], _ rowCount: Int) -> GroupAssignment {
    assignDense(inputs, rowCount: rowCount) ?? assignByHash(inputs, rowCount: rowCount)
  }

  /// The groups of codes that there are too many of for a look at each that occurs.
  private mutating func groups(of lifted: LiftedVector) -> [UInt32]? {
    guard case .plain(let vector) = lifted,
      case .text(let rows, .dictionary(let dictionary)) = vector.storage,
      adopt(dictionary, key: 0), var table = codes
    else { return nil }
    codes = nil
    defer { codes = table }
    guard let validity = vector.validity else {
      return table.insert(rows, isNull: { _ in false }, hasNulls: false)
    }
    return table.insert(rows, isNull: { validity[$0] == 0 }, hasNulls: true)
  }

  /// Whether codes of the dictionary can be groups as they are.
  mutating func adopt(_ dictionary: DictionaryView, key: Int) -> Bool {
    let none = Vector(
      type: keys[key].type, count: 0, storage: .text(codes: [], .dictionary(dictionary)))
    guard !spaces[key].mustRewrite(for: none) else { return false }
    _ = spaces[key].words(none)
    return spaces[key].dictionary?.dictionary === dictionary.dictionary
  }

  /// Goes over to words, whose meaning is about to change.
  private mutating func leaveCodes() {
    guard let groups = codes else { return }
    codes = nil
    for group in 0..<groups.count {
      let isNull = groups.isNull(group)
      _ = [isNull ? 0 : UInt64(groups.codes[group]), isNull ? 1 : 0]
        .withUnsafeBufferPointer { table.insert($0) }
    }
  }

  mutating func input(_ key: Int, _ lifted: LiftedVector, _ view: BatchView) -> Key {
    switch lifted {
    case .constant(let value, let type):
      let vector = Vector(constant: value, type: type, count: 1)
      return .constant(word: words(key, vector)[0], isNull: value.isNull)
    case .coded(let coded):
      let words = words(key, coded.values)
      let nulls = coded.values.nullBytes
      if view.isWhole, coded.validity == nil, coded.codes.width <= 2 {
        return .indexed(.codes(coded.codes), words: words, nulls: nulls)
      }
      if view.isWhole, coded.sparse != nil {
        return .indexed(.sparse(coded, rowCount: view.rowCount), words: words, nulls: nulls)
      }
      let indices = coded.entryIndices(positions: view.positions, rowCount: view.rowCount)
      return .indexed(.indices(indices), words: words, nulls: nulls)
    case .plain(let vector):
      if case .constant(let value) = vector.storage {
        return .constant(word: words(key, vector).first ?? 0, isNull: value.isNull)
      }
      if let dense = dense(vector) ?? denseText(key, vector) { return dense }
      return .words(words(key, vector), nulls: vector.validity.map { $0.map { 1 - $0 } })
    }
  }

  /// Integers and booleans in a narrow range are their own index.
  private func dense(_ vector: Vector) -> Key? {
    let count = vector.count
    switch vector.storage {
    case .booleans(let values):
      let indices = (0..<count).map { row in
        vector.validity?[row] == 0 ? UInt32(2) : UInt32(values[row])
      }
      return .indexed(.indices(indices), words: [0, 1, 0], nulls: [0, 0, 1])
    case .integers(let values):
      var least = Int64.max
      var greatest = Int64.min
      for row in 0..<count where vector.validity?[row] != 0 {
        least = min(least, values[row])
        greatest = max(greatest, values[row])
      }
      guard least <= greatest else { return nil }
      let (span, overflow) = greatest.subtractingReportingOverflow(least)
      guard !overflow, span < Int64(max(count / 4, 64)) else { return nil }
      let size = Int(span) + 1
      let null = UInt32(size)
      let indices = [UInt32](unsafeUninitializedCapacity: count) { indices, initialized in
        for row in 0..<count {
          indices[row] =
            vector.validity?[row] == 0
            ? null : UInt32(truncatingIfNeeded: values[row] &- least)
        }
        initialized = count
      }
      return .indexed(
        .indices(indices), words: (0..<size).map { UInt64(bitPattern: least &+ Int64($0)) } + [0],
        nulls: Array(repeating: 0, count: size) + [1])
    default:
      return nil
    }
  }

  /// Codes of a dictionary that is much shorter than the rows are their own index.
  private mutating func denseText(_ key: Int, _ vector: Vector) -> Key? {
    guard case .text(let codes, .dictionary(let dictionary)) = vector.storage,
      dictionary.count < max(vector.count / 4, 64)
    else { return nil }
    let size = dictionary.count
    let entries = Vector(
      type: vector.type, count: size,
      storage: .text(codes: ascendingCodes(size), .dictionary(dictionary)))
    let words = words(key, entries)
    var indices = codes
    if let validity = vector.validity {
      for row in indices.indices where validity[row] == 0 { indices[row] = UInt32(size) }
    }
    return .indexed(
      .indices(indices), words: words + [0], nulls: Array(repeating: 0, count: size) + [1])
  }

  /// Words of the key's values; goes over to interning when text of another dictionary comes.
  private mutating func words(_ key: Int, _ vector: Vector) -> [UInt64] {
    if spaces[key].mustRewrite(for: vector) {
      leaveCodes()
      let held = (0..<table.count).map { table.word($0, key) }
      let nulls = (0..<table.count).map { isNull($0, key) }
      table.replaceColumn(key, with: spaces[key].rewrite(held: held) { nulls[$0] })
    }
    return spaces[key].words(vector)
  }

  private func isNull(_ group: Int, _ key: Int) -> Bool {
    if let codes { return codes.isNull(group) }
    return table.word(group, keys.count + key / 64) &>> UInt64(key % 64) & 1 != 0
  }

  // MARK: - Dense

  /// Looks up one group per combination that occurs instead of one per row.
  private mutating func assignDense(_ inputs: [Key], rowCount: Int) -> GroupAssignment? {
    var size = 1
    for case .indexed(_, let words, _) in inputs {
      size *= words.count
      if size > max(2 * rowCount, 1024) { return nil }
    }
    for case .words in inputs { return nil }
    let indexed = inputs.filter { if case .indexed = $0 { true } else { false } }
    if indexed.isEmpty {
      let group = group(inputs) { _ in 0 }
      return GroupAssignment(.single(Int(group)), rowCount: rowCount)
    }
    let indices: DenseIndices
    if indexed.count == 1, case .indexed(let only, _, _) = indexed[0] {
      indices = only
    } else {
      indices = .indices(combined(indexed, rowCount: rowCount))
    }
    let counts = indices.histogram(size: size, count: rowCount)
    var groups = [UInt32](repeating: 0, count: counts.count)
    var present = 0
    var last: UInt32 = 0
    if var table = codes, spaces[0].dictionary != nil,
      case .indexed(_, let words, let nulls) = inputs[0]
    {
      codes = nil
      for index in 0..<size where counts[index] > 0 {
        last =
          nulls[index] != 0
          ? table.insertNull() : table.insert(UInt32(truncatingIfNeeded: words[index]))
        groups[index] = last
        present += 1
      }
      codes = table
      if present == 1 { return GroupAssignment(.single(Int(last)), rowCount: rowCount) }
      return GroupAssignment(.indexed(indices, groups: groups, counts: counts), rowCount: rowCount)
    }
    for index in 0..<size where counts[index] > 0 {
      last = group(inputs) { width in
        // Undoes the combination: the last key varies fastest.
        index / width.below % width.size
      }
      groups[index] = last
      present += 1
    }
    if present == 1 { return GroupAssignment(.single(Int(last)), rowCount: rowCount) }
    return GroupAssignment(.indexed(indices, groups: groups, counts: counts), rowCount: rowCount)
  }

  private func combined(_ indexed: [Key], rowCount: Int) -> [UInt32] {
    var combined = [UInt32](repeating: 0, count: rowCount)
    for case .indexed(let indices, let words, _) in indexed {
      let size = UInt32(words.count)
      combined.withUnsafeMutableBufferPointer { combined in
        guard let combined = combined.baseAddress else { return }
        switch indices {
        case .codes(.bytes1(let codes)):
          for row in 0..<rowCount {
            combined[row] = combined[row] &* size &+ UInt32(codes.base[row])
          }
        case .codes(.bytes2(let codes)):
          for row in 0..<rowCount {
            combined[row] = combined[row] &* size &+ UInt32(codes.base[row])
          }
        case .codes(.bytes4(let codes)):
          for row in 0..<rowCount { combined[row] = combined[row] &* size &+ codes.base[row] }
        case .codes(.bytes8): break
        case .sparse(let coded, let rowCount):
          let codes = coded.entryIndices(positions: nil, rowCount: rowCount)
          for row in 0..<rowCount { combined[row] = combined[row] &* size &+ codes[row] }
        case .indices(let codes):
          codes.withUnsafeBufferPointer { codes in
            for row in 0..<rowCount { combined[row] = combined[row] &* size &+ codes[row] }
          }
        }
      }
    }
    return combined
  }

  /// The group of one combination; `index` gives each indexed key's index from its place.
  private mutating func group(
    _ inputs: [Key], index: ((below: Int, size: Int)) -> Int
  ) -> UInt32 {
    var row = [UInt64](repeating: 0, count: table.width)
    var below = 1
    for key in inputs.indices.reversed() {
      var isNull = false
      switch inputs[key] {
      case .constant(let word, let null): (row[key], isNull) = (word, null)
      case .indexed(_, let words, let nulls):
        let index = index((below, words.count))
        below *= words.count
        (row[key], isNull) = (words[index], nulls[index] != 0)
      case .words: break
      }
      if isNull {
        row[key] = 0
        row[inputs.count + key / 64] |= 1 << UInt64(key % 64)
      }
    }
    return insert(row)
  }

  /// The group of a row of words, those of nulls included.
  private mutating func insert(_ row: [UInt64]) -> UInt32 {
    if codes != nil, row[1] != 0 || spaces[0].dictionary != nil {
      return row[1] != 0
        ? codes?.insertNull() ?? 0 : codes?.insert(UInt32(truncatingIfNeeded: row[0])) ?? 0
    }
    leaveCodes()
    return row.withUnsafeBufferPointer { table.insert($0) }
  }

  // MARK: - Hash

  private mutating func assignByHash(_ inputs: [Key], rowCount: Int) -> GroupAssignment {
    leaveCodes()
    var columns: [[UInt64]] = []
    var nullWords = [[UInt64]](
      repeating: [UInt64](repeating: 0, count: rowCount),
      count: Self.nullWordCount(inputs.count))
    for (key, input) in inputs.enumerated() {
      let bit = UInt64(1) << UInt64(key % 64)
      let nullWord = key / 64
      switch input {
      case .constant(let word, let isNull):
        columns.append(Array(repeating: word, count: rowCount))
        if isNull { for row in 0..<rowCount { nullWords[nullWord][row] |= bit } }
      case .indexed(let indices, let words, let nulls):
        let rows = indices.translated(Array(0..<UInt32(words.count)), count: rowCount)
        columns.append(rows.map { words[Int($0)] })
        if nulls.contains(1) {
          for row in 0..<rowCount where nulls[Int(rows[row])] != 0 {
            nullWords[nullWord][row] |= bit
          }
        }
      case .words(let words, let nulls):
        columns.append(words)
        if let nulls {
          for row in 0..<rowCount where nulls[row] != 0 { nullWords[nullWord][row] |= bit }
        }
      }
    }
    columns += nullWords
    return GroupAssignment(
      .rows(table.insert(columns: columns, count: rowCount)), rowCount: rowCount)
  }

  // MARK: - Merging and finishing

  mutating func settle() {
    codes?.settle()
    pairs?.settle()
  }

  /// Adds the groups of another table of the same keys; returns for each of its groups the one here.
  mutating func merge(_ other: GroupTable) throws(QueryError) -> [UInt32] {
    if keys.isEmpty { return [0] }
    if pairs != nil || other.pairs != nil {
      if other.count == 0 { return [] }
      let rows = BatchView(Batch(rowCount: other.count, columns: []))
      return try assign(keys.indices.map { .plain(other.keyVector($0)) }, rows).rows
    }
    if let theirs = other.codes, other.spaces[0].dictionary == nil, var mine = codes {
      // Nothing but nulls came there.
      codes = nil
      defer { codes = mine }
      return theirs.nullGroup == nil ? [] : [mine.insertNull()]
    }
    if let theirs = other.codes, let dictionary = other.spaces[0].dictionary, codes != nil,
      adopt(dictionary, key: 0), var mine = codes
    {
      codes = nil
      defer { codes = mine }
      return mine.merge(theirs)
    }
    // Words first: they may change what the table holds.
    var columns: [[UInt64]] = []
    for key in keys.indices { columns.append(words(key, other.keyVector(key))) }
    leaveCodes()
    for word in keys.count..<table.width {
      let isOneKey = keys.count == 1
      columns.append(
        (0..<other.count).map {
          isOneKey ? (other.isNull($0, 0) ? 1 : 0) : other.table.word($0, word)
        })
    }
    return table.insert(columns: columns, count: other.count)
  }

  /// The values of one key, by group.
  func keyVector(_ key: Int) -> Vector {
    if let pairs { return keyVector(key, of: pairs) }
    if let codes, let dictionary = spaces[key].dictionary {
      let validity = codes.nullGroup.map { null in
        (0..<codes.count).map { UInt8($0 == Int(null) ? 0 : 1) }
      }
      return Vector(
        type: spaces[key].type, count: codes.count,
        storage: .text(codes: codes.codes, .dictionary(dictionary)), validity: validity)
    }
    if let codes {
      // Nothing but nulls came so far.
      return spaces[key].vector(
        Array(repeating: 0, count: codes.count), isNull: Array(repeating: 1, count: codes.count))
    }
    return tableVector(key)
  }

  func tableVector(_ key: Int) -> Vector {
    let words = (0..<table.count).map { table.word($0, key) }
    return spaces[key].vector(words, isNull: (0..<table.count).map { isNull($0, key) ? 1 : 0 })
  }
}

extension Vector {
  /// 1 where the row is null.
  var nullBytes: [UInt8] {
    if case .constant(let value) = storage {
      return Array(repeating: value.isNull ? 1 : 0, count: count)
    }
    return validity.map { $0.map { 1 - $0 } } ?? Array(repeating: 0, count: count)
  }
}
