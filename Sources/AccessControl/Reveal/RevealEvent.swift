/// What the audit log is told of reveals.
public struct RevealEvent: Sendable, Equatable {
  public enum Action: Sendable, Equatable {
    case granted(RevealGrant)
    /// Before a value was opened.
    case used(RevealGrant.ID, RevealUse)
    case ended(RevealGrant.ID, RevealEnd)
    case refused(RevealRefusal, grant: RevealGrant.ID?)
  }

  public var actor: UserID
  /// The role at that time.
  public var role: Role
  public var time: UnixTime
  public var action: Action

  public init(actor: UserID, role: Role, time: UnixTime, action: Action) {
    self.actor = actor
    self.role = role
    self.time = time
    self.action = action
  }
}

/// What is to be opened.
public struct RevealUse: Sendable, Equatable {
  public var columns: Set<SealedColumn>
  public var organizations: OrganizationScope
  /// `nil` where a query tells only afterwards.
  public var rowCount: Int?

  public init(columns: Set<SealedColumn>, organizations: OrganizationScope, rowCount: Int?) {
    self.columns = columns
    self.organizations = organizations
    self.rowCount = rowCount
  }
}

public enum RevealEnd: Sendable, Equatable {
  case time
  case deleted
}

/// Where the events go. An event that cannot be stored is an error: what is not on the record does
/// not happen.
public protocol RevealEventSink: Sendable {
  func record(_ event: RevealEvent) throws
}

/// Why nothing is revealed.
public enum RevealRefusal: Error, Sendable, Equatable {
  /// The role may not, or is not on the allowlist.
  case notAllowed(Role)
  case badReason
  case badDuration
  case noColumns
  case tooManyColumns
  case organizations(AccessRefusal)
  case tooManyGrants
  /// There is none of this name, it has ended, or it is somebody else's: not told apart.
  case noSuchGrant
  /// The grant does not name this column.
  case columnNotGranted(SealedColumn)
  case organizationNotGranted
  /// The audit log did not take the event.
  case notRecorded
}

extension RevealRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAllowed(let role):
      "your role, \(role.rawValue), may not reveal: it is for superadmins whom the configuration lists"
    case .badReason: "the reason must be \(RevealReason.allowed)"
    case .badDuration: "the duration must be from 1 second to 15 minutes"
    case .noColumns: "name at least one column, as table.column"
    case .tooManyColumns: "name at most \(RevealScope.largestColumnCount) columns"
    case .organizations(let refusal): refusal.description
    case .tooManyGrants:
      "there are \(RevealRegister.largestGrantCount) open reveals already: end one first"
    case .noSuchGrant: "no such reveal, or it has ended: ask for a new one"
    case .columnNotGranted(let column): "the reveal does not cover \(column)"
    case .organizationNotGranted: "the reveal does not cover these organisations"
    case .notRecorded: "the audit log cannot be written, so nothing is revealed"
    }
  }
}
