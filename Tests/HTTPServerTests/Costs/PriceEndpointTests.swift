import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import HTTPTypes
import Testing

struct PriceEndpointTests {
  static let path = "/api/admin/prices"

  @Test func `prices are set, listed, sent back and removed, on the record`() async throws {
    let harness = try await AdministrationHarness()
    let admin = try harness.token(.platformAdmin)
    let body =
      #"{"prices":[{"model":"iris","valid_from":"2026-01-01","prompt_usd":0.15,"completion_usd":0.6}]}"#
    let set = try await harness.ask(.put, Self.path, token: admin, body: body)
    #expect(set.status == 200)
    #expect(set["set"] == .number("1"))
    let list = try await harness.ask(.get, Self.path, token: admin)
    let prices = try #require(list["prices"]?.elements)
    #expect(prices.count == 4)
    #expect(prices[0].members?["model"]?.text == "iris")
    #expect(prices[0].members?["prompt_usd"] == .number("0.15"))
    #expect(prices[0].members?["cached_usd"] == .null)
    #expect(list["units"]?.members?["gpu"]?.text == "USD per hour")
    // The answer is a body.
    let again = try await harness.ask(
      .put, Self.path, token: admin, body: list.json.serializedForTest)
    #expect(again.status == 200)
    #expect(again["set"] == .number("0"))
    let removed = try await harness.ask(
      .put, Self.path, token: admin,
      body: #"{"remove":[{"model":"iris","valid_from":"2026-01-01"}]}"#)
    #expect(removed["removed"] == .number("1"))
    #expect(
      try harness.recorded("action, user_id, user_role", where: "entity_type = 'price'")
        == [
          [.text("price_set"), .text("ann"), .text("platform_admin")],
          [.text("price_remove"), .text("ann"), .text("platform_admin")],
        ])
  }

  @Test func `what is wrong is refused with its place, and nothing is set`() async throws {
    let harness = try await AdministrationHarness()
    let admin = try harness.token(.platformAdmin)
    let wrong = try await harness.ask(
      .put, Self.path, token: admin,
      body:
        #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1},{"resource":"gpu","valid_from":"x","rate_usd":-1}]}"#
    )
    #expect(wrong.status == 400)
    #expect(wrong.fields == ["prices[1].valid_from"])
    #expect(try await harness.ask(.get, Self.path, token: admin)["prices"]?.elements?.count == 3)
    try harness.breakAuditLog()
    let refused = try await harness.ask(
      .put, Self.path, token: admin,
      body: #"{"prices":[{"resource":"gpu","valid_from":"2026-01-01","rate_usd":1}]}"#)
    #expect(refused.status == 503)
  }
}
