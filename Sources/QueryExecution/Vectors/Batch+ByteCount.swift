import ColumnStore
import Sketches

extension Batch {
  /// Memory of the columns in bytes, roughly; dictionaries, which tables hold anyway, apart.
  var byteCount: Int { columns.reduce(64) { $0 + $1.byteCount } }
}

extension Vector {
  fileprivate var byteCount: Int {
    let values =
      switch storage {
      case .constant(let value): value.byteCount
      case .booleans(let values): values.capacity
      case .integers(let values): values.capacity * 8
      case .doubles(let values): values.capacity * 8
      case .text(let codes, .dictionary): codes.capacity * 4
      case .text(let codes, .pool(let pool)): codes.capacity * 4 + pool.byteCount
      case .objects(let values): values.reduce(0) { $0 + $1.byteCount }
      }
    return 96 + values + (validity?.capacity ?? 0)
  }
}

extension Value {
  fileprivate var byteCount: Int {
    let inside =
      switch self {
      case .null, .boolean, .integer, .double, .timestamp, .timestampWithTimeZone, .date,
        .interval:
        0
      case .text(let text), .json(let text): text.utf8.count
      case .hyperLogLog(let sketch): sketch.byteCount + 64
      case .digest(let digest): digest.byteCount + 64
      case .array(let values): values.reduce(32) { $0 + $1.byteCount }
      }
    return inside + MemoryLayout<Value>.stride
  }
}
