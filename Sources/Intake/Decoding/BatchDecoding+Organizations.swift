internal import AccessControl
internal import CSimdJSON

extension BatchDecoding {
  /// Gives each record its organisation: the key's, which the record's may not contradict; with a key
  /// for all organisations the record's; without either that of the resource that it is about.
  mutating func decodeOrganizations(_ emitter: Emitter, _ resources: ResourceDirectory) {
    guard let index = batch.schema.fields.firstIndex(where: { $0.type == .organization }) else {
      return
    }
    let name = batch.schema.fields[index].name
    var column = TextColumn(rowCount: batch.rowCount)
    if let own = emitter.organization {
      let number = batch.number(of: own)
      for row in 0..<batch.rowCount { batch.rowOrganizations[row] = number }
    }
    var known: [UInt32: OrganizationID] = [:]
    document.visit(index) { row, value in
      guard value.isKind(DAYBOOK_JSON_TEXT) else { return batch.refuse(row, .wrongType, name) }
      guard value.count > 0 else { return batch.refuse(row, .invalidID, name) }
      let entry = column.entry(value.text, salt: 0) { TextRules.identifier($0) }
      if let problem = entry.problem { return batch.refuse(row, problem, name) }
      if known[entry.code] == nil {
        known[entry.code] = OrganizationID(String(decoding: value.text, as: UTF8.self))
      }
      guard let organization = known[entry.code] else {
        return batch.refuse(row, .invalidID, name)
      }
      column.set(row, entry)
      if let own = emitter.organization {
        if own != organization { batch.refuse(row, .organizationMismatch, name) }
      } else {
        batch.rowOrganizations[row] = batch.number(of: organization)
      }
    }
    if emitter.organization == nil { resolve(resources, name) }
    // What was refused keeps what it said, for the dead letters.
    var codes: [Int32: UInt32] = [:]
    for row in 0..<batch.rowCount where column.isNull(row) {
      let number = batch.rowOrganizations[row]
      guard number >= 0 else { continue }
      let code = codes[number] ?? column.append(batch.organizations[Int(number)].text)
      codes[number] = code
      column.set(row, code: code)
    }
    if !column.isEmpty { batch.fields[index] = .text(column) }
  }

  /// By the resource, the project or the course of a record. Messages of a session need no
  /// organisation: the session has one.
  private mutating func resolve(_ resources: ResourceDirectory, _ name: String) {
    guard batch.rowOrganizations.contains(-1) else { return }
    for (field, type) in [
      ("resource_id", nil), ("project_id", "project"), ("course_id", "course"),
    ] where batch.schema.kind != .resource {
      guard let index = batch.schema.index(field) else { continue }
      let types = field == "resource_id" ? batch.schema.index("resource_type") : nil
      var typeByRow: [Int: String] = [:]
      if let types {
        document.visit(types) { row, value in
          guard value.isKind(DAYBOOK_JSON_TEXT) else { return }
          typeByRow[row] = String(decoding: value.text, as: UTF8.self)
        }
      }
      document.visit(index) { row, value in
        guard batch.rowOrganizations[row] < 0, value.isKind(DAYBOOK_JSON_TEXT),
          let found = resources.organization(
            type: type ?? typeByRow[row], id: String(decoding: value.text, as: UTF8.self))
        else { return }
        batch.rowOrganizations[row] = batch.number(of: found)
      }
    }
    guard batch.schema.kind != .heartbeat, batch.schema.kind != .logout else { return }
    for row in 0..<batch.rowCount where batch.rowOrganizations[row] < 0 {
      batch.refuse(row, .noOrganization, name)
    }
  }
}
