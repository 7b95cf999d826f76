internal import CSimdJSON
internal import Ingestion

extension BatchDecoding {
  enum Reading {
    case value(Int64)
    case wrongType
    case outOfRange
  }

  mutating func decodeIntegers(
    _ index: Int, _ field: RecordField, _ read: (daybook_json_value) -> Reading
  ) {
    var values = [Int64](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 0, count: batch.rowCount)
    var isPresent = false
    document.visit(index) { row, value in
      isPresent = true
      switch value.isKind(DAYBOOK_JSON_HUGE) ? Reading.outOfRange : read(value) {
      case .value(let integer):
        values[row] = integer
        validity[row] = 1
      case .wrongType: batch.refuse(row, .wrongType, field.name)
      case .outOfRange: batch.refuse(row, .outOfRange, field.name)
      }
    }
    if isPresent { batch.fields[index] = .integers(values, validity: validity) }
  }

  mutating func decodeDoubles(
    _ index: Int, _ field: RecordField, _ check: (Double) -> Double?
  ) {
    var values = [Double](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 0, count: batch.rowCount)
    var isPresent = false
    document.visit(index) { row, value in
      isPresent = true
      guard let number = value.number else {
        let code = value.isKind(DAYBOOK_JSON_HUGE) ? ProblemCode.outOfRange : .wrongType
        return batch.refuse(row, code, field.name)
      }
      guard let checked = check(number) else { return batch.refuse(row, .outOfRange, field.name) }
      values[row] = checked
      validity[row] = 1
    }
    if isPresent { batch.fields[index] = .doubles(values, validity: validity) }
  }

  mutating func decodeBooleans(_ index: Int, _ field: RecordField) {
    var values = [UInt8](repeating: 0, count: batch.rowCount)
    var validity = values
    var isPresent = false
    document.visit(index) { row, value in
      isPresent = true
      guard value.isKind(DAYBOOK_JSON_TRUE) || value.isKind(DAYBOOK_JSON_FALSE) else {
        return batch.refuse(row, .wrongType, field.name)
      }
      values[row] = value.isKind(DAYBOOK_JSON_TRUE) ? 1 : 0
      validity[row] = 1
    }
    if isPresent { batch.fields[index] = .booleans(values, validity: validity) }
  }

  /// Of the time of a record itself it is asked that it is near.
  mutating func decodeTimes(_ index: Int, _ field: RecordField) {
    var values = [Int64](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 0, count: batch.rowCount)
    let isOwn = field.name == "ts"
    let latest = now &+ Int64(rules.limits.futureSeconds) &* 1000
    let earliest = now &- Int64(rules.limits.pastDays) &* 86_400_000
    var isPresent = false
    document.visit(index) { row, value in
      isPresent = true
      guard let time = Self.time(value) else { return batch.refuse(row, .invalidTime, field.name) }
      values[row] = time
      validity[row] = 1
      guard isOwn else { return }
      if time > latest { batch.refuse(row, .timeInFuture, field.name) }
      if time < earliest { batch.refuse(row, .timeTooOld, field.name) }
    }
    if isPresent { batch.fields[index] = .integers(values, validity: validity) }
  }

  private static func time(_ value: daybook_json_value) -> Int64? {
    if value.isKind(DAYBOOK_JSON_TEXT) {
      guard let text = value.text.baseAddress else { return nil }
      return parseInstant(text, value.text.count)
    }
    guard let number = value.number, number >= 0 else { return nil }
    // 10^11 seconds are the year 5138; as milliseconds they are in 1973.
    let milliseconds = number < 1e11 ? number * 1000 : number
    guard milliseconds < 253_402_300_800_000 else { return nil }
    return Int64(milliseconds.rounded(.down))
  }
}

extension daybook_json_value {
  /// Of a number that a double holds.
  var number: Double? {
    if isKind(DAYBOOK_JSON_INTEGER) { return Double(integer) }
    return isKind(DAYBOOK_JSON_DOUBLE) ? double : nil
  }

  var exactInteger: Int64? {
    if isKind(DAYBOOK_JSON_INTEGER) { return integer }
    return isKind(DAYBOOK_JSON_DOUBLE) ? Int64(exactly: double) : nil
  }
}
