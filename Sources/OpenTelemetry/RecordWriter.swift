/// Writes records of kind `event` as Daybook takes them.
struct RecordWriter {
  private(set) var bytes: [UInt8] = Array(#"{"events":["#.utf8)
  private(set) var recordCount = 0
  private var isFirstMember = true
  /// Names that attributes set by themselves: what is mapped does not stand twice.
  private var taken: Set<String> = []

  mutating func begin(_ facts: Facts) {
    if recordCount > 0 { bytes.append(UInt8(ascii: ",")) }
    recordCount += 1
    bytes.append(UInt8(ascii: "{"))
    isFirstMember = true
    taken = []
    for (name, value) in facts.own { own(name, value) }
    taken = Set(facts.own.map(\.name))
  }

  mutating func end() { bytes.append(UInt8(ascii: "}")) }

  mutating func finish() -> [UInt8] {
    bytes.append(contentsOf: "]}".utf8)
    return bytes
  }

  mutating func text(_ name: String, _ value: TelemetryText?) {
    // No text is no value: an identifier that is empty is refused.
    guard let value, value.contains(where: { _ in true }), begin(name) else { return }
    quote(value)
  }

  mutating func text(_ name: String, _ value: String) {
    guard begin(name) else { return }
    quote(value.utf8)
  }

  mutating func integer(_ name: String, _ value: Int64?) {
    guard let value, begin(name) else { return }
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func number(_ name: String, _ value: Double?) {
    guard let value, value.isFinite, begin(name) else { return }
    bytes.append(contentsOf: "\(value)".utf8)
  }

  /// Intake knows the name as one that is never stored, and counts it; the content itself stays here.
  mutating func droppedContent(_ count: Int) {
    for _ in 0..<min(count, 64) where begin("content") { bytes.append(UInt8(ascii: "0")) }
  }

  mutating func metadata(_ facts: Facts) {
    let names = Set(facts.ownMetadata.map(\.name))
    guard facts.service != nil || facts.temperature != nil || !names.isEmpty, begin("metadata")
    else { return }
    let outer = taken
    taken = names
    bytes.append(UInt8(ascii: "{"))
    isFirstMember = true
    text("source", facts.service)
    number("temperature", facts.temperature)
    taken = []
    for (name, value) in facts.ownMetadata { own(name, value) }
    bytes.append(UInt8(ascii: "}"))
    isFirstMember = false
    taken = outer
  }

  /// An `AnyValue` as it is; lists and objects have no place in a record.
  private mutating func own(_ name: String, _ value: TelemetryValue) {
    if let value = value["stringValue"]?.text {
      text(name, value)
    } else if let value = value["intValue"]?.integer {
      integer(name, value)
    } else if let value = value["doubleValue"]?.double {
      number(name, value)
    } else if let value = value["boolValue"]?.boolean, begin(name) {
      bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }
  }

  /// False where the name is taken.
  private mutating func begin(_ name: String) -> Bool {
    guard !taken.contains(name) else { return false }
    if !isFirstMember { bytes.append(UInt8(ascii: ",")) }
    isFirstMember = false
    quote(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    return true
  }

  private mutating func quote(_ text: some Sequence<UInt8>) {
    let digits: StaticString = "0123456789abcdef"
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        digits.withUTF8Buffer { digits in
          bytes.append(digits[Int(byte >> 4)])
          bytes.append(digits[Int(byte & 15)])
        }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
