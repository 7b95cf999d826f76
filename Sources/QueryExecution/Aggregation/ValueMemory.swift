import ColumnStore
import QueryLanguage

/// Memory of values that a state keeps as they are, such as long texts: set aside for the batch in
/// steps of a megabyte, and part of the state's size from then on.
struct ValueMemory {
  private static let step = 1 << 20

  private(set) var byteCount = 0
  private var uncounted = 0

  mutating func replace(_ old: Value, with new: Value) throws(QueryError) {
    let added = new.heapByteCount
    byteCount += added - old.heapByteCount
    uncounted += added
    guard uncounted > Self.step else { return }
    try count()
  }

  /// Another value that is kept beside those that there are.
  mutating func add(_ value: Value) throws(QueryError) { try replace(.null, with: value) }

  /// Values of another state that are kept here from now on, which was counted for the merge.
  mutating func take(_ other: ValueMemory) { byteCount += other.byteCount }

  private mutating func count() throws(QueryError) {
    try QueryScope.reserve(uncounted, for: "the values of an aggregation")
    try QueryScope.check()
    uncounted = 0
  }
}
