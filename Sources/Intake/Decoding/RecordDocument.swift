internal import CSimdJSON

/// A body taken apart by simdjson, with the values of each record by field. Used by one thread at a
/// time; what it lends is good until the next body.
///
/// Sound because the parser's memory is only read between two calls of `read`, which the owner makes.
final class RecordDocument {
  private let document: OpaquePointer
  private var records = daybook_json_records()
  private let fieldCount: Int
  let droppedNames: [String]
  private let depth: Int

  static let batchNames = ["events", "records", "batch", "items"]

  init(_ schema: RecordSchema, depth: Int) {
    fieldCount = schema.fields.count
    droppedNames = schema.neverStored.sorted()
    self.depth = depth
    document = daybook_json_document_open(fieldCount, droppedNames.count)
    func name(_ text: String, _ field: UInt32) {
      var text = text
      text.withUTF8 { daybook_json_document_name(document, $0.baseAddress, $0.count, field) }
    }
    for (index, field) in schema.fields.enumerated() {
      for spelling in field.spellings { name(spelling, UInt32(index)) }
    }
    for (index, dropped) in droppedNames.enumerated() {
      name(dropped, 0x8000_0000 | UInt32(index))
    }
    for batch in Self.batchNames {
      var batch = batch
      batch.withUTF8 { daybook_json_document_batch_name(document, $0.baseAddress, $0.count) }
    }
  }

  deinit { daybook_json_document_close(document) }

  struct Malformed: Error {
    var reason: String
    var position: Int
  }

  func read(_ body: UnsafeBufferPointer<UInt8>, recordLimit: Int) throws(Malformed) {
    let isFine = daybook_json_document_parse(
      document, body.baseAddress, body.count, depth, recordLimit, &records)
    guard isFine else {
      throw Malformed(
        reason: records.reason.map { String(cString: $0) } ?? "not JSON",
        position: records.position)
    }
    byteCount = body.count
  }

  private var byteCount = 0

  var count: Int { records.record_count }
  var isBatch: Bool { records.is_batch }

  /// How many fields that are never stored were passed over.
  var droppedCount: Int {
    guard let counts = daybook_json_document_dropped(document) else { return 0 }
    return (0..<droppedNames.count).reduce(0) { $0 + Int(counts[$1]) }
  }

  /// Calls `body` with the values of one field that are there and not null.
  @inline(__always)
  func visit(_ field: Int, _ body: (Int, daybook_json_value) -> Void) {
    guard let values = records.values else { return }
    let stride = fieldCount
    for row in 0..<count {
      let value = values[row &* stride &+ field]
      if !value.isAbsent { body(row, value) }
    }
  }

  /// Records that say that a field is null, which is more than not to name it.
  func nulls(_ field: Int) -> Set<Int> {
    guard let values = records.values else { return [] }
    return Set(
      (0..<count).filter { values[$0 * fieldCount + field].isKind(DAYBOOK_JSON_NULL) })
  }

  /// About: a comma and blanks after the record count with it.
  func byteCount(of record: Int) -> Int {
    guard let starts = records.starts else { return 0 }
    let end = record + 1 < count ? Int(starts[record + 1]) : byteCount
    return end - Int(starts[record])
  }

  func members(of value: daybook_json_value) -> UnsafeBufferPointer<daybook_json_member> {
    guard let members = records.members, value.count > 0 else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: members + Int(value.bits), count: Int(value.count))
  }

  var envelope: UnsafeBufferPointer<daybook_json_member> { members(of: records.envelope) }

  var complaints: UnsafeBufferPointer<daybook_json_complaint> {
    UnsafeBufferPointer(start: records.complaints, count: records.complaint_count)
  }
}

extension daybook_json_value {
  /// The text of a value that is one; of others nothing.
  var text: UnsafeBufferPointer<UInt8> {
    guard isKind(DAYBOOK_JSON_TEXT) else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: UnsafePointer(bitPattern: UInt(bits)), count: Int(count))
  }

  var isAbsent: Bool { kind <= UInt32(DAYBOOK_JSON_NULL) }
  func isKind(_ kind: Int) -> Bool { self.kind == UInt32(kind) }
  var integer: Int64 { Int64(bitPattern: bits) }
  var double: Double { Double(bitPattern: bits) }
}

extension daybook_json_member {
  var nameText: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: name, count: name_count)
  }
}
