/// Why somebody who is known may not do what he asked for. Whether an organisation exists is not
/// told: one that is foreign and one that is not are refused alike.
public enum AccessRefusal: Error, Equatable, Sendable {
  case notAllowed(Capability, Role)
  /// Named, but not the caller's.
  case foreignOrganization(OrganizationID)
  case allOrganizations(Role, Capability)
  /// The caller belongs to no organisation and named none.
  case noOrganization(Capability)
  case noOrganizationNamed
  case notOnAllowlist(UserID)
}

extension AccessRefusal: CustomStringConvertible {
  /// What is refused.
  public var description: String {
    switch self {
    case .notAllowed(let capability, let role):
      "your role, \(role.rawValue), may not \(capability.deed)"
    case .foreignOrganization(let organization):
      "'\(organization)' is not one of your organisations"
    case .allOrganizations(let role, _):
      "your role, \(role.rawValue), may ask about its own organisations, and not about all"
    case .noOrganization:
      "the request names no organisation, and neither does your token"
    case .noOrganizationNamed:
      "the list of organisations is empty: name one or leave it out"
    case .notOnAllowlist(let user):
      "the token of '\(user)' has the role superadmin, but the configuration does not list '\(user)'"
    }
  }

  /// Who may, and what to do.
  public var hint: String? {
    switch self {
    case .notAllowed(let capability, _):
      Self.hint(
        for: Role.allCases.filter {
          AccessTable.standard.reach(of: $0, for: capability) > .nothing
        })
    case .foreignOrganization:
      "leave organization_id out for your own, or ask for a token that names this one as well"
    case .allOrganizations(_, let capability):
      Self.rolesWithAll(for: capability).isEmpty
        ? "leave organizations=all out: no role has more of it than its own"
        : "leave organizations=all out, or ask for a token of a role that sees all: \(Self.rolesWithAll(for: capability).joined(separator: ", "))"
    case .noOrganization(let capability):
      Self.rolesWithAll(for: capability).isEmpty
        ? "ask for a token that names your organisation"
        : "ask for a token that names your organisation; who sees all may say organizations=all"
    case .noOrganizationNamed: nil
    case .notOnAllowlist:
      "whoever runs the service adds names to access.superadmins, and starts it anew"
    }
  }

  private static func rolesWithAll(for capability: Capability) -> [String] {
    Role.allCases.filter {
      AccessTable.standard.reach(of: $0, for: capability) == .everything
    }.map(\.rawValue)
  }

  private static func hint(for roles: [Role]) -> String {
    "this is for \(roles.map(\.rawValue).joined(separator: ", ")): ask for a token of such a role"
  }
}
