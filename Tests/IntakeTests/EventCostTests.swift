import AccessControl
import ColumnStore
import EngineTesting
import Intake
import Persistence
import Pricing
import Testing

struct EventCostTests {
  static let day: Int64 = 86_400_000
  static let now = IntakeHarness.now.milliseconds

  /// A table of prices with these, as the service makes it.
  static func harness(_ prices: [Price]) throws -> IntakeHarness {
    let harness = try IntakeHarness()
    let texts: Set<PriceTable.Column> = [.item, .model, .organization]
    let times: Set<PriceTable.Column> = [.validFrom, .setAt]
    let columns = PriceTable.Column.allCases.map { column in
      ColumnDefinition(
        name: column.rawValue,
        type: texts.contains(column) ? .text : times.contains(column) ? .timestamp : .integer)
    }
    try harness.database.store.createTable(
      TableSchema(
        name: PriceTable.name, columns: columns, partitionColumn: nil,
        primaryKey: PriceTable.key.compactMap { PriceTable.Column.allCases.firstIndex(of: $0) }))
    try set(prices, harness)
    return harness
  }

  static func set(_ prices: [Price], _ harness: IntakeHarness) throws {
    let rows = prices.map { PriceTable.values($0) }
    guard !rows.isEmpty else { return }
    let columns = PriceTable.Column.allCases.map { column -> ColumnValues in
      let values = rows.map { $0[column] ?? .null }
      let validity = values.map { UInt8($0.isNull ? 0 : 1) }
      if values.contains(where: { if case .text = $0 { true } else { false } }) {
        let pool = TextPool()
        let codes = values.map { value -> UInt32 in
          if case .text(let text) = value { UInt32(pool.append(text)) } else { 0 }
        }
        return ColumnValues(storage: .text(codes: codes, pool: pool), validity: validity)
      }
      let integers = values.map { value -> Int64 in
        switch value {
        case .integer(let number), .timestamp(let number): number
        default: 0
        }
      }
      return ColumnValues(storage: .integers(integers), validity: validity)
    }
    try harness.database.store.upsert(
      into: PriceTable.name, RowBatch(rowCount: rows.count, columns: columns))
  }

  static func model(
    _ name: String, _ price: TokenPrice, of organization: String? = nil, from: Int64 = 0
  ) throws -> Price {
    Price(
      model: try #require(Identifier(name)),
      organization: organization.flatMap { OrganizationID($0) },
      validFrom: UnixTime(milliseconds: from), price)
  }

  static let rates = Resource.allCases.map {
    Price($0, validFrom: UnixTime(milliseconds: 0), rate: $0.initialRate)
  }

  static func costs(_ harness: IntakeHarness) throws -> [String: (Double?, String?)] {
    var costs: [String: (Double?, String?)] = [:]
    for row in try harness.rows(.events) {
      guard case .text(let id)? = row["event_id"] else { continue }
      var cost: Double?
      var source: String?
      if case .double(let value)? = row["cost_usd"] { cost = value }
      if case .text(let text)? = row["cost_source"] { source = text }
      costs[id] = (cost, source)
    }
    return costs
  }

