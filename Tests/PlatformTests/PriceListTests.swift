import AccessControl
import Authentication
import ColumnStore
import Engine
import Platform
import Pricing
import QueryLanguage
import QueryPlanning
import Testing

struct PriceListTests {
  let engine: Engine
  let prices: PriceList

  init() throws {
    engine = try Engine.withBuiltInTables()
    let counter = Counter()
    prices = PriceList(
      engine, audit: AuditLog(engine, now: { noon }, random: { counter.next() }))
  }

  static func json(_ text: String) throws -> StrictJSON { try StrictJSON(Array(text.utf8)) }

  func change(_ text: String) throws -> (set: Int, removed: Int) {
    try prices.change(
      try PriceDocument.change(Self.json(text)), by: .commandLine, at: noon)
  }

  func book() throws -> PriceBook { try PriceList.book(in: engine.store.catalog()) }

  @Test func `a database starts with rates, which are not set again once they are removed`() throws
  {
    let rates = try engine.run(
      "SELECT item, rate, valid_from FROM prices ORDER BY item")
    #expect(
      rates == [
        [.text("gpu"), .integer(1_500_000), .timestamp(0)],
        [.text("inference"), .integer(10_000), .timestamp(0)],
        [.text("storage"), .integer(20_000), .timestamp(0)],
      ])
    let removal = #"{"resource":"gpu","valid_from":"1970-01-01"}"#
    #expect(try change("{\"remove\":[\(removal)]}") == (0, 1))
    try SchemaMigration(engine).run(at: noon)
    #expect(try book().rate(of: .gpu, for: nil, at: noon) == nil)
    #expect(try book().rate(of: .storage, for: nil, at: noon) == 20_000)
  }

  @Test func `prices are set, replaced and removed as one, on the record, and SQL sees them`()
    throws
  {
    let first = """
      {"prices":[
        {"model":"iris","valid_from":"2026-01-01","prompt_usd":0.15,"completion_usd":0.6,"cached_usd":0.075},
        {"model":"iris","organization_id":"acme","valid_from":"2026-01-01T12:00:00Z","prompt_usd":0.1,"completion_usd":0.5},
        {"resource":"gpu","valid_from":"2026-01-01","rate_usd":2.10}]}
      """
    #expect(try change(first) == (3, 0))
    // The same again is nothing to do, and nothing to write down.
    #expect(try change(first) == (0, 0))
    let second = """
      {"prices":[{"model":"iris","valid_from":"2026-01-01","prompt_usd":0.2,"completion_usd":0.6}],
       "remove":[{"resource":"gpu","organization_id":null,"valid_from":"2026-01-01T00:00:00Z"}]}
      """
    #expect(try change(second) == (1, 1))
    #expect(
      try engine.run(
        """
        SELECT organization_id, prompt_price, completion_price, cached_price FROM prices
        WHERE model = 'iris' ORDER BY valid_from
        """) == [
          [.text(""), .integer(200_000), .integer(600_000), .null],
          [.text("acme"), .integer(100_000), .integer(500_000), .null],
        ])
    #expect(try book().rate(of: .gpu, for: nil, at: noon) == 1_500_000)
    let entries = try engine.run(
      """
      SELECT action, entity_type, entity_id, organization_id, description, context FROM audit_log
      ORDER BY audit_id
      """)
    #expect(entries.count == 5)
    #expect(
      entries[1].prefix(5) == [
        .text("price_set"), .text("price"), .text("iris 2026-01-01T12:00:00Z"), .text("acme"),
        .text("command line set the price of model iris from 2026-01-01T12:00:00Z on"),
      ])
    #expect(
      entries[3][4]
        == .text("command line changed the price of model iris from 2026-01-01T00:00:00Z on"))
    guard case .json(let context) = entries[3][5] else {
      Issue.record("the context is no JSON")
      return
    }
    let members = try #require(try Self.json(context).members)
    #expect(members["old"]?.members?["prompt_usd"] == .number("0.15"))
    #expect(members["new"]?.members?["prompt_usd"] == .number("0.2"))
    #expect(entries[4][0] == .text("price_remove"))
  }

  @Test(arguments: [
    (#"{"price":[]}"#, "price"), (#"{"prices":{}}"#, "prices"), (#"{"prices":[1]}"#, "prices[0]"),
    (#"{"prices":[{"valid_from":"2026-01-01","rate_usd":1}]}"#, "prices[0].model"),
    (
      #"{"prices":[{"model":"m","resource":"gpu","valid_from":"2026-01-01","rate_usd":1}]}"#,
      "prices[0].model"
    ),
    (
      #"{"prices":[{"resource":"cpu","valid_from":"2026-01-01","rate_usd":1}]}"#,
      "prices[0].resource"
    ),
    (#"{"prices":[{"resource":"gpu","rate_usd":1}]}"#, "prices[0].valid_from"),
    (#"{"prices":[{"resource":"gpu","valid_from":"soon","rate_usd":1}]}"#, "prices[0].valid_from"),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"1969-12-31","rate_usd":1}]}"#,
      "prices[0].valid_from"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":-1}]}"#,
      "prices[0].rate_usd"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":"1"}]}"#,
      "prices[0].rate_usd"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":0.0000001}]}"#,
      "prices[0].rate_usd"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1000.01}]}"#,
      "prices[0].rate_usd"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1e2}]}"#,
      "prices[0].rate_usd"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1,"prompt_usd":1}]}"#,
      "prices[0].prompt_usd"
    ),
    (
      #"{"prices":[{"model":"m","valid_from":"2026-01-01","prompt_usd":1}]}"#,
      "prices[0].completion_usd"
    ),
    (
      #"{"prices":[{"model":"","valid_from":"2026-01-01","prompt_usd":1,"completion_usd":1}]}"#,
      "prices[0].model"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1},{"resource":"gpu","valid_from":"2026-01-01T00:00:00Z","rate_usd":2}]}"#,
      "prices[1]"
    ),
    (
      #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1}],"remove":[{"resource":"gpu","valid_from":"2026-01-01"}]}"#,
      "remove[0]"
    ),
    (#"{"remove":[{"resource":"gpu","valid_from":"2020-01-01"}]}"#, "remove[0]"),
  ])
  func `what is wrong is refused as a whole, with its place`(text: String, place: String) throws {
    let before = try engine.run("SELECT * FROM prices ORDER BY item")
    let error = #expect(throws: PriceProblem.self) { try change(text) }
    #expect(error?.items.contains { $0.place == place } == true, "\(String(describing: error))")
    #expect(try engine.run("SELECT * FROM prices ORDER BY item") == before)
    #expect(try engine.run("SELECT count(*) FROM audit_log") == [[.integer(0)]])
  }

  @Test(
    arguments: [
      ("0", 0), ("1", 1_000_000), ("0.15", 150_000), ("0.000001", 1), ("1.50", 1_500_000),
      ("1000", 1_000_000_000), ("999.999999", 999_999_999), ("0.10000000", 100_000),
    ] as [(String, Int64)])
  func `amounts are read exactly and written back`(text: String, expected: Int64) throws {
    let amount = try #require(PriceDocument.microdollars(text))
    #expect(amount == expected)
    #expect(PriceDocument.microdollars(PriceDocument.dollars(amount)) == amount)
  }

  @Test(arguments: [
    "", "-1", "+1", "1.", ".5", "1e3", "1,5", "1000.000001", "0.0000001", "NaN", "12345",
  ])
  func `what is no amount is refused`(text: String) {
    #expect(PriceDocument.microdollars(text) == nil)
  }

  @Test func `a tenant does not see what others pay`() throws {
    var session = Session()
    session.access = QueryAccess(
      rows: RowScope(organizations: .only([try #require(OrganizationID("acme"))]), user: nil),
      mayOperate: false, mayWrite: false)
    #expect(throws: QueryError.self) {
      _ = try engine.execute("SELECT * FROM prices", in: &session)
    }
  }

  @Test func `what is read again costs nothing, and every change shows`() throws {
    let current = CurrentPrices()
    let first = try current.book(in: engine.store.catalog())
    #expect(first == (try book()))
    _ = try change(#"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":9}]}"#)
    #expect(try current.book(in: engine.store.catalog()).prices.count == first.prices.count + 1)
    _ = try change(#"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":8}]}"#)
    #expect(
      try current.book(in: engine.store.catalog()).rate(of: .gpu, for: nil, at: noon) == 8_000_000)
    _ = try change(#"{"remove":[{"resource":"gpu","valid_from":"2026-01-01"}]}"#)
    #expect(try current.book(in: engine.store.catalog()) == first)
  }
}
