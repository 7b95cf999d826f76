internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import Synchronization

/// Entries that their sender may send again, since an answer can be lost on its way.
extension AuditLog {
  package enum Outcome: Equatable, Sendable {
    case written(id: String)
    /// It is there since it was first sent.
    case known(id: String)
    /// Another request writes it now.
    case inProgress
    /// The key was used for another entry.
    case otherEntry
  }

  /// Writes an entry unless the organisation sent it before under the same key. The key is kept as the
  /// entry's name, for as long as the entry.
  package func append(_ entry: AuditEntry, once key: String) throws(AuditLogError) -> Outcome {
    let id = NameUUID.text(of: ["audit entry", entry.organization?.text ?? "", key])
    guard writing.withLock({ $0.insert(id).inserted }) else { return .inProgress }
    defer { writing.withLock { _ = $0.remove(id) } }
    // The times and the name are those of the first.
    let columns = AuditEntry.columns.dropFirst(3)
    let kept = try run(
      "SELECT \(columns.joined(separator: ", ")) FROM audit_log WHERE audit_id = $1 LIMIT 1",
      [.text(id)])
    if let row = kept.rows.first {
      let sent = entry.values(id: id, recorded: entry.time).dropFirst(3)
      return row.elementsEqual(sent) ? .known(id: id) : .otherEntry
    }
    try append([entry], named: [id], at: time)
    return .written(id: id)
  }
}
