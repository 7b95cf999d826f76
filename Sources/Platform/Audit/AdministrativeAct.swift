package import AccessControl
package import Authentication
package import Pricing

/// What Daybook itself does, or does for somebody, that must be on the record.
///
/// Being refused at sign-in is not among them: that is logged, and could fill the log from outside.
package enum AdministrativeAct: Sendable, Equatable {
  case revealGranted(RevealGrant)
  /// Before a value was opened.
  case revealUsed(RevealGrant.ID, RevealUse)
  /// After a query that opened columns.
  case revealShown(RevealGrant.ID, columns: Set<SealedColumn>, rows: Int)
  case revealEnded(RevealGrant.ID, RevealEnd)
  case revealRefused(RevealRefusal, grant: RevealGrant.ID?)
  case emitterKeyCreated(EmitterKey)
  case emitterKeyRevoked(id: String)
  /// A person's rows were removed or made anonymous. The receipt does not say whose, and neither does this.
  case userErased(receipt: String, rows: Int)
  /// A person who was in no table was taken out of the files of weekly reports.
  case reportsErased(count: Int)
  /// Days that were older than a table's retention.
  case retentionDropped(table: String, days: Int, rows: Int)
  case snapshotRestored(String)
  /// Before a snapshot is written that somebody asked the service for.
  case snapshotRequested
  case schemaChanged(version: Int, statements: Int)
  /// Before dead letters are taken again.
  case deadLettersReplayed(count: Int, reason: String?, recordKind: String?)
  /// Before threats are said to be dealt with, or to be open again.
  case threatsResolved(ids: [String], isResolved: Bool)
  /// A statement that made, changed or dropped a table or view: `ALTER TABLE`.
  case tableChanged(statement: String, relation: String)
  /// `old` is what had the same key.
  case priceSet(Price, old: Price?)
  case priceRemoved(Price)
  /// Before a job is run that somebody asked for; by its schedule it is not on the record.
  case jobRun(String)
  /// To the dashboard.
  case signedIn(SignInWay)
  case signedOut
}

/// What somebody shows to sign in to the dashboard.
package enum SignInWay: String, Sendable {
  case token
  /// The link that `daybook serve` shows.
  case link
}

