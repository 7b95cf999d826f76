internal import CSimdJSON

/// A request of OTLP as JSON, taken apart by simdjson. Used by one thread; what it lends is good as long
/// as it is.
///
/// Sound because the parser's memory changes only in `init`, and every value that is lent stays in this
/// module, within the call of `withRoots`.
final class TelemetryDocument {
  private let document: OpaquePointer
  private var records = daybook_json_records()
  private let fieldCount: Int

  /// Deep enough for attributes with lists of lists; no SDK sends more.
  static let depth = 24

  /// `root` is the member with the list (`resourceSpans`), `fields` those of its elements that are read.
  init(
    _ body: [UInt8], root: String, fields: [String], rootLimit: Int
  ) throws(TelemetryRefusal) {
    fieldCount = fields.count
    document = daybook_json_document_open(fields.count, 0)
    for (index, field) in fields.enumerated() {
      var field = field
      field.withUTF8 {
        daybook_json_document_name(document, $0.baseAddress, $0.count, UInt32(index))
      }
    }
    var root = root
    root.withUTF8 { daybook_json_document_batch_name(document, $0.baseAddress, $0.count) }
    let isFine = body.withUnsafeBufferPointer {
      daybook_json_document_parse(
        document, $0.baseAddress, $0.count, Self.depth, rootLimit, &records)
    }
    guard isFine else {
      throw TelemetryRefusal(
        .malformed, records.reason.map { String(cString: $0) } ?? "not JSON",
        position: records.position)
    }
    let complaints = UnsafeBufferPointer(start: records.complaints, count: records.complaint_count)
    guard records.is_batch, records.envelope.kind == UInt32(DAYBOOK_JSON_OBJECT) else {
      // An empty request is allowed; one for another signal is a mistake.
      guard !records.is_batch, complaints.isEmpty else {
        throw TelemetryRefusal(.malformed, "the request is no object with a list '\(root)'")
      }
      records.record_count = 0
      return
    }
    guard !complaints.contains(where: { $0.kind == UInt32(DAYBOOK_JSON_NO_OBJECT) }) else {
      throw TelemetryRefusal(.malformed, "an element of '\(root)' is no object")
    }
    guard records.record_count <= rootLimit else {
      throw TelemetryRefusal(.tooMany, "'\(root)' has more than \(rootLimit) elements")
    }
  }

  deinit { daybook_json_document_close(document) }

  /// Calls `body` for each element of the list, with the values of its fields.
  func withRoots(_ body: ([TelemetryValue]) -> Void) {
    guard let values = records.values else { return }
    for record in 0..<records.record_count {
      body(
        (0..<fieldCount).map {
          TelemetryValue(values[record * fieldCount + $0], records.members)
        })
    }
  }
}

/// One value of the document.
struct TelemetryValue {
  private let value: daybook_json_value
  private let members: UnsafePointer<daybook_json_member>?

  init(_ value: daybook_json_value, _ members: UnsafePointer<daybook_json_member>?) {
    self.value = value
    self.members = members
  }

  private func isKind(_ kind: Int) -> Bool { value.kind == UInt32(kind) }

  var isAbsent: Bool { value.kind <= UInt32(DAYBOOK_JSON_NULL) }

  /// `nil` where it is no text.
  var text: TelemetryText? {
    guard isKind(DAYBOOK_JSON_TEXT) else { return nil }
    return TelemetryText(
      start: UnsafePointer(bitPattern: UInt(value.bits)), count: Int(value.count))
  }

  /// A whole number; 64 bits are texts in the JSON of Protocol Buffers, and numbers are taken too.
  var integer: Int64? {
    if isKind(DAYBOOK_JSON_INTEGER) { return Int64(bitPattern: value.bits) }
    if isKind(DAYBOOK_JSON_DOUBLE) { return Int64(exactly: Double(bitPattern: value.bits)) }
    guard let text, text.count <= 20 else { return nil }
    return Int64(String(decoding: text, as: UTF8.self))
  }

  var double: Double? {
    if isKind(DAYBOOK_JSON_DOUBLE) { return Double(bitPattern: value.bits) }
    return integer.map { Double($0) }
  }

  var boolean: Bool? {
    isKind(DAYBOOK_JSON_TRUE) ? true : isKind(DAYBOOK_JSON_FALSE) ? false : nil
  }

  /// Of an array; of anything else none.
  var elements: some Sequence<TelemetryValue> {
    nested(DAYBOOK_JSON_ARRAY).lazy.map { TelemetryValue($0.value, members) }
  }

  /// The member of an object; of a name that stands twice the last.
  subscript(name: StaticString) -> TelemetryValue? {
    let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return nested(DAYBOOK_JSON_OBJECT)
      .last { UnsafeBufferPointer(start: $0.name, count: $0.name_count).elementsEqual(name) }
      .map { TelemetryValue($0.value, members) }
  }

  private func nested(_ kind: Int) -> UnsafeBufferPointer<daybook_json_member> {
    guard isKind(kind), let members, value.count > 0 else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: members + Int(value.bits), count: Int(value.count))
  }
}

typealias TelemetryText = UnsafeBufferPointer<UInt8>

/// Why a request was refused as a whole.
public struct TelemetryRefusal: Error, Equatable, Sendable {
  public enum Code: Sendable { case malformed, tooMany }

  public var code: Code
  public var message: String
  /// A byte of the body.
  public var position: Int?

  init(_ code: Code, _ message: String, position: Int? = nil) {
    self.code = code
    self.message = message
    self.position = position
  }
}
