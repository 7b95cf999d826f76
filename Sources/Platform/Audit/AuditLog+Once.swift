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
    // Most are new: only for those that are not, the log is read.
    if try mayHold(id),
      let row = try run(
        "SELECT \(columns.joined(separator: ", ")) FROM audit_log WHERE audit_id = $1 LIMIT 1",
        [.text(id)]
      ).rows.first
    {
      let sent = entry.values(id: id, recorded: entry.time).dropFirst(3)
      return row.elementsEqual(sent) ? .known(id: id) : .otherEntry
    }
    try append([entry], named: [id], at: time)
    names.withLock { $0.insert(id) }
    return .written(id: id)
  }

  /// False where no entry has this name.
  private func mayHold(_ id: String) throws(AuditLogError) -> Bool {
    let hash = KeyedNames.hash(id)
    if let known = names.withLock({ $0.mayHold(hash) }) { return known }
    let kept = "FROM audit_log WHERE audit_id LIKE $1"
    let count = try run("SELECT count(*) \(kept)", [.text(KeyedNames.pattern)]).rows.first?.first
    guard case .integer(let count)? = count, count <= KeyedNames.largestCount else {
      names.withLock { $0.forget() }
      return true
    }
    let rows = try run("SELECT audit_id \(kept)", [.text(KeyedNames.pattern)]).rows
    return names.withLock { names in
      // With those that were written meanwhile.
      for row in rows { if case .text(let id)? = row.first { names.insert(id) } }
      names.isRead = true
      return names.mayHold(hash) ?? true
    }
  }
}

/// The names of entries that follow from keys, as hashes of 8 bytes: read from the log once, and kept from
/// then on. Some of them may be gone with their days. Of more than a million none are kept: the log is asked each
/// time.
struct KeyedNames: Sendable {
  static let largestCount = 1 << 20

  private var hashes: Set<UInt64> = []
  private var areTooMany = false
  /// Whether those of before the start are among them.
  var isRead = false

  mutating func insert(_ id: String) {
    guard !areTooMany else { return }
    hashes.insert(Self.hash(id))
    if hashes.count > Self.largestCount { forget() }
  }

  mutating func forget() {
    hashes = []
    areTooMany = true
  }

  /// `nil` as long as it is not known.
  func mayHold(_ hash: UInt64) -> Bool? {
    if areTooMany { return true }
    return isRead ? hashes.contains(hash) : nil
  }

  /// Of `NameUUID`, by the digit of their version; all others are of time and chance.
  static let pattern = String(repeating: "_", count: 14) + "8%"

  /// The last 16 digits, which are of chance as all of them.
  static func hash(_ id: String) -> UInt64 {
    var hash: UInt64 = 0
    for byte in id.utf8.suffix(17) where byte != UInt8(ascii: "-") {
      hash = hash << 4 | UInt64(byte < 0x3A ? byte & 15 : byte &- 87)
    }
    return hash
  }
}
