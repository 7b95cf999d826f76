package import ColumnStore
import Sketches

extension Batch {
  /// Memory of the batch in bytes, roughly; a dictionary is the table's. `pools` are those that are
  /// counted already: rows that were picked share the texts with the rest.
  package func byteCount(counted pools: inout Set<ObjectIdentifier>) -> Int {
    var total = 0
    for column in columns { total += column.byteCount(counted: &pools) }
    return total
  }

  var byteCount: Int {
    var pools: Set<ObjectIdentifier> = []
    return byteCount(counted: &pools)
  }
}

extension Vector {
  fileprivate func byteCount(counted pools: inout Set<ObjectIdentifier>) -> Int {
    let validityBytes = validity?.count ?? 0
    switch storage {
    case .constant: return 0
    case .booleans(let values): return values.count + validityBytes
    case .integers(let values): return values.count * 8 + validityBytes
    case .doubles(let values): return values.count * 8 + validityBytes
    case .text(let codes, .dictionary): return codes.count * 4 + validityBytes
    case .text(let codes, .pool(let pool)):
      let isNew = pools.insert(ObjectIdentifier(pool)).inserted
      return codes.count * 4 + validityBytes + (isNew ? pool.byteCount : 0)
    case .objects(let values):
      return values.reduce(values.count * MemoryLayout<Value>.stride) { $0 + $1.heapByteCount }
    }
  }
}

extension Value {
  /// Memory beside the value itself, roughly.
  package var heapByteCount: Int {
    switch self {
    case .text(let text), .json(let text):
      let count = text.utf8.count
      return count > 15 ? count + 32 : 0
    case .array(let values):
      return values.reduce(32 + values.count * MemoryLayout<Value>.stride) {
        $0 + $1.heapByteCount
      }
    case .hyperLogLog(let sketch): return sketch.byteCount + 64
    case .digest(let digest): return digest.byteCount + 64
    case .null, .boolean, .integer, .double, .timestamp, .timestampWithTimeZone, .date, .interval:
      return 0
    }
  }
}