  @Test func `what was sent goes before the model's price, and that before a rate`() throws {
    let harness = try Self.harness(
      Self.rates + [try Self.model("iris", TokenPrice(prompt: 1_000_000, completion: 2_000_000))])
    try harness.accept(
      """
      [{"id":"sent","type":"chat","model":"iris","prompt_tokens":10,"completion_tokens":5,
        "cost_usd":0.5,"gpu_seconds":7},
       {"id":"free","type":"chat","model":"iris","prompt_tokens":10,"cost_usd":0},
       {"id":"price","type":"chat","model":"iris","prompt_tokens":10,"completion_tokens":5,
        "gpu_seconds":7},
       {"id":"gpu","type":"training_completed","model":"iris","gpu_seconds":3600},
       {"id":"host","type":"chat","model":"own","total_tokens":10,"gpu_seconds":36},
       {"id":"request","type":"image_generate_succeeded","model":"pixel"},
       {"id":"failed","type":"image_generate_failed","model":"pixel"},
       {"id":"wrong","type":"inference_completed","status":"failed"},
       {"id":"start","type":"inference"},
       {"id":"whole","type":"inference","status":"succeeded"},
       {"id":"unpriced","type":"chat","model":"own","total_tokens":10},
       {"id":"nameless","type":"chat","total_tokens":10},
       {"id":"view","type":"page_view"}]
      """)
    let costs = try Self.costs(harness)
    func expect(_ id: String, _ cost: Double?, _ source: String?) {
      #expect(
        costs[id]?.0 == cost && costs[id]?.1 == source, "\(id): \(String(describing: costs[id]))")
    }
    expect("sent", 0.5, "sent")
    expect("free", 0, "sent")
    expect("price", 0.000_02, "model_price")
    expect("gpu", 1.5, "resource_rate")
    expect("host", 0.015, "resource_rate")
    expect("request", 0.000_01, "resource_rate")
    expect("whole", 0.000_01, "resource_rate")
    for id in ["failed", "wrong", "start", "unpriced", "nameless", "view"] { expect(id, nil, nil) }
  }

  @Test func `the price in force when it happened counts, an organisation's own first`() throws {
    let change = Self.now - Self.day
    let harness = try Self.harness([
      try Self.model("iris", TokenPrice(prompt: 1_000_000, completion: 0)),
      try Self.model("iris", TokenPrice(prompt: 2_000_000, completion: 0), from: change),
      try Self.model(
        "iris", TokenPrice(prompt: 5_000_000, completion: 0), of: "bolt", from: change),
    ])
    let emitter = try IntakeHarness.emitter(nil)
    try harness.accept(
      """
      [{"id":"before","org_id":"acme","model":"iris","prompt_tokens":1,"completion_tokens":0,"ts":\(change - 1)},
       {"id":"from","org_id":"acme","model":"iris","prompt_tokens":1,"completion_tokens":0,"ts":\(change)},
       {"id":"own","org_id":"bolt","model":"iris","prompt_tokens":1,"completion_tokens":0,"ts":\(change)},
       {"id":"early","org_id":"bolt","model":"iris","prompt_tokens":1,"completion_tokens":0,"ts":\(change - 1)},
       {"id":"now","org_id":"bolt","model":"iris","prompt_tokens":1,"completion_tokens":0}]
      """, .tokenUsage, from: emitter)
    let costs = try Self.costs(harness)
    #expect(costs["before"]?.0 == 0.000_001)
    #expect(costs["from"]?.0 == 0.000_002)
    #expect(costs["own"]?.0 == 0.000_005)
    #expect(costs["early"]?.0 == 0.000_001)
    #expect(costs["now"]?.0 == 0.000_005)
  }

  @Test func `a price that is set counts from the next batch on, and a repetition is one still`()
    throws
  {
    let harness = try Self.harness([])
    let body = #"{"id":"a","model":"iris","prompt_tokens":4,"completion_tokens":0}"#
    try harness.accept(body, .tokenUsage)
    try Self.set([try Self.model("iris", TokenPrice(prompt: 1_000_000, completion: 0))], harness)
    try harness.accept(
      #"{"id":"b","model":"iris","prompt_tokens":4,"completion_tokens":0}"#, .tokenUsage)
    #expect(try harness.accept(body, .tokenUsage).duplicates == ["a"])
    let costs = try Self.costs(harness)
    #expect(costs["a"]?.0 == nil)
    #expect(costs["b"]?.0 == 0.000_004)
  }

  @Test func `a total that contradicts is kept and flagged, and costs what its parts do`() throws {
    let harness = try Self.harness([
      try Self.model("iris", TokenPrice(prompt: 1_000_000, completion: 1_000_000))
    ])
    let outcome = try harness.accept(
      """
      [{"id":"a","model":"iris","prompt_tokens":4,"completion_tokens":2,"total_tokens":9},
       {"id":"b","model":"iris","prompt_tokens":4,"completion_tokens":2},
       {"id":"c","model":"iris","prompt_tokens":-1}]
      """, .tokenUsage)
    #expect(outcome.accepted == ["a", "b"])
    #expect(outcome.failed.map(\.id) == ["c"])
    #expect(outcome.scrubbed[.conflictingTokens] == 1)
    let rows = try harness.rows(.events)
    #expect(rows.map { $0["total_tokens"] } == [.integer(9), .integer(6)])
    #expect(rows.map { $0["tokens_conflict"] } == [.boolean(true), .boolean(false)])
    #expect(rows.map { $0["cost_usd"] } == [.double(0.000_006), .double(0.000_006)])
  }

  @Test func `costs of random batches are those of each record by itself`() throws {
    var random = SplitMix64(seed: 11)
    func chance(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    for _ in 0..<20 {
      var prices = Self.rates
      for _ in 0..<8 {
        prices.append(
          try Self.model(
            "m\(chance(3))",
            TokenPrice(
              prompt: Int64(chance(5_000_000)), completion: Int64(chance(5_000_000)),
              cached: chance(2) == 0 ? nil : Int64(chance(1_000_000))),
            of: [nil, "acme", "bolt"][chance(3)], from: Self.now - Int64(chance(5)) * Self.day))
      }
      let book = PriceBook(prices)
      let harness = try Self.harness(book.prices)
      var records: [String] = []
      var expected: [Double?] = []
      for index in 0..<60 {
        let (model, owner) = ("m\(chance(4))", ["acme", "bolt", "other"][chance(3)])
        let time = Self.now - Int64(chance(6 * 24)) * 3_600_000
        let (prompt, completion) = (Int64(chance(100_000)), Int64(chance(10_000)))
        let cached = Int64(chance(120_000))
        records.append(
          """
          {"id":"\(index)","org_id":"\(owner)","model":"\(model)","ts":\(time),"prompt_tokens":\(prompt),
           "completion_tokens":\(completion),"cached_tokens":\(cached)}
          """)
        let price = book.price(
          of: .model(try #require(Identifier(model))), for: OrganizationID(owner),
          at: UnixTime(milliseconds: time))
        guard case .tokens(let tokens)? = price?.amount else {
          expected.append(nil)
          continue
        }
        let fromCache = min(cached, prompt)
        let exact =
          (prompt - fromCache) * tokens.prompt + fromCache * (tokens.cached ?? tokens.prompt)
          + completion * tokens.completion
        expected.append(Double((exact + 500_000) / 1_000_000) / 1_000_000)
      }
      try harness.accept(
        "[\(records.joined(separator: ","))]", .tokenUsage, from: try IntakeHarness.emitter(nil))
      let costs = try Self.costs(harness)
      for index in expected.indices { #expect(costs["\(index)"]?.0 == expected[index]) }
    }
  }
}
