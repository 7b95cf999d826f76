import AccessControl
import Testing

/// The roles' rights, written a second time: the table in the sources must not change unseen.
private let expected: [Role: [Capability: Reach]] = [
  .user: [.readOwnRecords: .oneself],
  .manager: [
    .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations, .readAuditLog: .ownOrganizations,
  ],
  .admin: [
    .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations, .readAuditLog: .ownOrganizations,
    .runQueries: .ownOrganizations, .handleThreats: .ownOrganizations,
  ],
  .organizationAdmin: [
    .readOwnRecords: .oneself, .readAnalytics: .ownOrganizations, .readAuditLog: .ownOrganizations,
    .readFreeText: .ownOrganizations, .runQueries: .ownOrganizations,
    .handleDeadLetters: .ownOrganizations, .manageEmitterKeys: .ownOrganizations,
    .handleThreats: .ownOrganizations,
  ],
  .platformAdmin: [
    .readOwnRecords: .oneself, .readAnalytics: .everything, .readAuditLog: .everything,
    .runQueries: .everything, .handleDeadLetters: .everything, .handleThreats: .everything,
    .manageEmitterKeys: .everything,
    .operate: .everything,
  ],
  .superadmin: [
    .readOwnRecords: .oneself, .readAnalytics: .everything, .readAuditLog: .everything,
    .runQueries: .everything, .handleDeadLetters: .everything, .handleThreats: .everything,
    .manageEmitterKeys: .everything,
    .operate: .everything, .reveal: .everything,
  ],
]

