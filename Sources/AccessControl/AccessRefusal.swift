/// Why somebody who is known may not do what he asked for. Whether an organisation exists is not
/// told: one that is foreign and one that is not are refused alike.
public enum AccessRefusal: Error, Equatable, Sendable {
  case notAllowed(Capability, Role)
  /// Named, but not the caller's.
  case foreignOrganization(OrganizationID)
  case allOrganizations(Role)
  /// The caller belongs to no organisation and named none.
  case noOrganization
  case noOrganizationNamed
  case notOnAllowlist(UserID)
}

extension AccessRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAllowed(let capability, let role):
      "the role \(role.rawValue) may not \(capability.title)"
    case .foreignOrganization(let organization):
      "no access to organisation '\(organization)'"
    case .allOrganizations(let role):
      "the role \(role.rawValue) sees its own organisations only"
    case .noOrganization:
      "no organisation: the caller belongs to none and the request names none; name one by organization_id"
    case .noOrganizationNamed:
      "the list of organisations is empty: name one or leave it out"
    case .notOnAllowlist(let user):
      "'\(user)' is not among the superadmins of the configuration"
    }
  }
}
