/// Something that a request may want to do.
public enum Capability: String, CaseIterable, Sendable, Hashable {
  /// Usage, sessions, timeline, cost and audit entries of oneself.
  case readOwnRecords
  /// Overview, trends, activity, tokens and exports.
  case readAnalytics
  case readAuditLog
  /// The text of feedback and the like, that people wrote.
  case readFreeText
  /// Statements of SQL that change nothing.
  case runQueries
  /// Dead letters, and sending them again.
  case handleDeadLetters
  /// Threats, and saying that they were dealt with.
  case handleThreats
  /// Making, listing and revoking keys for emitters.
  case manageEmitterKeys
  /// System tables, settings in force, other people's queries and cancelling them.
  case operate
  /// Asking for sealed columns, with a reason and for minutes.
  case reveal

  public var title: String {
    switch self {
    case .readOwnRecords: "read one's own usage, sessions, timeline, cost, audit entries"
    case .readAnalytics: "read analytics, activity, tokens; export"
    case .readAuditLog: "read the audit log"
    case .readFreeText: "read free text"
    case .runQueries: "run SQL that changes nothing"
    case .handleDeadLetters: "read and replay dead letters"
    case .handleThreats: "read and resolve threats"
    case .manageEmitterKeys: "make, list and revoke emitter keys"
    case .operate: "system tables, settings, other people's queries"
    case .reveal: "ask for a reveal"
    }
  }

  /// As somebody is told who may not.
  var deed: String {
    switch self {
    case .readOwnRecords: "read its own records"
    case .readAnalytics: "read analytics or export them"
    case .readAuditLog: "read the audit log"
    case .readFreeText: "read what people wrote"
    case .runQueries: "run SQL"
    case .handleDeadLetters: "handle dead letters"
    case .handleThreats: "handle threats"
    case .manageEmitterKeys: "manage emitter keys"
    case .operate: "operate the service"
    case .reveal: "ask for a reveal"
    }
  }
}

/// Over whose rows something may be done, from the narrowest on.
public enum Reach: Int, CaseIterable, Sendable, Comparable {
  case nothing
  /// Rows of the person, in his own organisations.
  case oneself
  /// Rows of the organisations that the person belongs to.
  case ownOrganizations
  /// Rows of all organisations, and rows of none.
  case everything

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var title: String {
    switch self {
    case .nothing: "–"
    case .oneself: "own"
    case .ownOrganizations: "own organisations"
    case .everything: "all"
    }
  }
}