struct ScopeTests {
  @Test(arguments: Role.allCases, Capability.allCases)
  func `each role has the reach that is written down, and nothing else`(
    role: Role, capability: Capability
  ) {
    #expect(
      AccessTable.standard.reach(of: role, for: capability)
        == expected[role]?[capability] ?? .nothing)
  }

  @Test(arguments: Role.allCases, Capability.allCases)
  func `own, foreign, mixed, no and all organisations are answered by the reach alone`(
    role: Role, capability: Capability
  ) throws {
    let reach = expected[role]?[capability] ?? .nothing
    let caller = try principal(role, in: ["acme", "beta"])
    let person = reach == .oneself ? caller.user : nil
    let own: Set = [organization("acme"), organization("beta")]
    let foreign: Set = [organization("other")]
    let mixed: Set = [organization("acme"), organization("other")]

    func scope(_ requested: RequestedOrganizations) -> Result<RowScope, AccessRefusal> {
      Result { () throws(AccessRefusal) in try caller.scope(for: capability, in: requested) }
    }
    guard reach > .nothing else {
      for request in [RequestedOrganizations.own, .named(own), .named(foreign), .all] {
        #expect(scope(request) == .failure(.notAllowed(capability, role)))
      }
      return
    }
    #expect(scope(.own) == .success(RowScope(organizations: .only(own), user: person)))
    #expect(
      scope(.named([organization("acme")]))
        == .success(RowScope(organizations: .only([organization("acme")]), user: person)))
    #expect(scope(.named([])) == .failure(.noOrganizationNamed))
    if reach == .everything {
      #expect(scope(.named(mixed)) == .success(RowScope(organizations: .only(mixed), user: nil)))
      #expect(scope(.all) == .success(RowScope(organizations: .all, user: nil)))
    } else {
      #expect(scope(.named(foreign)) == .failure(.foreignOrganization(organization("other"))))
      #expect(scope(.named(mixed)) == .failure(.foreignOrganization(organization("other"))))
      #expect(scope(.all) == .failure(.allOrganizations(role, capability)))
    }
  }

  @Test(arguments: Role.allCases)
  func `who belongs to no organisation sees none without naming it`(role: Role) throws {
    let caller = try principal(role, in: [])
    #expect(throws: AccessRefusal.noOrganization(.readOwnRecords)) {
      try caller.scope(for: .readOwnRecords)
    }
  }

  @Test(arguments: Role.allCases, Capability.allCases)
  func `reading without a name is about one's own, or about all for who may read all and has none`(
    role: Role, capability: Capability
  ) throws {
    let reach = expected[role]?[capability] ?? .nothing
    let member = try principal(role, in: ["acme"])
    #expect(member.organizationsToRead(by: capability) == .own)
    let stranger = try principal(role, in: [])
    let requested = stranger.organizationsToRead(by: capability)
    #expect(requested == (reach == .everything ? .all : .own))
    let scope = Result { () throws(AccessRefusal) in
      try stranger.scope(for: capability, in: requested)
    }
    switch reach {
    case .nothing: #expect(scope == .failure(.notAllowed(capability, role)))
    case .oneself, .ownOrganizations: #expect(scope == .failure(.noOrganization(capability)))
    case .everything: #expect(scope == .success(RowScope(organizations: .all, user: nil)))
    }
  }

  @Test func `a row without an organisation is in no organisation's numbers`() {
    let acme = OrganizationScope.only([organization("acme")])
    #expect(!acme.contains(nil))
    #expect(!OrganizationScope.only([]).contains(nil))
    #expect(OrganizationScope.all.contains(nil))
    let own = RowScope(organizations: acme, user: user("ann"))
    #expect(own.contains(organization: organization("acme"), user: user("ann")))
    #expect(!own.contains(organization: organization("acme"), user: user("bob")))
    #expect(!own.contains(organization: organization("acme"), user: nil))
    #expect(!own.contains(organization: nil, user: user("ann")))
  }

  @Test func `a set of organisations contains what each of its members says`() {
    let names = ["a", "b", "c"].map(organization)
    let subsets = (0..<8).map { bits in
      OrganizationScope.only(Set((0..<3).filter { bits >> $0 & 1 == 1 }.map { names[$0] }))
    }
    for left in subsets + [.all] {
      for right in subsets + [.all] {
        let candidates = names.map(Optional.some) + [nil]
        let holds = candidates.allSatisfy { !right.contains($0) || left.contains($0) }
        // All is more than any list of organisations, also one of all that are known.
        #expect(left.isSuperset(of: right) == (holds && (right != .all || left == .all)))
      }
    }
  }

  @Test func `a superadmin who is not on the allowlist is nobody`() throws {
    #expect(throws: AccessRefusal.notOnAllowlist(user("eve"))) { try principal(.superadmin, "eve") }
    // Only the role itself asks for the list, and being listed gives no role.
    #expect(try principal(.platformAdmin, "eve").role == .platformAdmin)
    #expect(throws: AccessRefusal.notAllowed(.reveal, .admin)) {
      try principal(.admin, "root").scope(for: .reveal)
    }
  }

  @Test func `an entity is seen by those who were given it`() throws {
    let project = try #require(EntityReference("project:17"))
    let caller = try Principal(
      user: user("ann"), organizations: [], role: .user, visibleEntities: [project],
      allowlist: allowlist)
    #expect(caller.maySeeAudit(of: project))
    #expect(!caller.maySeeAudit(of: try #require(EntityReference("project:18"))))
    #expect(EntityReference("project") == nil)
    #expect(EntityReference(":17") == nil)
    #expect(EntityReference("project:") == nil)
  }

  @Test(arguments: [
    "", " a", "a ", "a\nb", "a\u{0}", "a\u{202E}b", String(repeating: "x", count: 129),
  ])
  func `an identifier that could deceive is none`(text: String) {
    #expect(UserID(text) == nil)
    #expect(OrganizationID(text) == nil)
  }

  @Test func `two spellings of a letter are two persons`() {
    #expect("\u{e9}" == "e\u{301}")
    #expect(user("\u{e9}") != user("e\u{301}"))
    #expect(!SuperadminAllowlist([user("\u{e9}")]).contains(user("e\u{301}")))
    #expect(user("\u{212A}") != user("K"))
  }

  @Test func `time saturates and never wraps`() {
    let late = UnixTime(milliseconds: .max - 5)
    #expect(late.advanced(by: .seconds(1)) == UnixTime(milliseconds: .max))
    #expect(UnixTime(seconds: .max) == UnixTime(milliseconds: .max))
    #expect(UnixTime(seconds: 2).advanced(by: .milliseconds(-500)).milliseconds == 1500)
  }
}
