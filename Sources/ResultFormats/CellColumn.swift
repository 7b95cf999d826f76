package import ColumnStore
package import QueryExecution

/// How single values are spelled in a format.
package protocol CellEncoding: Sendable {
  func appendNull(to bytes: inout [UInt8])
  func append(_ boolean: Bool, to bytes: inout [UInt8])
  /// Its digits, unless a format has a reason.
  func append(_ integer: Int64, to bytes: inout [UInt8])
  /// UTF-8, as it came from outside.
  func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8])
  func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8])
  /// Any other value but null.
  func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8])
}

extension CellEncoding {
  package func append(_ integer: Int64, to bytes: inout [UInt8]) {
    CellColumn.append(integer, to: &bytes)
  }
}

/// The cells of one column for some rows, spelled out and side by side.
package struct CellColumn {
  package private(set) var bytes: [UInt8] = []
  /// Where each row's cell ends in `bytes`; it starts where the one before it ends.
  package private(set) var ends: [Int] = []

  package init(
    _ vector: Vector, rows: Range<Int>, encoding: some CellEncoding, timeZone: TimeZoneRules
  ) {
    ends.reserveCapacity(rows.count)
    bytes.reserveCapacity(rows.count * 8)
    let validity = vector.validity
    switch vector.storage {
    case .constant(let value):
      let text = Self.spell(value, encoding, timeZone)
      var null: [UInt8] = []
      encoding.appendNull(to: &null)
      for row in rows { append(validity.map { $0[row] != 0 } ?? true ? text : null) }
    case .booleans(let values):
      fill(rows, validity, encoding) { encoding.append(values[$0] != 0, to: &$1) }
    case .integers(let values) where vector.type == .integer:
      fill(rows, validity, encoding) { encoding.append(values[$0], to: &$1) }
    case .integers, .doubles:
      fill(rows, validity, encoding) {
        encoding.append(vector.value(at: $0), timeZone: timeZone, to: &$1)
      }
    case .text(let codes, let source):
      let isJSON = vector.type == .json
      fill(rows, validity, encoding) { row, bytes in
        source.withBytes(codes[row]) {
          if isJSON {
            encoding.append(json: $0, to: &bytes)
          } else {
            encoding.append(text: $0, to: &bytes)
          }
        }
      }
    case .objects(let values):
      fill(rows, validity, encoding) { $1 += Self.spell(values[$0], encoding, timeZone) }
    }
  }

  /// Of values that are no column.
  package init(_ values: [Value], encoding: some CellEncoding, timeZone: TimeZoneRules) {
    for value in values { append(Self.spell(value, encoding, timeZone)) }
  }

  private mutating func append(_ cell: [UInt8]) {
    bytes.append(contentsOf: cell)
    ends.append(bytes.count)
  }

  @inline(__always)
  private mutating func fill(
    _ rows: Range<Int>, _ validity: [UInt8]?, _ encoding: some CellEncoding,
    _ body: (Int, inout [UInt8]) -> Void
  ) {
    for row in rows {
      if let validity, validity[row] == 0 {
        encoding.appendNull(to: &bytes)
      } else {
        body(row, &bytes)
      }
      ends.append(bytes.count)
    }
  }

  /// Where the cell of `row` lies in `bytes`.
  package func range(_ row: Int) -> Range<Int> {
    (row == 0 ? 0 : ends[row - 1])..<ends[row]
  }

  package func appendCell(_ row: Int, to output: inout [UInt8]) {
    let range = range(row)
    bytes.withUnsafeBufferPointer {
      output.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range]))
    }
  }

  package static func spell(
    _ value: Value, _ encoding: some CellEncoding, _ timeZone: TimeZoneRules
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    switch value {
    case .null: encoding.appendNull(to: &bytes)
    case .boolean(let boolean): encoding.append(boolean, to: &bytes)
    case .integer(let integer): encoding.append(integer, to: &bytes)
    case .text(var text): text.withUTF8 { encoding.append(text: $0, to: &bytes) }
    case .json(var text): text.withUTF8 { encoding.append(json: $0, to: &bytes) }
    case .double, .timestamp, .timestampWithTimeZone, .date, .interval, .hyperLogLog, .digest,
      .array:
      encoding.append(value, timeZone: timeZone, to: &bytes)
    }
    return bytes
  }

  /// Decimal digits, without a `String` on the way.
  package static func append(_ integer: Int64, to bytes: inout [UInt8]) {
    if integer < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = integer.magnitude
    let start = bytes.count
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest > 0
    bytes[start...].reverse()
  }
}

extension TextSource {
  func withBytes(_ code: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    switch self {
    case .dictionary(let view): body(view.bytes(code))
    case .pool(let pool): pool.withBytes(Int(code), body)
    }
  }
}
