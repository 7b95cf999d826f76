import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Intake
import Platform
import Testing

struct LedgerEndpointTests {
  static let path = "/api/admin/ingest/ledger"

  private func harness() async throws -> AdministrationHarness {
    let harness = try await AdministrationHarness()
    for sequence in [1, 2, 5] {
      try harness.send(
        """
        {"sequence":\(sequence),"stream":"s","events":[{"id":"\(sequence)","type":"chat"},
         {"id":"1","type":"chat"},{}]}
        """)
    }
    try harness.send(
      """
      {"sequence":1,"events":[{"id":"1","type":"chat","org_id":"acme"},
       {"id":"2","type":"chat","org_id":"beta"},{"id":"3","type":"chat"}]}
      """, of: nil, by: "00000000000000bb")
    try harness.send(
      "{\"sequence\":4,\"events\":[{\"id\":\"9\",\"type\":\"chat\",\"org_id\":\"beta\"}]}", of: nil,
      by: "00000000000000bb")
    return harness
  }

  private func numbers(_ account: [String: StrictJSON]) -> [Int64?] {
    ["received", "accepted", "duplicates", "failed", "pending"].map { account[$0]?.integer }
  }

  @Test func `shows the accounts of the organisations in reach, and gaps of their emitters`()
    async throws
  {
    let harness = try await harness()
    let olga = try harness.token(.organizationAdmin, "olga")
    let own = try await harness.ask(.get, Self.path, token: olga)
    #expect(own.status == 200 && own["total"]?.integer == 2)
    let accounts = own.list("accounts")
    #expect(accounts.map { $0["organization_id"]?.text } == ["acme", "acme"])
    #expect(
      accounts.map { $0["emitter_key_id"]?.text } == ["00000000000000aa", "00000000000000bb"])
    #expect(numbers(accounts[0]) == [9, 3, 3, 3, 0] && numbers(accounts[1]) == [1, 0, 1, 0, 0])
    #expect(accounts[0]["last_received_at"]?.text == "2026-01-15T12:00:00.000Z")
    // The other key's numbers are about batches of others too.
    #expect(own.list("gaps").map { $0["emitter_key_id"]?.text } == ["00000000000000aa"])
    #expect(own.list("gaps").map { $0["stream"]?.text } == ["s"])
    #expect(own.list("gaps").map { $0["first"]?.integer } == [3])
    #expect(own.list("gaps").map { $0["last"]?.integer } == [4])
    #expect(own["missing_batches"]?.integer == 2)
    let root = try harness.token(.superadmin, "root", in: [])
    let all = try await harness.ask(.get, "\(Self.path)?organizations=all", token: root)
    #expect(all["total"]?.integer == 4 && all["gap_count"]?.integer == 2)
    #expect(
      all.list("accounts").map { $0["organization_id"]?.text } == ["acme", nil, "acme", "beta"])
    for account in all.list("accounts") {
      let values = numbers(account).compactMap { $0 }
      #expect(values.count == 5 && values[0] == values[1...].reduce(0, +))
    }
    let one = try await harness.ask(
      .get, "\(Self.path)?organizations=all&emitter_key_id=00000000000000bb&limit=1&offset=1",
      token: root)
    #expect(one["total"]?.integer == 3 && one.list("accounts").count == 1)
    #expect(
      try await harness.ask(.get, "\(Self.path)?organization_id=beta", token: olga).status == 403)
  }

  @Test func `is in the metrics by key, with few series`() async throws {
    let harness = try await harness()
    let text = harness.service.metrics.registry.text
    for line in [
      "{emitter=\"00000000000000aa\",outcome=\"received\"} 9",
      "{emitter=\"00000000000000aa\",outcome=\"failed\"} 3",
      "{emitter=\"00000000000000bb\",outcome=\"accepted\"} 2",
    ] { #expect(text.contains("daybook_ingest_ledger_records" + line), "\(line)") }
    #expect(text.contains("daybook_ingest_missing_batches 4\n"))
    var totals: [LedgerAccount: LedgerTotals] = [:]
    for number in 0..<500 {
      var sum = LedgerTotals()
      sum.received = number
      let digits = String(number, radix: 16)
      let key = String(repeating: "0", count: 16 - digits.count) + digits
      totals[LedgerAccount(emitter: key, organization: nil)] = sum
      totals[LedgerAccount(emitter: "person \(number)", organization: nil)] = sum
    }
    let shown = Service.byEmitter(totals)
    #expect(shown.count == Service.largestGaugedEmitterCount + 1)
    #expect(shown.last?.emitter == "other")
    #expect(shown.allSatisfy { !$0.emitter.contains("person") })
    #expect(shown.reduce(0) { $0 + $1.totals.received } == 2 * 500 * 499 / 2)
  }

  @Test func `has its sums in SQL, of all days and for each organisation`() async throws {
    let harness = try await harness()
    func sums(_ table: String) async throws -> StrictJSON? {
      try await harness.ask(
        .post, "/api/query", token: try harness.token(.organizationAdmin, "olga"),
        body:
          "{\"sql\":\"SELECT sum(received) AS r, sum(accepted + duplicates + failed) AS s FROM \(table)\"}"
      )["rows"]
    }
    let expected = StrictJSON.array([.array([.number("10"), .number("10")])])
    #expect(try await sums("ingest_ledger") == expected)
    #expect(try await sums("ingest_ledger_daily") == expected)
    harness.clock.advance(by: .seconds(20 * 86_400))
    try harness.service.engine.applyRetention(now: harness.clock.now.milliseconds)
    let folded = try await sums("ingest_ledger_daily")
    #expect(folded == expected, "\(String(describing: folded))")
    let null = StrictJSON.array([.array([.null, .null])])
    #expect(try await sums("ingest_ledger") == null)
    let own = try await harness.ask(
      .get, Self.path, token: try harness.token(.organizationAdmin, "olga"))
    #expect(own.list("accounts").first?["received"]?.integer == 9)
  }
}
