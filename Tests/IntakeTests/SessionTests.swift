import AccessControl
import ColumnStore
import Intake
import Testing

/// A state that is changed by calls within expectations.
private final class Watched {
  private(set) var state: SessionState

  init(login: Int64) { state = SessionState(login: login) }

  func heartbeat(at time: Int64) -> Bool { state.heartbeat(at: time) }
  func logout(at time: Int64) -> Bool { state.logout(at: time) }
  func closeIfInactive(at time: Int64) -> Bool { state.closeIfInactive(at: time) }

  var end: SessionState.End? { state.end }
  var lastActivity: Int64 { state.lastActivity }
  var activeMilliseconds: Int64 { state.activeMilliseconds }
  var idleMilliseconds: Int64 { state.idleMilliseconds }
  var totalMilliseconds: Int64 { state.totalMilliseconds }
  var seconds: (active: Int64, idle: Int64, total: Int64) { state.seconds }
}

@Suite struct `The time of a session` {
  /// Gaps in milliseconds, and what they make: active and idle milliseconds.
  @Test(arguments: [
    ([Int64](), 0, 0), ([15_000], 15_000, 0), ([299_999], 299_999, 0), ([300_000], 0, 300_000),
    ([300_001], 0, 300_001), ([60_000, 300_000, 299_999], 359_999, 300_000),
    ([1_799_999], 0, 1_799_999), ([299_999, 299_999], 599_998, 0),
  ])
  func `is active in gaps below 300 s, idle in others`(gaps: [Int64], active: Int64, idle: Int64) {
    let state = Watched(login: 1_000)
    var now: Int64 = 1_000
    for gap in gaps {
      now += gap
      #expect(state.heartbeat(at: now))
    }
    #expect(state.activeMilliseconds == active && state.idleMilliseconds == idle)
    #expect(state.totalMilliseconds == active + idle && state.lastActivity == now)
  }

  @Test(arguments: [
    (Int64(0), true), (1, true), (299_999, true), (300_000, false), (1_799_999, false),
  ])
  func `has the last gap before a logout by the same rule`(gap: Int64, isActive: Bool) {
    let state = Watched(login: 0)
    #expect(state.heartbeat(at: 20_000))
    #expect(state.logout(at: 20_000 + gap))
    #expect(state.end == .logout)
    #expect(state.activeMilliseconds == 20_000 + (isActive ? gap : 0))
    #expect(state.idleMilliseconds == (isActive ? 0 : gap))
    #expect(state.totalMilliseconds == 20_000 + gap)
    #expect(!state.logout(at: 30_000_000) && !state.heartbeat(at: 30_000_000))
  }

  @Test func `ignores heartbeats that come within 15 s`() {
    let state = Watched(login: 0)
    #expect(!state.heartbeat(at: 0) && !state.heartbeat(at: 14_999))
    #expect(state.state == SessionState(login: 0))
    #expect(state.heartbeat(at: 15_000))
    #expect(!state.heartbeat(at: 29_999) && state.heartbeat(at: 30_000))
    // A clock that goes back changes nothing.
    #expect(!state.heartbeat(at: 10_000) && !state.heartbeat(at: -1))
    #expect(state.totalMilliseconds == 30_000)
  }

  @Test(arguments: [Int64(1_799_999), 1_800_000, 1_800_001])
  func `ends with the last activity where nothing was heard for 30 minutes`(gap: Int64) {
    let isOver = gap >= 1_800_000
    let closed = Watched(login: 0)
    #expect(closed.heartbeat(at: 60_000))
    #expect(closed.closeIfInactive(at: 60_000 + gap) == isOver)
    #expect((closed.end == .inactivity) == isOver && closed.totalMilliseconds == 60_000)
    // The same where a message came before anybody looked.
    let late = Watched(login: 0)
    #expect(late.heartbeat(at: 60_000) && late.heartbeat(at: 60_000 + gap))
    #expect((late.end == .inactivity) == isOver)
    #expect(late.totalMilliseconds == (isOver ? 60_000 : 60_000 + gap))
    let left = Watched(login: 0)
    #expect(left.heartbeat(at: 60_000) && left.logout(at: 60_000 + gap))
    #expect(left.end == (isOver ? .inactivity : .logout))
  }

  @Test func `adds up in whole seconds whatever came`() {
    for step in stride(from: Int64(15_000), through: 700_000, by: 777) {
      let state = Watched(login: 5)
      var now: Int64 = 5
      for turn in 0..<12 {
        now += step + Int64(turn) * 31_013
        _ = state.heartbeat(at: now)
        let seconds = state.seconds
        #expect(seconds.active + seconds.idle == seconds.total)
        #expect(state.activeMilliseconds + state.idleMilliseconds == state.totalMilliseconds)
      }
    }
  }
}

@Suite struct `A session` {
  private let browser =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

  private func wait(_ harness: IntakeHarness, _ seconds: Int64) {
    harness.now = UnixTime(milliseconds: harness.now.milliseconds + seconds * 1_000)
  }

