import AccessControl
import Testing

private let email = column("users.email")
private let address = column("sessions.ip")
private let acme = OrganizationScope.only([organization("acme")])
private let reason = "ticket 4711: account taken over"
private let start = UnixTime(seconds: 1_800_000_000)

struct RevealTests {
  let log = EventLog()
  let register: RevealRegister

  init() {
    let chance = Counter()
    register = RevealRegister(allowlist: allowlist, sink: log, random: { chance.next() })
  }

  func grant(
    _ caller: Principal? = nil, reason: String = reason,
    organizations: RequestedOrganizations = .own, columns: Set<SealedColumn> = [email],
    duration: Duration = .seconds(60), at now: UnixTime = start
  ) throws -> RevealGrant {
    try register.grant(
      to: try caller ?? principal(.superadmin), reason: reason, organizations: organizations,
      columns: columns, duration: duration, at: now)
  }

  func open(
    _ grant: RevealGrant?, _ caller: String = "root", columns: Set<SealedColumn> = [email],
    organizations: OrganizationScope = acme, at now: UnixTime
  ) throws -> String? {
    let sealed = Sealed(
      "ann@example.org", column: email, organization: organization("acme"))
    return try register.use(
      by: principal(.superadmin, caller, revealing: grant?.id),
      for: RevealUse(columns: columns, organizations: organizations, rowCount: 1), at: now
    ) { permit in
      sealed.open(with: permit)
    }
  }

  func refusal(_ body: () throws -> Void) -> RevealRefusal? {
    do {
      try body()
    } catch let error as RevealRefusal {
      return error
    } catch let error as RevealUseError<Never> {
      if case .refused(let refusal) = error { return refusal }
    } catch {
      Issue.record("another error: \(error)")
    }
    return nil
  }

