internal import CSimdJSON
internal import ColumnStore

/// Turns the fields of one column, block after block, into values. Each parser thread has its own.
final class ColumnDecoder {
  let format: ColumnFormat
  /// An inferred type takes only what it was inferred from; the rest widens the column.
  private let isStrict: Bool
  /// The rows come from NDJSON: nested values were checked already.
  private let isJSON: Bool
  private var interner = TextInterner()

  init(_ format: ColumnFormat, isInferred: Bool, isJSON: Bool) {
    self.format = format
    isStrict = isInferred
    self.isJSON = isJSON
  }

  /// Adds the rows whose fields cannot be read to `failures`, ascending.
  func decode(
    _ bytes: UnsafePointer<UInt8>, _ fields: FieldColumn, checksText: Bool,
    failures: inout [Int]
  ) -> ColumnValues {
    let isStrict = isStrict
    switch format {
    case .text, .json:
      if checksText || (format == .json && !isJSON) {
        checkText(bytes, fields, failures: &failures)
      }
      return interner.decode(bytes, fields.base, stride: fields.stride, count: fields.count)
    case .boolean:
      let (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        parseBoolean($0, $1, isStrict: isStrict)
      }
      return ColumnValues(storage: .booleans(values), validity: validity)
    case .integer:
      let (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        parseInteger($0, $1, isStrict: isStrict)
      }
      return ColumnValues(storage: .integers(values), validity: validity)
    case .double:
      let (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        parseDouble($0, $1, isStrict: isStrict)
      }
      return ColumnValues(storage: .doubles(values), validity: validity)
    case .time(let type): return decodeTimes(bytes, fields, type, &failures)
    case .epoch(let unit, let type):
      let divisor = type == .date ? TimeText.millisecondsPerDay : 1
      let (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        parseEpoch($0, $1, unit).map { $0 >= 0 ? $0 / divisor : ~(~$0 / divisor) }
      }
      return ColumnValues(storage: .integers(values), validity: validity)
    }
  }

  private func decodeTimes(
    _ bytes: UnsafePointer<UInt8>, _ fields: FieldColumn, _ type: DataType, _ failures: inout [Int]
  ) -> ColumnValues {
    let isStrict = isStrict
    let values: [Int64]
    let validity: [UInt8]?
    switch type {
    case .date:
      (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        guard let time = parseTime($0, $1), time.kind == .date else { return nil }
        // A whole number of days, so that it does not matter how the division rounds.
        return time.milliseconds / TimeText.millisecondsPerDay
      }
    case .timestamp:
      (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        guard let time = parseTime($0, $1), time.kind != .zoned else { return nil }
        return time.milliseconds
      }
    default:
      // Without an offset a time is taken as UTC, if the user says that the column is one.
      (values, validity) = decodeEach(bytes, fields, 0, &failures) {
        guard let time = parseTime($0, $1), time.kind == .zoned || !isStrict else { return nil }
        return time.milliseconds
      }
    }
    return ColumnValues(storage: .integers(values), validity: validity)
  }

  @inline(__always)
  private func decodeEach<Value>(
    _ bytes: UnsafePointer<UInt8>, _ fields: FieldColumn, _ filler: Value,
    _ failures: inout [Int], _ parse: (UnsafePointer<UInt8>, Int) -> Value?
  ) -> (values: [Value], validity: [UInt8]?) {
    var nullCount = 0
    let base = fields.base
    let stride = fields.stride
    let count = fields.count
    var validity = [UInt8]()
    let values = [Value](unsafeUninitializedCapacity: count) { values, initialized in
      validity = [UInt8](unsafeUninitializedCapacity: count) { validity, initializedValidity in
        for row in 0..<count {
          let field = base[row &* stride]
          let byteCount = field.byteCount
          if field.isNull || byteCount == 0 {
            validity[row] = 0
            values.initializeElement(at: row, to: filler)
            nullCount &+= 1
            continue
          }
          validity[row] = 1
          let text = bytes + Int(field.start)
          if let value = parse(text, byteCount) {
            values.initializeElement(at: row, to: value)
            continue
          }
          let (trimmed, trimmedCount) = trimmingSpaces(text, byteCount)
          if trimmedCount < byteCount && trimmedCount > 0, let value = parse(trimmed, trimmedCount)
          {
            values.initializeElement(at: row, to: value)
          } else {
            values.initializeElement(at: row, to: filler)
            failures.append(row)
          }
        }
        initializedValidity = count
      }
      initialized = count
    }
    return (values, nullCount == 0 ? nil : validity)
  }

  private func checkText(
    _ bytes: UnsafePointer<UInt8>, _ fields: FieldColumn, failures: inout [Int]
  ) {
    for row in 0..<fields.count {
      let field = fields.base[row &* fields.stride]
      if field.isNull { continue }
      if textProblem(bytes, field) != nil { failures.append(row) }
    }
  }

  private func textProblem(_ bytes: UnsafePointer<UInt8>, _ field: daybook_field) -> String? {
    let text = UnsafeBufferPointer(start: bytes + Int(field.start), count: field.byteCount)
    if text.contains(0) { return "a NUL byte is not text" }
    if !daybook_is_utf8(text.baseAddress, text.count) { return "not valid UTF-8" }
    if format == .json && !daybook_json_is_valid(text.baseAddress, text.count) {
      return "not a JSON document"
    }
    return nil
  }

  /// Why a field cannot be read.
  func reason(_ bytes: UnsafePointer<UInt8>, _ field: daybook_field) -> (String, hint: String?) {
    let (text, count) = trimmingSpaces(bytes + Int(field.start), field.byteCount)
    let kinds = ObservedKinds(bytes, field, isJSON: false)
    switch format {
    case .text, .json: return (textProblem(bytes, field) ?? "not text", nil)
    case .boolean: return ("not a boolean", "true, false, t, f, yes, no, 1 and 0 are")
    case .integer:
      if kinds == .largeInteger { return ("does not fit 64 bits", "read the column as text") }
      if kinds == .decimal {
        return ("not a whole number", "read the column as double")
      }
      return ("not a whole number", nil)
    case .double:
      var value = 0.0
      let status = daybook_parse_double(text, count, &value)
      return (
        status == DAYBOOK_NUMBER_OUT_OF_RANGE ? "too large for a double" : "not a number", nil
      )
    case .time(let type):
      if kinds == .zonedTimestamp && type == .timestamp {
        return ("a timestamp without zone was expected", "read the column as timestamptz")
      }
      if type == .date && !kinds.isDisjoint(with: [.timestamp, .zonedTimestamp]) {
        return ("a date was expected, this has a time of day", "read the column as timestamptz")
      }
      if kinds == .integer {
        return (
          "not a \(type.sqlName)",
          "numbers that count since 1970 are read as \(type.sqlName)(epoch_s), epoch_ms, "
            + "epoch_us or epoch_ns"
        )
      }
      return (
        "not a \(type.sqlName)", "2024-02-29 and 2024-02-29T12:34:56.789Z are what is expected"
      )
    case .epoch(let unit, _):
      return ("not a time in \(unit.name) since 1970", nil)
    }
  }
}

/// The fields of one column: `base[row * stride]`.
struct FieldColumn {
  var base: UnsafePointer<daybook_field>
  var stride: Int
  var count: Int
}
