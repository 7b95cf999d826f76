import ColumnStore
import QueryLanguage

/// Memory of the arrays that a kernel makes for a batch, set aside before each is built, in steps.
struct ArrayMemory {
  private static let step = 1 << 16

  private var uncounted = 0

  /// Called before an array of so many elements is made. `byteCount` is what its texts take beside.
  @inline(__always)
  mutating func reserve(_ elementCount: Int, byteCount: Int = 0) throws(QueryError) {
    uncounted += 32 + elementCount * MemoryLayout<Value>.stride + byteCount
    if uncounted >= Self.step { try count() }
  }

  private mutating func count() throws(QueryError) {
    try QueryScope.reserve(uncounted, for: "the arrays of a function")
    try QueryScope.check()
    uncounted = 0
  }
}
