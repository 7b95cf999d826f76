/// Which organisations a request is about.
public enum RequestedOrganizations: Sendable, Equatable {
  /// None named: those that the caller belongs to.
  case own
  case named(Set<OrganizationID>)
  case all
}

/// A set of organisations.
public enum OrganizationScope: Sendable, Hashable {
  case only(Set<OrganizationID>)
  /// All, and rows that belong to none.
  case all

  /// A row without an organisation is in no organisation's scope.
  public func contains(_ organization: OrganizationID?) -> Bool {
    switch self {
    case .all: true
    case .only(let organizations): organization.map(organizations.contains) ?? false
    }
  }

  public func isSuperset(of other: OrganizationScope) -> Bool {
    switch (self, other) {
    case (.all, _): true
    case (.only, .all): false
    case (.only(let own), .only(let others)): own.isSuperset(of: others)
    }
  }
}

/// Which rows a request may see: every scan keeps to it.
public struct RowScope: Sendable, Hashable {
  public var organizations: OrganizationScope
  /// Only rows of this person; `nil` for everybody's.
  public var user: UserID?

  public init(organizations: OrganizationScope, user: UserID?) {
    self.organizations = organizations
    self.user = user
  }

  public func contains(organization: OrganizationID?, user rowUser: UserID?) -> Bool {
    organizations.contains(organization) && (user == nil || user == rowUser)
  }
}

extension Principal {
  /// What a request that only reads and names no organisation is about: the caller's own; where there is
  /// none, and the role reads all, all.
  public func organizationsToRead(
    by capability: Capability, by table: AccessTable = .standard
  ) -> RequestedOrganizations {
    organizations.isEmpty && table.reach(of: role, for: capability) == .everything ? .all : .own
  }

  /// The rows over which this person may do something. A request that names no organisation is about
  /// the caller's own, also an admin's of the platform: `organizationsToRead` says where that differs.
  public func scope(
    for capability: Capability, in requested: RequestedOrganizations = .own,
    by table: AccessTable = .standard
  ) throws(AccessRefusal) -> RowScope {
    let reach = table.reach(of: role, for: capability)
    guard reach > .nothing else { throw .notAllowed(capability, role) }
    let person = reach == .oneself ? user : nil
    switch requested {
    case .all:
      guard reach == .everything else { throw .allOrganizations(role, capability) }
      return RowScope(organizations: .all, user: person)
    case .own:
      guard !organizations.isEmpty else { throw .noOrganization(capability) }
      return RowScope(organizations: .only(organizations), user: person)
    case .named(let names):
      guard !names.isEmpty else { throw .noOrganizationNamed }
      if reach < .everything, let foreign = names.subtracting(organizations).min() {
        throw .foreignOrganization(foreign)
      }
      return RowScope(organizations: .only(names), user: person)
    }
  }
}