extension AdministrativeAct {
  /// The kinds of acts, as the column `action` has them.
  package enum Kind: String, CaseIterable, Sendable {
    // Stored on disk: never rename.
    case revealGrant = "reveal_grant"
    case revealUse = "reveal_use"
    case revealShow = "reveal_show"
    case revealEnd = "reveal_end"
    case revealRefuse = "reveal_refuse"
    case emitterKeyCreate = "emitter_key_create"
    case emitterKeyRevoke = "emitter_key_revoke"
    case userErase = "user_erase"
    case retentionDrop = "retention_drop"
    case snapshotRestore = "snapshot_restore"
    case snapshotCreate = "snapshot_create"
    case schemaChange = "schema_change"
    case deadLetterReplay = "dead_letter_replay"
    case threatResolve = "threat_resolve"
    case threatUnresolve = "threat_unresolve"
    case tableChange = "table_change"
    case priceSet = "price_set"
    case priceRemove = "price_remove"
    case jobRun = "job_run"
    case signIn = "sign_in"
    case signOut = "sign_out"

    /// What the documentation says of it.
    package var meaning: String {
      switch self {
      case .revealGrant: "a reveal was asked for and granted"
      case .revealUse: "sealed columns were about to be shown"
      case .revealShow: "a query has shown them, in so many rows"
      case .revealEnd: "a reveal ended, by time or by somebody"
      case .revealRefuse: "a reveal, or its use, was refused"
      case .emitterKeyCreate: "an emitter key was made"
      case .emitterKeyRevoke: "an emitter key was revoked"
      case .userErase: "a person's data was erased"
      case .retentionDrop: "days older than a table's retention were dropped"
      case .snapshotRestore: "the tables were taken back to a snapshot"
      case .snapshotCreate: "somebody had the service write a snapshot"
      case .schemaChange: "built-in tables were made or got columns"
      case .deadLetterReplay: "dead letters were about to be taken again"
      case .threatResolve: "threats were about to be marked as dealt with"
      case .threatUnresolve: "threats were about to be opened again"
      case .tableChange: "a statement made, changed or dropped a table or view"
      case .priceSet: "a price or a rate was set, from a time on"
      case .priceRemove: "a price or a rate was removed"
      case .jobRun: "somebody had a scheduled job run at once"
      case .signIn: "somebody signed in to the dashboard"
      case .signOut: "somebody signed out of it"
      }
    }

    /// The kind of thing that it is done to, as the column `entity_type` has it.
    package var entityType: String {
      switch self {
      case .revealGrant, .revealUse, .revealShow, .revealEnd, .revealRefuse: "reveal"
      case .emitterKeyCreate, .emitterKeyRevoke: "emitter_key"
      case .userErase: "erasure"
      case .retentionDrop, .tableChange: "table"
      case .snapshotRestore, .snapshotCreate: "snapshot"
      case .schemaChange: "schema"
      case .deadLetterReplay: "dead_letter"
      case .threatResolve, .threatUnresolve: "threat"
      case .priceSet, .priceRemove: "price"
      case .jobRun: "job"
      case .signIn, .signOut: "dashboard"
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .revealGranted: .revealGrant
    case .revealUsed: .revealUse
    case .revealShown: .revealShow
    case .revealEnded: .revealEnd
    case .revealRefused: .revealRefuse
    case .emitterKeyCreated: .emitterKeyCreate
    case .emitterKeyRevoked: .emitterKeyRevoke
    case .userErased, .reportsErased: .userErase
    case .retentionDropped: .retentionDrop
    case .snapshotRestored: .snapshotRestore
    case .snapshotRequested: .snapshotCreate
    case .schemaChanged: .schemaChange
    case .deadLettersReplayed: .deadLetterReplay
    case .threatsResolved(_, let isResolved): isResolved ? .threatResolve : .threatUnresolve
    case .tableChanged: .tableChange
    case .priceSet: .priceSet
    case .priceRemoved: .priceRemove
    case .jobRun: .jobRun
    case .signedIn: .signIn
    case .signedOut: .signOut
    }
  }

  package func entry(
    by actor: AuditActor, of organization: OrganizationID?, at time: UnixTime,
    requestID: String? = nil
  ) -> AuditEntry {
    let entity = entityID
    return AuditEntry(
      time: time, organization: organization, actor: actor, action: kind.rawValue,
      entityType: kind.entityType, entityID: entity, context: context,
      sealedContext: sealedContext, description: "\(actor.user) \(predicate)",
      requestID: requestID)
  }

  private var entityID: String {
    switch self {
    case .revealGranted(let grant): grant.id.description
    case .revealUsed(let id, _), .revealShown(let id, _, _), .revealEnded(let id, _): id.description
    case .revealRefused(_, let id): id?.description ?? "none"
    case .emitterKeyCreated(let key): key.id
    case .emitterKeyRevoked(let id): id
    case .userErased(let receipt, _): receipt
    case .reportsErased: "reports"
    case .retentionDropped(let table, _, _): table
    case .snapshotRestored(let id): id
    case .snapshotRequested: "newest"
    case .schemaChanged(let version, _): "\(version)"
    case .deadLettersReplayed: "several"
    case .threatsResolved(let ids, _): ids.count == 1 ? ids.joined() : "several"
    case .tableChanged(_, let relation): relation
    case .priceSet(let price, _), .priceRemoved(let price): price.auditID
    case .jobRun(let name): name
    case .signedIn, .signedOut: "session"
    }
  }

  /// What the description says of the actor.
  private var predicate: String {
    switch self {
    case .revealGranted(let grant):
      "was granted a reveal of \(Self.list(grant.scope.columns)) "
        + "for \(grant.seconds) seconds"
    case .revealUsed(_, let use):
      "used a reveal to see \(Self.list(use.columns))"
        + (use.rowCount.map { " in \($0) rows" } ?? "")
    case .revealShown(_, let columns, let rows):
      "was shown \(Self.list(columns)) in \(Self.count(rows, "row"))"
    case .revealEnded(_, .time): "had a reveal that ended by time"
    case .revealEnded(_, .deleted): "ended a reveal"
    case .revealRefused(let refusal, _): "was refused a reveal: \(refusal.openReason)"
    case .emitterKeyCreated(let key):
      "made emitter key \(key.id) for \(key.organization) (\(Self.list(key.kinds)))"
    case .emitterKeyRevoked(let id): "revoked emitter key \(id)"
    case .userErased(let receipt, let rows):
      "erased a person in \(Self.count(rows, "row")), as receipt \(receipt) says"
    case .reportsErased(let count):
      "took a person out of \(Self.count(count, "file")) of weekly reports"
    case .retentionDropped(let table, let days, let rows):
      "dropped \(Self.count(days, "day")) (\(Self.count(rows, "row"))) of '\(table)' that were older than its retention"
    case .snapshotRestored(let id): "restored snapshot \(id)"
    case .snapshotRequested: "had a snapshot written"
    case .schemaChanged(let version, let statements):
      "brought the built-in tables to version \(version) with \(Self.count(statements, "statement"))"
    case .deadLettersReplayed(let count, _, _): "took \(Self.count(count, "dead letter")) again"
    case .threatsResolved(let ids, let isResolved):
      isResolved
        ? "resolved \(Self.count(ids.count, "threat"))"
        : "opened \(Self.count(ids.count, "threat")) again"
    case .tableChanged(let statement, let relation): "ran \(statement) on '\(relation)'"
    case .priceSet(let price, let old):
      "\(old == nil ? "set" : "changed") the price of \(price.item.title)"
        + " from \(PriceDocument.timeText(price.validFrom)) on"
    case .priceRemoved(let price):
      "removed the price of \(price.item.title)"
        + " from \(PriceDocument.timeText(price.validFrom)) on"
    case .jobRun(let name): "had job '\(name)' run"
    case .signedIn(.token): "signed in to the dashboard with a token"
    case .signedIn(.link): "signed in to the dashboard by the link of daybook serve"
    case .signedOut: "signed out of the dashboard"
    }
  }

  private var context: [String: StrictJSON] {
    switch self {
    case .revealGranted(let grant):
      [
        "columns": Self.names(grant.scope.columns.map(\.description)),
        "organizations": grant.scope.organizations.json,
        "duration_seconds": .integer(grant.seconds),
      ]
    case .revealUsed(_, let use):
      [
        "columns": Self.names(use.columns.map(\.description)),
        "organizations": use.organizations.json,
        "rows": use.rowCount.map { .integer(Int64($0)) } ?? .null,
      ]
    case .revealShown(_, let columns, let rows):
      [
        "columns": Self.names(columns.map(\.description)), "rows": .integer(Int64(rows)),
      ]
    case .revealEnded(_, let end): ["by": .string(end == .time ? "time" : "deletion")]
    case .revealRefused(let refusal, _): ["code": .string(refusal.code)]
    case .emitterKeyCreated(let key): ["kinds": Self.names(key.kinds.map(\.rawValue))]
    case .emitterKeyRevoked: [:]
    case .userErased(_, let rows): ["rows": .integer(Int64(rows))]
    case .reportsErased(let count): ["reports": .integer(Int64(count))]
    case .retentionDropped(_, let days, let rows):
      ["days": .integer(Int64(days)), "rows": .integer(Int64(rows))]
    case .snapshotRestored, .snapshotRequested: [:]
    case .schemaChanged(let version, let statements):
      ["version": .integer(Int64(version)), "statements": .integer(Int64(statements))]
    case .deadLettersReplayed(let count, let reason, let kind):
      [
        "letters": .integer(Int64(count)), "reason": reason.map { .string($0) } ?? .null,
        "record_kind": kind.map { .string($0) } ?? .null,
      ]
    case .threatsResolved(let ids, _): ["threats": Self.names(ids)]
    case .tableChanged(let statement, _): ["statement": .string(statement)]
    case .priceSet(let price, let old): ["new": price.json, "old": old?.json ?? .null]
    case .priceRemoved(let price): ["old": price.json]
    case .jobRun: [:]
    case .signedIn(let way): ["by": .string(way.rawValue)]
    case .signedOut: [:]
    }
  }

  /// Words that people chose.
  private var sealedContext: [String: StrictJSON] {
    switch self {
    case .revealGranted(let grant): ["reason": .string(grant.reason.text)]
    case .emitterKeyCreated(let key): ["label": .string(key.label.text)]
    case .revealUsed, .revealShown, .revealEnded, .revealRefused, .emitterKeyRevoked, .userErased,
      .reportsErased, .retentionDropped, .snapshotRestored, .snapshotRequested, .schemaChanged,
      .deadLettersReplayed,
      .threatsResolved, .tableChanged, .priceSet, .priceRemoved, .signedIn,
      .signedOut, .jobRun:
      [:]
    }
  }

  private static func count(_ number: Int, _ thing: String) -> String {
    "\(number) \(thing)\(number == 1 ? "" : "s")"
  }

  private static func list(_ columns: Set<SealedColumn>) -> String {
    columns.sorted().map(\.description).joined(separator: ", ")
  }

  private static func list(_ kinds: Set<RecordKind>) -> String {
    kinds.map(\.rawValue).sorted().joined(separator: ", ")
  }

  private static func names(_ names: [String]) -> StrictJSON {
    .array(names.sorted().map { .string($0) })
  }
}

extension RevealGrant {
  package var seconds: Int64 { (end.milliseconds - start.milliseconds) / 1000 }
}

extension Price {
  /// `gpt 2026-01-31T00:00:00Z`.
  fileprivate var auditID: String {
    let name =
      switch item {
      case .model(let name): name.text
      case .resource(let resource): resource.rawValue
      }
    return "\(name) \(PriceDocument.timeText(validFrom))"
  }

