internal import AccessControl
internal import CSimdJSON
internal import ColumnStore

extension BatchDecoding {
  private static let longestText = 256

  /// Writes what is left of each object as JSON, sorted by name.
  mutating func decodeMetadata(_ index: Int, _ field: RecordField) {
    var column = TextColumn(rowCount: batch.rowCount)
    let types = batch["event_type"]
    var json: [UInt8] = []
    var kept: [KeptMember] = []
    let document = document
    document.visit(index) { row, value in
      guard value.isKind(DAYBOOK_JSON_OBJECT) else {
        return batch.refuse(row, .wrongType, field.name)
      }
      json.removeAll(keepingCapacity: true)
      write(
        document.members(of: value), type: types.text(row) ?? "", in: batch.organization(row),
        &kept, to: &json)
      guard json.count > 2 else { return }
      column.set(row, code: column.append(json))
    }
    if !column.isEmpty { batch.fields[index] = .text(column) }
  }

  private mutating func write(
    _ members: UnsafeBufferPointer<daybook_json_member>, type: String,
    in organization: OrganizationID?, _ kept: inout [KeptMember], to json: inout [UInt8]
  ) {
    kept.removeAll(keepingCapacity: true)
    for member in members {
      let name = RecordFieldName.snakeCase(member.nameText)
      guard let treatment = rules.metadata.treatment(of: name, in: type) else {
        scrubber.counts[.unlistedMetadata] += 1
        continue
      }
      // Of a name that stands twice the last one counts, as everywhere in JSON.
      kept.removeAll { $0.name == name }
      kept.append(KeptMember(name: name, treatment: treatment, value: member.value))
    }
    if kept.count > 1 { kept.sort { $0.name < $1.name } }
    json.append(UInt8(ascii: "{"))
    for member in kept {
      let before = json.count
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json.append(UInt8(ascii: "\""))
      json.append(contentsOf: member.name.utf8)
      let isHashed = member.treatment == .hash
      let mustBeHash = member.treatment == .keepHash
      json.append(contentsOf: isHashed ? "_hash\":".utf8 : "\":".utf8)
      let isFit =
        (!mustBeHash || TextRules.isPseudonym(member.value.text))
        && (!member.name.hasSuffix("_id") || isIdentifier(member.value))
      if !isFit || !write(member, isHashed: isHashed, in: organization, to: &json) {
        scrubber.counts[.unfitMetadata] += 1
        json.removeSubrange(before...)
      }
    }
    json.append(UInt8(ascii: "}"))
  }

  /// Numbers are, too.
  private func isIdentifier(_ value: daybook_json_value) -> Bool {
    guard value.isKind(DAYBOOK_JSON_TEXT) else { return true }
    if case .keep = TextRules.identifier(value.text) { return true }
    return false
  }

  /// False for what is not kept.
  private mutating func write(
    _ member: KeptMember, isHashed: Bool, in organization: OrganizationID?, to json: inout [UInt8]
  ) -> Bool {
    let value = member.value
    switch Int(value.kind) {
    case DAYBOOK_JSON_TEXT:
      let text = value.text
      if isHashed {
        scrubber.counts[.hashedFileName] += 1
        let hash = scrubber.pseudonym(
          of: String(decoding: text, as: UTF8.self), domain: "file_name", in: organization)
        JSONQuoting.write(Array(hash.utf8), to: &json)
        return true
      }
      guard text.count <= Self.longestText, !TextRules.hasControls(text) else { return false }
      // Identifiers were checked, and random ones are not secrets.
      let scrubbed =
        member.name.hasSuffix("_id")
        ? nil
        : scrubber.scrubbed(text, in: organization, isVersion: member.name.hasSuffix("version"))
      if let scrubbed {
        JSONQuoting.write(Array(scrubbed.utf8), to: &json)
      } else {
        JSONQuoting.write(text, to: &json)
      }
      return true
    case DAYBOOK_JSON_INTEGER where !isHashed:
      json.append(contentsOf: "\(value.integer)".utf8)
      return true
    case DAYBOOK_JSON_DOUBLE where !isHashed:
      json.append(contentsOf: "\(value.double)".utf8)
      return true
    case DAYBOOK_JSON_TRUE where !isHashed, DAYBOOK_JSON_FALSE where !isHashed:
      json.append(contentsOf: value.isKind(DAYBOOK_JSON_TRUE) ? "true".utf8 : "false".utf8)
      return true
    default: return false
    }
  }
}

private struct KeptMember {
  var name: String
  var treatment: MetadataNames.Treatment
  var value: daybook_json_value
}

/// Names of metadata come in both cases, and are stored in one.
enum RecordFieldName {
  static func snakeCase(_ text: UnsafeBufferPointer<UInt8>) -> String {
    guard text.count <= 64 else { return "" }
    guard text.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
      return String(decoding: text, as: UTF8.self)
    }
    var name: [UInt8] = []
    for byte in text {
      if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
        if !name.isEmpty { name.append(UInt8(ascii: "_")) }
        name.append(byte | 0x20)
      } else {
        name.append(byte)
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}

/// Strings of JSON (RFC 8259).
enum JSONQuoting {
  static func write(_ text: some Sequence<UInt8>, to json: inout [UInt8]) {
    json.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      case 0..<0x20:
        json.append(contentsOf: "\\u00".utf8)
        let digits = Array("0123456789abcdef".utf8)
        json.append(digits[Int(byte >> 4)])
        json.append(digits[Int(byte & 15)])
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }
}
