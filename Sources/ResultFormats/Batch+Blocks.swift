import ColumnStore
import QueryExecution

extension Batch {
  /// Rows that are spelled out together: a few thousand, or as many as take a few megabytes, since a
  /// long text that is kept once may stand in every row.
  func block(from start: Int, rowLimit: Int = 4_096, byteLimit: Int = 4 << 20) -> Range<Int> {
    let end = Swift.min(start + rowLimit, rowCount)
    var fixed = 0
    var varying: [Vector] = []
    for column in columns {
      switch column.storage {
      case .constant(let value): fixed += value.heapByteCount
      case .text, .objects: varying.append(column)
      case .booleans, .integers, .doubles: break
      }
    }
    if varying.isEmpty {
      return start..<Swift.min(end, start + Swift.max(byteLimit / Swift.max(fixed, 1), 1))
    }
    var byteCount = 0
    for row in start..<end {
      byteCount += fixed
      for column in varying { byteCount += column.heapByteCount(at: row) }
      if byteCount > byteLimit { return start..<Swift.max(row, start + 1) }
    }
    return start..<end
  }
}

extension Vector {
  fileprivate func heapByteCount(at row: Int) -> Int {
    switch storage {
    case .text(let codes, let source):
      if let validity, validity[row] == 0 { return 0 }
      var count = 0
      source.withBytes(codes[row]) { count = $0.count }
      return count
    case .objects(let values): return values[row].heapByteCount
    case .constant, .booleans, .integers, .doubles: return 0
    }
  }
}