  @Test func `goes from login to logout, also over a restart`() throws {
    let harness = try IntakeHarness()
    let login =
      "{\"id\":\"s-1\",\"user_id\":\"u\",\"ip\":\"8.8.8.8\",\"userAgent\":\"\(browser)\",\"token\":\"very secret\"}"
    #expect(try harness.accept(login, .login).accepted == ["s-1"])
    #expect(try harness.accept(login, .login).duplicates == ["s-1"])
    wait(harness, 60)
    #expect(try harness.accept("{\"session_id\":\"s-1\"}", .heartbeat).accepted == ["s-1"])
    #expect(try harness.accept("{\"session_id\":\"s-1\"}", .heartbeat).ignored == ["s-1"])
    #expect(try harness.accept("{\"session_id\":\"none\"}", .heartbeat).ignored == ["none"])
    wait(harness, 300)
    let again = try harness.restarted()
    #expect(again.intake.openSessionCount == 1)
    #expect(try again.accept("{\"session_id\":\"s-1\"}", .heartbeat).accepted == ["s-1"])
    wait(again, 90)
    #expect(try again.accept("{\"session_id\":\"s-1\"}", .logout).accepted == ["s-1"])
    #expect(try again.accept("{\"session_id\":\"s-1\"}", .logout).ignored == ["s-1"])
    #expect(try again.accept(login, .login).duplicates == ["s-1"])
    let row = try #require(try again.rows(.sessions).first)
    #expect(try again.rows(.sessions).count == 1)
    #expect(row["active_seconds"] == .integer(150) && row["idle_seconds"] == .integer(300))
    #expect(row["total_seconds"] == .integer(450) && row["is_active"] == .boolean(false))
    #expect(row["logout_at"] == .timestamp(again.now.milliseconds))
    #expect(row["user_agent"] == .text(browser) && row["country"] == .text("unknown"))
    guard case .text(let hash)? = row["token_hash"] else {
      Issue.record("no hash")
      return
    }
    #expect(hash.hasPrefix("p_"))
    let events = try again.rows(.events).map { $0["event_type"] }
    #expect(events == [.text("login"), .text("logout")])
    try again.expectBalanced()
    #expect(again.intake.openSessionCount == 0)
  }

  @Test func `of somebody else is not touched`() throws {
    let harness = try IntakeHarness()
    let ann = try IntakeHarness.emitter("acme", user: "ann")
    let bob = try IntakeHarness.emitter("acme", user: "bob")
    try harness.accept("{\"id\":\"s\"}", .login, from: ann)
    wait(harness, 60)
    #expect(try harness.accept("{\"id\":\"s\"}", .heartbeat, from: bob).ignored == ["s"])
    #expect(
      try harness.accept("{\"id\":\"s\"}", .logout, from: IntakeHarness.emitter("evil")).ignored
        == ["s"])
    let stolen = try harness.accept("{\"id\":\"s\"}", .login, from: bob)
    #expect(stolen.failed.map(\.problem) == [RecordProblem(.userMismatch, "session_id")])
    #expect(try harness.accept("{\"id\":\"s\"}", .heartbeat, from: ann).accepted == ["s"])
  }

  @Test func `is told from one whose names are spelt alike with other bytes`() throws {
    let harness = try IntakeHarness()
    let (one, other) = ("\u{E9}", "e\u{301}")
    let any = try IntakeHarness.emitter(nil)
    func login(_ id: String, _ user: String, _ organization: String) throws -> IntakeOutcome {
      try harness.accept(
        #"{"session_id":"\#(id)","user_id":"\#(user)","org_id":"\#(organization)"}"#, .login,
        from: any)
    }
    #expect(try login(one, one, one).accepted == [one])
    #expect(try login(other, one, one).accepted.count == 1)
    #expect(harness.intake.openSessionCount == 2)
    #expect(try login(one, other, one).failed.first?.problem.code == .userMismatch)
    #expect(try login(one, one, other).failed.first?.problem.code == .userMismatch)
    harness.now = harness.now.advanced(by: .seconds(60))
    let foreign = try harness.accept(
      #"{"session_id":"\#(one)","user_id":"\#(other)"}"#, .heartbeat, from: any)
    #expect(foreign.ignored.count == 1)
    harness.intake.forgetSessions(of: try #require(UserID(other)))
    #expect(try harness.restarted().intake.openSessionCount == 2)
    #expect(harness.intake.openSessionCount == 2)
    // Somebody's profile is not taken over by an organisation of another spelling either.
    let profile = #"{"user_id":"u","role":"user"}"#
    #expect(
      try harness.accept(profile, .user, from: try IntakeHarness.emitter(one)).accepted == ["u"])
    let taken = try harness.accept(profile, .user, from: try IntakeHarness.emitter(other))
    #expect(taken.failed.first?.problem.code == .organizationMismatch)
  }

  @Test func `that is left alone ends with its last activity`() throws {
    let harness = try IntakeHarness()
    try harness.accept("{\"id\":\"s\",\"user_id\":\"u\"}", .login)
    wait(harness, 60)
    try harness.accept("{\"id\":\"s\"}", .heartbeat)
    wait(harness, 1_799)
    #expect(try harness.intake.closeInactiveSessions(at: harness.now) == 0)
    wait(harness, 1)
    #expect(try harness.intake.closeInactiveSessions(at: harness.now) == 1)
    #expect(try harness.intake.closeInactiveSessions(at: harness.now) == 0)
    let row = try #require(try harness.rows(.sessions).first)
    #expect(row["total_seconds"] == .integer(60) && row["is_active"] == .boolean(false))
    #expect(row["logout_at"] == nil)
    #expect(try harness.accept("{\"id\":\"s\"}", .heartbeat).ignored == ["s"])
  }

  @Test func `makes one heartbeat event in each quarter of an hour`() throws {
    // 09:06:40: the quarter ends at 09:15.
    let harness = try IntakeHarness(at: UnixTime(milliseconds: 1_760_000_800_000))
    try harness.accept("{\"id\":\"s\",\"user_id\":\"u\"}", .login)
    for _ in 0..<60 {
      wait(harness, 60)
      try harness.accept("{\"id\":\"s\"}", .heartbeat)
    }
    let beats = try harness.rows(.events).filter { $0["event_type"] == .text("heartbeat") }
    #expect(beats.count == 4)
    #expect(beats.allSatisfy { $0["user_id"] == .text("u") && $0["session_id"] == .text("s") })
  }
}
