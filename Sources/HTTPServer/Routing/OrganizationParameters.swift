internal import AccessControl
internal import HTTPTypes

/// How a request says which organisations it is about: nothing (the caller's own), one by name, or all.
package enum OrganizationParameters {
  static let names = ["organization_id", "company_id", "org_id"]

  /// One by name.
  package static let named: [EndpointParameter] =
    names.map {
      .query(
        $0, .text(1...128),
        $0 == "organization_id"
          ? "The organisation that this is about; otherwise see `organizations`."
          : "The same as `organization_id`.")
    }

  /// Of requests that change something.
  package static let all = all(otherwise: "the caller's own")
  /// Of requests that only read.
  package static let allToRead = all(
    otherwise: "the caller's own; of whoever belongs to none and may read all, all")

  private static func all(otherwise: String) -> [EndpointParameter] {
    named + [
      .query(
        "organizations", .choice(["own", "all"]),
        "`all` for every organisation, which the role must allow. Otherwise \(otherwise).")
    ]
  }

  /// Of a request that only reads.
  static func requestedToRead(
    in arguments: RequestArguments, by principal: Principal, for capability: Capability
  ) throws(Problem) -> RequestedOrganizations {
    let requested = try requested(in: arguments)
    guard requested == .own, arguments.text("organizations") == nil else { return requested }
    return principal.organizationsToRead(by: capability)
  }

  static func requested(in arguments: RequestArguments) throws(Problem) -> RequestedOrganizations {
    let named = names.compactMap { name in arguments.text(name).map { (name, $0) } }
    if named.count > 1 {
      throw .parameter(named[1].0, "repeated", "names the organisation again: give one of them")
    }
    let all = arguments.text("organizations") == "all"
    guard let (name, text) = named.first else { return all ? .all : .own }
    if all { throw .parameter("organizations", "conflict", "is all, but \(name) names one") }
    guard let organization = OrganizationID(text) else {
      throw .parameter(name, "length", "must be \(Identifier.allowed)")
    }
    return .named([organization])
  }

  /// Headers by which other systems let callers say who they are. Here a token says it, and nothing
  /// else: one that names another organisation is an attempt, and is refused.
  private static let spoofed = [
    "X-Organization", "X-Organization-Id", "X-Org-Id", "X-Org", "X-Company-Id", "X-Tenant",
    "X-Tenant-Id",
  ].compactMap { HTTPField.Name($0) }

  static func refuseHeaders(_ headers: HTTPFields, of principal: Principal) throws(Problem) {
    for name in spoofed {
      for value in headers[values: name] {
        guard let organization = OrganizationID(value),
          principal.organizations.contains(organization)
        else {
          throw .forbidden(
            "the header \(name.rawName) does not choose an organisation",
            hint: "the token says which are yours; organization_id names one")
        }
      }
    }
  }
}
