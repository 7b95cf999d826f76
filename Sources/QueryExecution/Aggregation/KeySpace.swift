import ColumnStore

/// One key column of a grouping or join: turns values into words that are equal if the values are.
struct KeySpace {
  let type: DataType
  fileprivate var text = TextSpace()
  private var objects: [Value] = []
  private var objectCodes: [Value: UInt64] = [:]

  /// `dictionary` is the one that the key's column has, where it is a column.
  init(type: DataType, dictionary: DictionaryView? = nil) {
    self.type = type
    text = TextSpace(dictionary: dictionary)
  }

  /// Memory of what words stand for, roughly.
  var byteCount: Int { text.byteCount + objects.count * 256 }

  /// Words held by the caller must be replaced before those of `vector` are added to them.
  func mustRewrite(for vector: Vector) -> Bool {
    guard type.physical == .text else { return false }
    switch vector.storage {
    case .text(_, let source): return text.mustIntern(source)
    case .constant(.text(let string)), .constant(.json(let string)):
      return !text.isInterning && text.code(of: string) == nil
    default: return false
    }
  }

  mutating func rewrite(held: [UInt64], isNull: (Int) -> Bool) -> [UInt64] {
    text.startInterning(held: held, isNull: isNull)
  }

  /// One word per row; 0 for null rows.
  mutating func words(_ vector: Vector) -> [UInt64] {
    let count = vector.count
    switch vector.storage {
    case .constant(let value):
      return Array(repeating: word(value), count: count)
    case .integers(let values):
      return masked(vector.validity, count) { UInt64(bitPattern: values[$0]) }
    case .doubles(let values):
      return masked(vector.validity, count) { canonicalWord(values[$0]) }
    case .booleans(let values):
      return masked(vector.validity, count) { UInt64(values[$0]) }
    case .text(let codes, let source):
      return text.words(codes, source, validity: vector.validity)
    case .objects(let values):
      return masked(vector.validity, count) { objectWord(values[$0]) }
    }
  }

  private mutating func word(_ value: Value) -> UInt64 {
    switch value {
    case .null: return 0
    case .boolean(let value): return value ? 1 : 0
    case .double(let value): return canonicalWord(value)
    case .text(let string), .json(let string):
      if !text.isInterning, let code = text.code(of: string) { return UInt64(code) }
      let pool = TextPool()
      pool.append(string)
      return text.words([0], .pool(pool), validity: nil)[0]
    case .integer, .timestamp, .timestampWithTimeZone, .date:
      return UInt64(bitPattern: value.integer ?? 0)
    case .interval, .hyperLogLog, .digest, .array: return objectWord(value)
    }
  }

  fileprivate func objectCode(_ value: Value) -> UInt64? {
    objectCodes[value.equalityKey]
  }

  private mutating func objectWord(_ value: Value) -> UInt64 {
    if value.isNull { return 0 }
    let key = value.equalityKey
    if let code = objectCodes[key] { return code }
    let code = UInt64(objects.count)
    objects.append(value)
    objectCodes[key] = code
    return code
  }

  @inline(__always)
  private func masked(_ validity: [UInt8]?, _ count: Int, _ word: (Int) -> UInt64) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { words, initialized in
      if let validity {
        for row in 0..<count { words[row] = validity[row] == 0 ? 0 : word(row) }
      } else {
        for row in 0..<count { words[row] = word(row) }
      }
      initialized = count
    }
  }

  /// The values that words stand for.
  func vector(_ words: [UInt64], isNull: [UInt8]) -> Vector {
    let hasNull = isNull.contains(1)
    let validity = hasNull ? isNull.map { 1 - $0 } : nil
    let storage: Vector.Storage =
      switch type.physical {
      case .integer: .integers(words.map(Int64.init(bitPattern:)))
      case .double: .doubles(words.map(Double.init(bitPattern:)))
      case .boolean: .booleans(words.map { UInt8(truncatingIfNeeded: $0) })
      case .text: .text(codes: words.map { UInt32(truncatingIfNeeded: $0) }, text.source)
      case .object:
        .objects(
          words.indices.map { isNull[$0] != 0 || objects.isEmpty ? .null : objects[Int(words[$0])] }
        )
      }
    return Vector(type: type, count: words.count, storage: storage, validity: validity)
  }

  /// The dictionary that words are codes of.
  var dictionary: DictionaryView? { text.dictionary }
}

extension TextSpace {
  var isInterning: Bool { interner != nil }

  /// The dictionary's code of a string.
  func code(of string: String) -> UInt32? {
    var string = string
    return dictionary.flatMap { dictionary in string.withUTF8 { dictionary.code(of: $0) } }
  }
}

extension Interval {
  /// PostgreSQL's order of intervals: in milliseconds, a month as 30 days, a day as 24 hours.
  var sortKey: Int64 {
    let days = Int64(months) * 30 + Int64(days)
    return (days &* 86_400_000) &+ milliseconds
  }
}

/// -0 equals 0 and every NaN equals every NaN.
func canonicalWord(_ value: Double) -> UInt64 {
  if value == 0 { return 0 }
  return value.isNaN ? Double.nan.bitPattern : value.bitPattern
}

extension KeySpace {
  /// A word that no value of a table has.
  private static let absent = UInt64.max - 1

  /// Words of values that are only looked up, never added.
  func lookup(_ vector: Vector) -> [UInt64] {
    guard type.physical == .text || type.physical == .object else {
      var copy = self
      return copy.words(vector)
    }
    if type.physical == .object {
      return (0..<vector.count).map { objectCode(vector.value(at: $0)) ?? Self.absent }
    }
    switch vector.storage {
    case .text(let codes, let source):
      return text.lookup(codes, source, validity: vector.validity, absent: Self.absent)
    case .constant(.text(let string)), .constant(.json(let string)):
      let pool = TextPool()
      pool.append(string)
      let word = text.lookup([0], .pool(pool), validity: nil, absent: Self.absent)[0]
      return Array(repeating: word, count: vector.count)
    default:
      return Array(repeating: Self.absent, count: vector.count)
    }
  }
}

extension TextSpace {
  /// Words of strings that are only looked up.
  func lookup(
    _ codes: [UInt32], _ source: TextSource, validity: [UInt8]?, absent: UInt64
  ) -> [UInt64] {
    if interner == nil, case .dictionary(let view) = source,
      dictionary?.dictionary === view.dictionary
    {
      return codes.map(UInt64.init)
    }
    func find(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
      if let interner { return interner.find(text).map(UInt64.init) ?? absent }
      return dictionary?.code(of: text).map(UInt64.init) ?? absent
    }
    var words = [UInt64](repeating: absent, count: codes.count)
    switch source {
    case .dictionary(let view):
      var known: [UInt32: UInt64] = [:]
      for row in codes.indices where validity?[row] != 0 {
        let code = codes[row]
        if let word = known[code] {
          words[row] = word
        } else {
          let word = find(view.bytes(code))
          known[code] = word
          words[row] = word
        }
      }
    case .pool(let pool):
      for row in codes.indices where validity?[row] != 0 {
        words[row] = pool.withBytes(Int(codes[row]), find)
      }
    }
    return words
  }
}