  @Test func `a grant opens its column from its first to before its last moment`() throws {
    let grant = try grant(duration: .seconds(60))
    #expect(try open(grant, at: start) == "ann@example.org")
    #expect(try open(grant, at: start.advanced(by: .milliseconds(59_999))) == "ann@example.org")
    #expect(refusal { _ = try open(grant, at: start.advanced(by: .seconds(60))) } == .noSuchGrant)
    // Ended once, ended for ever, wherever the clock goes.
    #expect(refusal { _ = try open(grant, at: start) } == .noSuchGrant)
    let use = RevealUse(columns: [email], organizations: acme, rowCount: 1)
    #expect(
      log.actions == [
        .granted(grant), .used(grant.id, use), .used(grant.id, use), .ended(grant.id, .time),
        .refused(.noSuchGrant, grant: grant.id), .refused(.noSuchGrant, grant: grant.id),
      ])
  }

  @Test func `a clock that goes back ends a grant`() throws {
    let grant = try grant()
    #expect(
      refusal { _ = try open(grant, at: start.advanced(by: .milliseconds(-1))) } == .noSuchGrant)
  }

  @Test func `deleting ends it at once, also by another superadmin`() throws {
    let grant = try grant()
    try register.end(grant.id, by: principal(.superadmin, "root2"), at: start)
    #expect(refusal { _ = try open(grant, at: start) } == .noSuchGrant)
    #expect(
      refusal { try register.end(grant.id, by: principal(.superadmin), at: start) } == .noSuchGrant)
    #expect(log.events[1].actor == user("root2"))
    #expect(log.actions[1] == .ended(grant.id, .deleted))
  }

  @Test(arguments: Role.allCases.filter { $0 != .superadmin })
  func `no other role gets, uses or ends a grant, and each attempt is on the record`(
    role: Role
  ) throws {
    let grant = try grant()
    let caller = try principal(role, revealing: grant.id)
    #expect(refusal { _ = try self.grant(caller) } == .notAllowed(role))
    #expect(refusal { try register.end(grant.id, by: caller, at: start) } == .notAllowed(role))
    let use = RevealUse(columns: [email], organizations: acme, rowCount: 1)
    #expect(
      refusal {
        try register.use(by: caller, for: use, at: start) { _ in _ = Issue.record("opened") }
      }
        == .notAllowed(role))
    #expect(log.actions.count == 4)
  }

  @Test func `the allowlist is asked on each use`() throws {
    let other = RevealRegister(
      allowlist: SuperadminAllowlist([user("somebody")]), sink: log, random: { 7 })
    #expect(
      refusal {
        _ = try other.grant(
          to: principal(.superadmin), reason: reason, organizations: .own, columns: [email],
          duration: .seconds(1), at: start)
      } == .notAllowed(.superadmin))
  }

  @Test func `a grant is its owner's alone`() throws {
    let grant = try grant()
    #expect(refusal { _ = try open(grant, "root2", at: start) } == .noSuchGrant)
    #expect(refusal { _ = try open(nil, at: start) } == .noSuchGrant)
    #expect(register.grants(of: try principal(.superadmin), at: start) == [grant])
    #expect(register.grants(of: try principal(.superadmin, "root2"), at: start).isEmpty)
  }

  @Test func `a grant opens neither other columns nor other organisations`() throws {
    let grant = try grant(columns: [email])
    #expect(
      refusal { _ = try open(grant, columns: [email, address], at: start) }
        == .columnNotGranted(address))
    for wide in [OrganizationScope.all, .only([organization("acme"), organization("other")])] {
      #expect(
        refusal { _ = try open(grant, organizations: wide, at: start) } == .organizationNotGranted)
    }
    #expect(refusal { _ = try open(grant, columns: [], at: start) } == .noColumns)
  }

  @Test func `a permit covers the use that is on the record, not all of the grant`() throws {
    let grant = try grant(organizations: .all, columns: [email, address])
    #expect(try open(grant, columns: [address], at: start) == nil)
    #expect(
      try open(grant, organizations: .only([organization("other")]), at: start) == nil)
    #expect(try open(grant, organizations: .all, at: start) == "ann@example.org")
  }

  @Test(
    arguments: [
      "", "   ", "too short", "         x", "line\nbreak in here", "tab\tin the reason",
      "\u{202E}backwards text", String(repeating: "x", count: 501),
    ])
  func `a reason is asked for, on one line and of some length`(reason: String) {
    #expect(refusal { _ = try grant(reason: reason) } == .badReason)
  }

  @Test func `the shortest and the longest reason are fine`() throws {
    #expect(try grant(reason: "  0123456789 ").reason.text == "0123456789")
    #expect(try grant(reason: String(repeating: "x", count: 500)).reason.text.utf8.count == 500)
  }

  @Test(
    arguments: [
      Duration.zero, .milliseconds(999), .seconds(-60), .seconds(900) + .nanoseconds(1),
      .seconds(Int64.max),
    ])
  func `a duration outside of a second to 15 minutes is refused`(duration: Duration) {
    #expect(refusal { _ = try grant(duration: duration) } == .badDuration)
  }

  @Test func `fifteen minutes are fine, and columns are bounded`() throws {
    #expect(try grant(duration: .seconds(900)).end == start.advanced(by: .seconds(900)))
    #expect(refusal { _ = try grant(columns: []) } == .noColumns)
    let many = Set((0...RevealScope.largestColumnCount).map { column("t.c\($0)") })
    #expect(refusal { _ = try grant(columns: many) } == .tooManyColumns)
  }

  @Test func `open grants are bounded, and ended ones make room`() throws {
    for _ in 0..<RevealRegister.largestGrantCount { _ = try grant() }
    #expect(refusal { _ = try grant() } == .tooManyGrants)
    _ = try grant(at: start.advanced(by: .seconds(60)))
  }

  @Test func `what cannot be recorded does not happen`() throws {
    let grant = try grant()
    log.breakDown()
    #expect(refusal { _ = try self.grant() } == .notRecorded)
    #expect(register.grants(of: try principal(.superadmin), at: start) == [grant])
    #expect(refusal { _ = try open(grant, at: start) } == .notRecorded)
    // Ending works without a record: it shows nothing to anybody.
    #expect(
      refusal { try register.end(grant.id, by: principal(.superadmin), at: start) } == .notRecorded)
    #expect(register.grants(of: try principal(.superadmin), at: start).isEmpty)
  }

  @Test func `the name of a grant is read as it is written`() {
    let id = RevealGrant.ID(high: 0x0123, low: .max)
    #expect(id.description == "0000000000000123ffffffffffffffff")
    #expect(RevealGrant.ID(id.description) == id)
    for text in ["", "123", "+" + id.description.dropFirst(), id.description.uppercased()] {
      #expect(RevealGrant.ID(text) == nil)
    }
  }
}
