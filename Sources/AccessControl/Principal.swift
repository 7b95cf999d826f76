/// Who asks: a person with a role, and the organisations that he belongs to.
///
/// A superadmin is one only if the configuration lists him as well: a token that says so for
/// somebody else makes no principal.
public struct Principal: Sendable, Equatable {
  public let user: UserID
  public let organizations: Set<OrganizationID>
  public let role: Role
  /// Entities (a project, a data set) that the host lets this person see, for their audit entries.
  public let visibleEntities: Set<EntityReference>
  /// The reveal that the request refers to. Whether it holds is asked of the `RevealRegister` on
  /// each use.
  public private(set) var revealGrant: RevealGrant.ID?

  public init(
    user: UserID, organizations: Set<OrganizationID>, role: Role,
    visibleEntities: Set<EntityReference> = [], allowlist: SuperadminAllowlist
  ) throws(AccessRefusal) {
    guard role != .superadmin || allowlist.contains(user) else { throw .notOnAllowlist(user) }
    self.user = user
    self.organizations = organizations
    self.role = role
    self.visibleEntities = visibleEntities
  }

  public func revealing(with grant: RevealGrant.ID?) -> Principal {
    var principal = self
    principal.revealGrant = grant
    return principal
  }

  public func maySeeAudit(of entity: EntityReference) -> Bool { visibleEntities.contains(entity) }
}

/// A thing that audit entries are about.
public struct EntityReference: Hashable, Sendable, CustomStringConvertible {
  public let kind: Identifier
  public let id: Identifier

  /// Written `kind:id`. `nil` where either part is no identifier.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Identifier(String(parts[0])),
      let id = Identifier(String(parts[1]))
    else { return nil }
    self.kind = kind
    self.id = id
  }

  public var description: String { "\(kind):\(id)" }
}
