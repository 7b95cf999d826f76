public import AccessControl
internal import Authentication
package import ColumnStore
public import Engine
internal import QueryLanguage
internal import QueryPlanning
internal import Synchronization

/// Writes the audit log, the table `audit_log`.
///
/// An entry is durable, as far as the database's journal is, before `append` returns: whoever does
/// what it says appends first.
public final class AuditLog: Sendable {
  private let engine: Engine
  private let now: @Sendable () -> UnixTime
  private let random: @Sendable () -> UInt64
  /// Milliseconds and count of the name that was given last.
  private let newest = Mutex<UInt64>(0)
  /// Which organisations an open reveal is about, for the entry of its end.
  let reveals = Mutex<[RevealGrant.ID: OrganizationScope]>([:])
  /// Names of entries that are being written and may be sent again meanwhile.
  let writing = Mutex<Set<String>>([])
  /// Names that follow from keys.
  let names = Mutex(KeyedNames())

  /// `now` is the clock of `recorded_at`; `random` makes the names of entries.
  public init(
    _ engine: Engine, now: @escaping @Sendable () -> UnixTime,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.engine = engine
    self.now = now
    self.random = random
  }

  /// Writes entries, all or none, and returns their names in order.
  @discardableResult
  package func append(_ entries: [AuditEntry]) throws(AuditLogError) -> [String] {
    let recorded = now()
    return try append(entries, named: entries.map { _ in identifier(at: recorded) }, at: recorded)
  }

  @discardableResult
  func append(
    _ entries: [AuditEntry], named ids: [String], at recorded: UnixTime
  ) throws(AuditLogError) -> [String] {
    guard !entries.isEmpty else { return [] }
    var parameters: [Value] = []
    var rows: [String] = []
    for (entry, id) in zip(entries, ids) {
      let values = entry.values(id: id, recorded: recorded)
      rows.append(
        "("
          + values.indices.map { "$\(parameters.count + $0 + 1)" }.joined(separator: ", ") + ")")
      parameters += values
    }
    try run(
      """
      INSERT INTO audit_log (\(AuditEntry.columns.joined(separator: ", "))) \
      VALUES \(rows.joined(separator: ", "))
      """, parameters)
    return ids
  }

  @discardableResult
  func run(_ sql: String, _ parameters: [Value]) throws(AuditLogError) -> QueryResult {
    var session = Session()
    // What was written is compared with what is sent again, sealed or not.
    session.access = .unrestricted
    do throws(QueryError) {
      return try engine.execute(sql, parameters: parameters, in: &session)
    } catch {
      throw AuditLogError(message: error.message)
    }
  }

  var time: UnixTime { now() }

  /// Whether a database has the log, as it is written here.
  package static func isKept(in catalog: Catalog) -> Bool {
    guard let schema = catalog.tables[BuiltInTable.auditLog.name]?.schema, schema.isAppendOnly
    else {
      return false
    }
    return AuditEntry.columns.allSatisfy { schema.columnIndex($0) != nil }
  }

  /// Writes what Daybook does, one entry for each organisation that it is about.
  package func append(
    _ act: AdministrativeAct, by actor: AuditActor, of organizations: OrganizationScope,
    at time: UnixTime? = nil, requestID: String? = nil
  ) throws(AuditLogError) {
    let time = time ?? now()
    switch organizations {
    case .all:
      try append([act.entry(by: actor, of: nil, at: time, requestID: requestID)])
    case .only(let names):
      let names: [OrganizationID?] = names.isEmpty ? [nil] : names.sorted()
      try append(
        names.map { act.entry(by: actor, of: $0, at: time, requestID: requestID) })
    }
  }

  /// A UUID of version 7 (RFC 9562): the time, a count within the millisecond, then chance. So entries
  /// have the order of their names, also where the clock stands still or is set back.
  private func identifier(at time: UnixTime) -> String {
    let milliseconds = UInt64(clamping: time.milliseconds) & 0xffff_ffff_ffff
    let place = newest.withLock { newest in
      newest = max(newest + 1, milliseconds << 12)
      return newest
    }
    let high = (place >> 12) << 16 | 0x7000 | place & 0x0fff
    let low = random() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// The audit log cannot be written. What was to be done must not happen.
public struct AuditLogError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String
  public var description: String { "the audit log cannot be written: \(message)" }
}

extension AuditEntry {
  static let columns = [
    "ts", "recorded_at", "audit_id", "organization_id", "user_id", "user_email", "user_role",
    "action", "entity_type", "entity_id", "entity_name", "project_id", "description", "context",
    "changes", "sealed_entity_name", "sealed_description", "sealed_context", "request_id",
  ]

  /// In the order of `columns`.
  func values(id: String, recorded: UnixTime) -> [Value] {
    func text(_ text: String?) -> Value { text.map(Value.text) ?? .null }
    func json(_ members: [String: StrictJSON]) -> Value {
      members.isEmpty ? .null : .json(StrictJSON.object(members).serialized)
    }
    return [
      .timestamp(time.milliseconds), .timestamp(recorded.milliseconds), .text(id),
      text(organization?.text), .text(actor.user.text), text(actor.email), .text(actor.role),
      .text(action), .text(entityType), .text(entityID), text(entityName), text(projectID),
      .text(description), json(context), changesText.map(Value.json) ?? .null,
      text(sealedEntityName), text(sealedDescription), json(sealedContext), text(requestID),
    ]
  }
}
