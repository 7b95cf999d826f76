internal import AccessControl
internal import CSimdJSON

/// What differs where a person who is signed in sends, in place of a service with a key.
extension BatchDecoding {
  /// What a page can know of itself. Not what is measured, paid for, or an outcome: whoever has a token
  /// could make up costs and generations otherwise.
  private static let ownFields: Set<String> = [
    "client_event_id", "ts", "event_type", "duration_ms", "organization_id", "user_id",
    "session_id", "feature", "endpoint", "resource_type", "resource_id", "project_id", "course_id",
    "trace_id", "metadata",
  ]

  mutating func refuseWhatPeopleMayNotSay() {
    for (index, field) in batch.schema.fields.enumerated()
    where !Self.ownFields.contains(field.name) {
      document.visit(index) { row, _ in batch.refuse(row, .notAllowed, field.name) }
    }
    let types = batch["event_type"]
    for row in 0..<batch.rowCount {
      guard let type = types.text(row), !rules.eventTypes.ofPeople.contains(type) else { continue }
      batch.refuse(row, .notAllowed, "event_type")
    }
  }

  /// Address and browser of a login are the connection's, and the country follows from them.
  mutating func decodeConnection(_ client: EmitterClient) {
    for (name, text) in [
      ("ip_address", client.address), ("user_agent", client.userAgent), ("country", nil),
    ] {
      guard let index = batch.schema.index(name) else { continue }
      batch.fields[index] = .absent
      var bytes = text ?? ""
      let verdict = bytes.withUTF8 { bytes -> TextColumn.Verdict? in
        guard bytes.count > 0 else { return nil }
        return judge(bytes, as: batch.schema.fields[index].type, of: nil)
      }
      let value: String
      switch verdict {
      case .keep: value = bytes
      case .replace(let stored): value = stored
      // What a connection says is no reason to refuse its login.
      case .refuse, nil: continue
      }
      var column = TextColumn(rowCount: batch.rowCount)
      let code = column.append(value)
      for row in 0..<batch.rowCount { column.set(row, code: code) }
      batch.fields[index] = .text(column)
    }
  }
}