  fileprivate var json: StrictJSON {
    let members = PriceDocument.members(self).map { ($0.name, $0.value) }
    return .object(Dictionary(uniqueKeysWithValues: members))
  }
}

extension OrganizationScope {
  fileprivate var json: StrictJSON {
    switch self {
    case .all: .string("all")
    case .only(let organizations): .array(organizations.sorted().map { .string($0.text) })
    }
  }
}

extension StrictJSON {
  fileprivate static func integer(_ value: Int64) -> StrictJSON { .number("\(value)") }
}

extension RevealRefusal {
  /// A word for programs.
  package var code: String {
    switch self {
    case .notAllowed: "not_allowed"
    case .badReason: "bad_reason"
    case .badDuration: "bad_duration"
    case .noColumns: "no_columns"
    case .tooManyColumns: "too_many_columns"
    case .organizations: "organizations"
    case .tooManyGrants: "too_many_reveals"
    case .noSuchGrant: "no_such_reveal"
    case .columnNotGranted: "column_not_granted"
    case .organizationNotGranted: "organization_not_granted"
    case .notRecorded: "not_recorded"
    }
  }

  /// As in the log. What the caller wrote himself, such as the name of an organisation, is left out.
  fileprivate var openReason: String {
    switch self {
    case .organizations: "the organisations are not the caller's"
    case .columnNotGranted: "it does not cover the column"
    default: description
    }
  }
}
