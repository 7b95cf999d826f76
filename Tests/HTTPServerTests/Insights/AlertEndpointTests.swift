import AccessControl
import Alerting
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Jobs
import Persistence
import Platform
import QueryPlanning
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct `Alerts over HTTP` {
  /// What a webhook was sent, in memory.
  private final class Received: Sendable {
    let list = Mutex<[(id: String, body: String)]>([])
    /// What messages are answered with whose name ends so; others with 200.
    let failing = Mutex<String?>(nil)
    var ids: [String] { list.withLock { $0.map(\.id) } }
    var bodies: String { list.withLock { $0.map(\.body).joined(separator: "\n") } }

    func webhook() throws -> Webhook {
      Webhook(
        try WebhookSettings(url: "http://127.0.0.1:1/", secret: Secret("0123456789abcdef")),
        WebhookTransport { [self] _, headers, body, _ in
          let id = headers.first { $0.name == "Daybook-Delivery" }?.value ?? ""
          if let end = failing.withLock({ $0 }), id.hasSuffix(end) { return 503 }
          list.withLock { $0.append((id, String(decoding: body, as: UTF8.self))) }
          return 200
        },
        WebhookEnvironment(
          now: { UnixTime(milliseconds: 0) }, random: { 0 }, sleep: { _ in }))
    }
  }

  let harness: AdministrationHarness
  private let received = Received()

  init() async throws { harness = try await AdministrationHarness(webhook: try received.webhook()) }

  private func run(_ sql: String) throws {
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(sql, in: &session)
  }

  private func alerts(
    _ query: String = "", as role: Role = .admin, in organizations: [String] = ["acme"],
    of harness: AdministrationHarness? = nil
  ) async throws -> [[String: StrictJSON]] {
    let harness = harness ?? self.harness
    let answer = try await harness.ask(
      .get, "/api/admin/alerts" + query, token: try harness.token(role, in: organizations))
    #expect(answer.status == 200)
    return answer.list("alerts")
  }

  private func rules(_ alerts: [[String: StrictJSON]]) -> [String] {
    alerts.map { "\($0["rule"]?.text ?? "") \($0["organization_id"]?.text ?? "all")" }
  }

  /// Failures of acme's people, a minute ago.
  private func failMuch() throws {
    let now = harness.clock.now.milliseconds
    let rows = (0..<80).map { number in
      """
      (TIMESTAMP '1970-01-01' + INTERVAL '\((now - 60_000) / 1000 + Int64(number % 10)) seconds', 'acme', \
      'planted-person', 'api_call', \(number % 2 == 0 ? "'failed'" : "'succeeded'"))
      """
    }
    try run(
      "INSERT INTO events (ts, organization_id, user_id, event_type, status) VALUES "
        + rows.joined(separator: ", "))
  }

  @Test func `an organisation's own are for it, those of the service for who sees all`()
    async throws
  {
    try failMuch()
    let room = RecordRoom(harness.service.recordQueue, of: "test")
    _ = room.arrive { harness.clock.now }
    harness.clock.advance(by: .seconds(125))
    harness.service.checkAlerts()
    harness.clock.advance(by: .seconds(60))
    harness.service.checkAlerts()
    #expect(rules(try await alerts()) == ["error_rate acme"])
    for role in [Role.manager, .organizationAdmin, .platformAdmin] {
      #expect(rules(try await alerts(as: role)) == ["error_rate acme"])
      #expect(try await alerts(as: role, in: ["bolt"]).isEmpty)
    }
    #expect(
      rules(try await alerts("?organizations=all", as: .platformAdmin)).sorted() == [
        "error_rate acme", "error_rate all", "ingest_lag all",
      ])
    for query in ["?organizations=all", "?organization_id=bolt", "?org_id=bolt"] {
      let answer = try await harness.ask(
        .get, "/api/admin/alerts" + query, token: try harness.token(.admin))
      #expect(answer.status == 403)
    }
    let user = try await harness.ask(
      .get, "/api/admin/alerts", token: try harness.token(.user))
    #expect(user.status == 403)
    let alert = try #require(try await alerts().first)
    #expect(alert["state"]?.text == "firing" && alert["severity"]?.text == "warning")
    #expect(alert["value"] == .number("0.5") && alert["threshold"] == .number("0.1"))
    #expect(
      alert["message"]?.text
        == "50% of what people did in the last 15 minutes failed; 10% are too many.")
    withExtendedLifetime(room) {}
  }

  @Test func `each is told once, without a person, and once more when it is over`() async throws {
    try failMuch()
    for _ in 0..<5 {
      harness.service.checkAlerts()
      harness.clock.advance(by: .seconds(30))
    }
    let webhook = try #require(harness.service.alerts.webhook)
    let sending = Task { await webhook.run() }
    defer { sending.cancel() }
    while webhook.counts.delivered < 2 { await Task.yield() }
    let ids = try await alerts("?organizations=all", as: .platformAdmin).compactMap {
      $0["id"]?.text
    }
    #expect(Set(received.ids) == Set(ids.map { "\($0):firing" }))
    #expect(received.ids.count == 2)
    #expect(!received.bodies.contains("planted-person"))
    #expect(received.bodies.contains(#""type":"alert""#))
    // A quarter of an hour later nobody fails any more.
    harness.clock.advance(by: .seconds(900))
    for _ in 0..<4 {
      harness.service.checkAlerts()
      harness.clock.advance(by: .seconds(30))
    }
    while webhook.counts.delivered < 4 { await Task.yield() }
    #expect(Set(received.ids.suffix(2)) == Set(ids.map { "\($0):resolved" }))
    #expect(received.ids.count == 4)
    #expect(try await alerts("?state=firing").isEmpty)
    let resolved = try await alerts()
    #expect(resolved.map { $0["state"]?.text } == ["resolved"])
    #expect(resolved.first?["resolved_at"]?.text != nil)
  }

  @Test func `a restart knows what fires, and does not tell it again`() async throws {
    try failMuch()
    harness.service.checkAlerts()
    harness.clock.advance(by: .seconds(60))
    harness.service.checkAlerts()
    let before = try await alerts()
    #expect(before.count == 1)
    let restarted = harness.restarted()
    #expect(try await alerts(of: restarted) == before)
    restarted.service.checkAlerts()
    #expect(restarted.service.alerts.webhook?.counts.waiting == 2)
  }

  @Test func `a restart sends what has not arrived, under the same name`() async throws {
    try failMuch()
    for _ in 0..<3 {
      harness.service.checkAlerts()
      harness.clock.advance(by: .seconds(30))
    }
    // Nobody has sent anything when the service ends.
    let webhook = try received.webhook()
    let restarted = harness.restarted(webhook: webhook)
    let sending = Task { await restarted.service.tellAlerts() }
    while webhook.counts.delivered < 2 { await Task.yield() }
    let ids = try await alerts("?organizations=all", as: .platformAdmin).compactMap {
      $0["id"]?.text
    }
    #expect(Set(received.ids) == Set(ids.map { "\($0):firing" }) && ids.count == 2)
    var session = Session()
    session.access = .unrestricted
    func waiting() throws -> Int {
      try harness.service.engine.execute("SELECT * FROM webhook_deliveries", in: &session).rowCount
    }
    while try waiting() > 0 { await Task.yield() }
    sending.cancel()
    await sending.value
    #expect(received.ids.count == 2)
  }

  /// Until the condition holds; the suite's time limit ends it otherwise.
  private func wait(_ condition: () throws -> Bool) async throws {
    while try !condition() { try await Task.sleep(for: .milliseconds(2)) }
  }

  private func keptCount() throws -> Int {
    var session = Session()
    session.access = .unrestricted
    return try harness.service.engine.execute("SELECT * FROM webhook_deliveries", in: &session)
      .rowCount
  }

  private func check(_ rounds: Int) {
    for _ in 0..<rounds {
      harness.service.checkAlerts()
      harness.clock.advance(by: .seconds(30))
    }
  }

  @Test func `what was given up is offered again, without a restart`() async throws {
    received.failing.withLock { $0 = "firing" }
    try failMuch()
    check(3)
    let webhook = try #require(harness.service.alerts.webhook)
    let sending = Task { await harness.service.tellAlerts() }
    defer { sending.cancel() }
    try await wait { webhook.counts.gaveUp >= 2 && webhook.counts.waiting == 0 }
    #expect(try keptCount() == 2)
    received.failing.withLock { $0 = nil }
    check(12)
    try await wait { try keptCount() == 0 }
    #expect(received.ids.count == 2 && Set(received.ids).count == 2)
    #expect(received.ids.allSatisfy { $0.hasSuffix(":firing") })
  }

  @Test func `who was told that an alert is over is not told later that it fires`() async throws {
    received.failing.withLock { $0 = "firing" }
    try failMuch()
    check(3)
    let webhook = try #require(harness.service.alerts.webhook)
    let sending = Task { await harness.service.tellAlerts() }
    try await wait { webhook.counts.gaveUp >= 2 && webhook.counts.waiting == 0 }
    harness.clock.advance(by: .seconds(900))
    check(4)
    // A round of kept messages and the line may both have one: then it comes twice, under its name.
    try await wait {
      try webhook.counts.delivered >= 2 && webhook.counts.waiting == 0 && keptCount() == 0
    }
    sending.cancel()
    await sending.value
    // The receiver takes all by now: a restart has nothing to tell.
    received.failing.withLock { $0 = nil }
    let new = try received.webhook()
    let restarted = harness.restarted(webhook: new)
    let resending = Task { await restarted.service.tellAlerts() }
    new.send(WebhookMessage(id: "last", event: "alert", body: []))
    try await wait { new.counts.delivered >= 1 && new.counts.waiting == 0 }
    resending.cancel()
    await resending.value
    #expect(Set(received.ids).count == 3 && received.ids.last == "last")
    #expect(received.ids.dropLast().allSatisfy { $0.hasSuffix(":resolved") })
  }

  @Test func `what could not be stored is stored in the next round, as it is by then`() async throws
  {
    try failMuch()
    harness.service.checkAlerts()
    try run("DROP TABLE alerts")
    harness.clock.advance(by: .seconds(60))
    harness.service.checkAlerts()
    #expect(Set(harness.service.alerts.firing.map(\.rule)) == ["error_rate"])
    // Told all the same, and once.
    #expect(harness.service.alerts.webhook?.counts.waiting == 2)
    try SchemaMigration(harness.service.engine).run(at: harness.clock.now)
    var session = Session()
    session.access = .unrestricted
    #expect(
      try harness.service.engine.execute("SELECT * FROM alerts", in: &session).rowCount == 0)
    harness.clock.advance(by: .seconds(1))
    harness.service.checkAlerts()
    #expect(rules(try await alerts()) == ["error_rate acme"])
    #expect(harness.service.alerts.webhook?.counts.waiting == 2)
    #expect(try await alerts(of: harness.restarted()).count == 1)
  }

  @Test func `records that are not taken fire, of whom they are`() async throws {
    harness.service.checkAlerts()
    let bad = (0..<30).map { #"{"client_event_id":"bad-\#($0)","event_type":"chat","ts":"never"}"# }
    try harness.send(#"{"events":[\#(bad.joined(separator: ","))]}"#)
    harness.clock.advance(by: .seconds(30))
    harness.service.checkAlerts()
    #expect(rules(try await alerts()) == ["ingest_failures acme"])
    #expect(try await alerts(in: ["bolt"]).isEmpty)
  }

  @Test func `data that cannot be asked for in time are stale`() async throws {
    let room = RecordRoom(harness.service.recordQueue, of: "test")
    _ = room.arrive { harness.clock.now }
    harness.clock.advance(by: .seconds(119))
    harness.service.checkAlerts()
    #expect(harness.service.alerts.firing.isEmpty)
    harness.clock.advance(by: .seconds(1))
    harness.service.checkAlerts()
    #expect(harness.service.alerts.firing.map(\.rule) == ["ingest_lag"])
    harness.clock.advance(by: .seconds(480))
    harness.service.checkAlerts()
    #expect(harness.service.alerts.firing.map(\.rule) == ["stale_data", "ingest_lag"])
    let text = harness.service.metrics.registry.text
    #expect(
      text.contains(#"daybook_alerts_firing{rule="stale_data",severity="critical"} 1"#))
    #expect(
      text.contains(#"daybook_alerts_firing{rule="error_rate",severity="warning"} 0"#))
    #expect(text.contains("daybook_webhook_waiting 2"))
    withExtendedLifetime(room) {}
  }

  @Test func `a day that costs too much and a job that failed are noticed`() async throws {
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, cost_usd)
      SELECT timestamp '2025-11-10 08:00' + g.n * INTERVAL '1 day', 'acme', 'u1', 'chat',
        CASE WHEN g.n = 65 THEN 90 ELSE 10 END FROM generate_series(0, 65) AS g(n)
      """)
    // As odd, and too little to wake anybody for.
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, cost_usd)
      SELECT timestamp '2025-11-10 08:00' + g.n * INTERVAL '1 day', 'bolt', 'u2', 'chat',
        CASE WHEN g.n = 65 THEN 9 ELSE 1 END FROM generate_series(0, 65) AS g(n)
      """)
    try await harness.service.jobs.run(.hourly)
    harness.service.checkAlerts()
    // 14 January.
    #expect(rules(try await alerts()) == ["cost_anomaly acme"])
    try run("DROP MATERIALIZED VIEW errors_daily")
    await #expect(throws: JobFailure.self) { try await harness.service.jobs.run(.hourly) }
    harness.service.checkAlerts()
    #expect(
      rules(try await alerts("?organizations=all", as: .platformAdmin)).sorted() == [
        "cost_anomaly acme", "cost_anomaly all", "job_failed all",
      ])
  }
}
