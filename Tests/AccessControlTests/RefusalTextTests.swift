import AccessControl
import Testing

struct RefusalTextTests {
  @Test func `a refusal says what is refused, who may, and what to do`() throws {
    let refusal = AccessRefusal.notAllowed(.readAuditLog, .user)
    #expect(refusal.description == "your role, user, may not read the audit log")
    #expect(
      refusal.hint
        == "this is for manager, admin, org_admin, platform_admin, superadmin: ask for a token of such a role"
    )
    let foreign = AccessRefusal.foreignOrganization(try #require(OrganizationID("bolt")))
    #expect(foreign.description == "'bolt' is not one of your organisations")
    #expect(foreign.hint?.hasPrefix("leave organization_id out") == true)
    let all = AccessRefusal.allOrganizations(.admin, .readAnalytics)
    #expect(all.hint?.contains("platform_admin") == true)
  }

  @Test func `a hint does not send people to what is refused as well`() {
    // Nobody has more of these than his own.
    let all = AccessRefusal.allOrganizations(.platformAdmin, .readOwnRecords)
    #expect(all.hint?.contains("platform_admin") == false)
    let none = AccessRefusal.noOrganization(.readOwnRecords)
    #expect(none.hint?.contains("organizations=all") == false)
    #expect(
      AccessRefusal.noOrganization(.readAnalytics).hint?.contains("organizations=all") == true)
  }

  @Test func `who may is what the table says`() {
    for capability in Capability.allCases {
      let hint = AccessRefusal.notAllowed(capability, .user).hint ?? ""
      for role in Role.allCases {
        let words = hint.split(whereSeparator: { " ,:".contains($0) })
        let may = AccessTable.standard.reach(of: role, for: capability) > .nothing
        #expect(words.contains { $0 == role.rawValue } == may, "\(capability) \(role)")
      }
    }
  }
}
