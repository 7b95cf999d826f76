/// What happens to a row whose key another row has.
public enum KeyConflict: Sendable {
  /// The transaction fails.
  case fail
  /// The new row is left out.
  case skip
  /// The new row takes the place of the old one: the last one wins.
  case replace

  /// A row, counted in its batch, that may not be added.
  struct Refusal: Error {
    var row: Int
  }
}

/// The keys of one transaction: which rows it may add, and which ones these replace.
///
/// Used under the appender's lock.
final class KeyedRows {
  private let contents: Table
  private let dictionaries: [TextDictionary?]
  /// `nil` until somebody asks for a key.
  private(set) var known: KeyIndex?
  /// Keys of rows that this transaction added, and where they are.
  private(set) var added: KeyTable
  var deletions = RowDeletions()
  /// Marks the value of a key whose row has its place in a batch only.
  private static let pending: UInt64 = 1 << 62

  init(_ contents: Table, index: KeyIndex?, dictionaries: [TextDictionary?]) {
    self.contents = contents
    self.dictionaries = dictionaries
    known = index
    added = KeyTable(width: contents.schema.primaryKey.count)
  }

  /// Reads all keys if nobody has before.
  func index() throws(StoreError) -> KeyIndex {
    if let known { return known }
    let index = try KeyIndex(contents, dictionaries: dictionaries)
    known = index
    return index
  }

  /// The row that has a key now.
  func location(_ key: UnsafePointer<UInt64>, _ index: KeyIndex) -> RowLocation? {
    if let own = added[key] { return index.location(own) }
    guard let location = index[key], !deletions.contains(location) else { return nil }
    return location
  }

  /// Which rows of a batch are to be added, ascending; `nil`: all. Rows that they replace are deleted.
  func admit(
    _ words: KeyWords, rowCount: Int, onConflict conflict: KeyConflict, _ index: KeyIndex
  ) throws(KeyConflict.Refusal) -> [UInt32]? {
    var isLeftOut: [Bool]?
    func leaveOut(_ row: Int) {
      if isLeftOut == nil { isLeftOut = Array(repeating: false, count: rowCount) }
      isLeftOut?[row] = true
    }
    try words.withKeys { (keys) throws(KeyConflict.Refusal) in
      for row in 0..<rowCount {
        let key = keys + row * index.width
        if let own = added[key] {
          switch conflict {
          case .fail: throw KeyConflict.Refusal(row: row)
          case .skip:
            leaveOut(row)
            continue
          case .replace:
            if own & Self.pending != 0 {
              leaveOut(Int(own & ~Self.pending))
            } else {
              deletions.insert(index.location(own))
            }
          }
        } else if let old = index[key], !deletions.contains(old) {
          switch conflict {
          case .fail: throw KeyConflict.Refusal(row: row)
          case .skip:
            leaveOut(row)
            continue
          case .replace: deletions.insert(old)
          }
        }
        added.set(key, to: Self.pending | UInt64(row))
      }
    }
    guard let isLeftOut else { return nil }
    return (0..<rowCount).filter { !isLeftOut[$0] }.map { UInt32($0) }
  }

  /// Notes where rows of a batch went: one after the other, from `first` on.
  func place(_ words: KeyWords, _ rows: BatchRows, at first: RowLocation) {
    guard let index = known else { preconditionFailure("rows were not admitted") }
    let number = index.number(of: first)
    words.withKeys { keys in
      rows.visit { position, row in
        added.set(keys + row * index.width, to: number + UInt64(position))
      }
    }
  }
}
