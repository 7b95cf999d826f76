import ColumnStore

/// Brings text vectors of several sources under one source.
///
/// Vectors of one dictionary keep it, and their codes; all others are copied into a new pool, each
/// string that occurs once per vector.
struct TextUnion {
  private var builder = TextBuilder()
  private var dictionary: DictionaryView?

  /// What the codes of the result mean.
  private(set) var codes: [[UInt32]] = []

  /// Codes of null rows may become any code.
  init(_ vectors: [Vector]) {
    dictionary = Self.sharedDictionary(vectors)
    for vector in vectors { codes.append(translated(vector)) }
  }

  var source: TextSource {
    if let dictionary { return .dictionary(dictionary) }
    return .pool(builder.pool())
  }

  private static func sharedDictionary(_ vectors: [Vector]) -> DictionaryView? {
    var shared: DictionaryView?
    for vector in vectors {
      guard case .text(_, .dictionary(let view)) = vector.storage else { continue }
      guard let known = shared else {
        shared = view
        continue
      }
      guard known.dictionary === view.dictionary else { return nil }
      if view.count > known.count { shared = view }
    }
    guard let shared, shared.count > 0 else { return nil }
    for vector in vectors {
      switch vector.storage {
      case .text(_, .dictionary), .constant(.null): continue
      case .constant(let value) where code(of: value, in: shared) != nil: continue
      default: return nil
      }
    }
    return shared
  }

  private static func code(of value: Value, in view: DictionaryView) -> UInt32? {
    var text = value.textOrEmpty
    return text.withUTF8 { view.code(of: $0) }
  }

  private mutating func translated(_ vector: Vector) -> [UInt32] {
    switch vector.storage {
    case .constant(let value):
      if let dictionary {
        let code = value.isNull ? 0 : Self.code(of: value, in: dictionary) ?? 0
        return [UInt32](repeating: code, count: vector.count)
      }
      let code = UInt32(truncatingIfNeeded: builder.count)
      builder.append(value.textOrEmpty)
      return [UInt32](repeating: code, count: vector.count)
    case .text(let rows, let source):
      if dictionary != nil { return rows }
      let distinct = DistinctCodes(
        rows, validity: vector.validity, entryCount: source.entryCount)
      let first = UInt32(truncatingIfNeeded: builder.count)
      TextEntries.withEntries(of: source) { entries in
        for code in distinct.codes { builder.append(entries[code]) }
      }
      // Null rows point at the first entry: there has to be one.
      if builder.count == Int(first) { builder.append("") }
      var result = distinct.slots
      for row in result.indices { result[row] &+= first }
      return result
    case .booleans, .integers, .doubles, .objects:
      preconditionFailure("the vector is not text")
    }
  }
}
