import AccessControl
import Analytics
import ColumnStore
import Engine
import EngineTesting
import Pricing
import QueryLanguage
import Testing

/// Costs compared with what each row by itself adds, in Swift.
@Suite struct CostTests {
  static let columns = """
    ts timestamp, organization_id text, user_id text, event_type text, category text, feature text,
    model text, project_id text, status text, cost_usd double precision, cost_source text,
    gpu_seconds double precision, total_tokens bigint, bytes_delta bigint
    """

  /// 2026-03-01 00:00 UTC, a Sunday.
  static let start: Int64 = 1_772_323_200_000
  static let day: Int64 = 86_400_000

  struct Row {
    var time: Int64
    var organization: String?
    var user: String?
    var type: String
    var model: String?
    var status: String?
    var cost: Int64?
    var source: String?
    var gpuSeconds: Double?
    var tokens: Int64?
    var bytes: Int64?

    var sql: String {
      func text(_ text: String?) -> String { text.map { "'\($0)'" } ?? "NULL" }
      return
        "(TIMESTAMP '\(ClockText.timestamp(time))', "
        + "\(text(organization)), \(text(user)), '\(type)', 'inference', NULL, \(text(model)), NULL, "
        + "\(text(status)), \(cost.map { "\(Double($0) / 1_000_000)" } ?? "NULL"), \(text(source)), "
        + "\(gpuSeconds.map { "\($0)" } ?? "NULL"), \(tokens.map { "\($0)" } ?? "NULL"), "
        + "\(bytes.map { "\($0)" } ?? "NULL"))"
    }
  }

  static func rows(seed: UInt64, count: Int = 400) -> [Row] {
    var random = SplitMix64(seed: seed)
    func chance(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    return (0..<count).map { _ in
      var row = Row(
        time: start + Int64(chance(20 * 86_400)) * 1000 + Int64(chance(1000)),
        organization: ["acme", "bolt", nil][chance(3)], user: ["u", "v", nil][chance(3)],
        type: ["chat", "inference", "page_view", "storage_change"][chance(4)],
        model: ["iris", "own", nil][chance(3)], status: ["succeeded", "failed", nil][chance(3)])
      if chance(2) == 0 {
        row.cost = Int64(chance(3_000_000))
        row.source = ["sent", "model_price", "resource_rate"][chance(3)]
      }
      if chance(4) == 0 { row.gpuSeconds = Double(chance(10_000)) / 4 }
      if chance(2) == 0 { row.tokens = Int64(chance(10_000)) }
      if row.type == "storage_change" { row.bytes = Int64(chance(40) - 10) * 100_000_000 }
      return row
    }
  }

  static func engine(_ rows: [Row]) throws -> Engine {
    let engine = Engine(threads: 1)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE events (\(columns)) PARTITION BY DAY (ts)", in: &session)
    _ = try engine.execute(
      "INSERT INTO events VALUES \(rows.map(\.sql).joined(separator: ", "))", in: &session)
    return engine
  }

  static func evaluator(
    _ engine: Engine, from: String = "2026-03-05", to: String = "2026-03-14", zone: String = "UTC",
    now: Int64 = start + 400 * day, prices: PriceBook = book,
    _ change: (inout MetricFilters) -> Void = { _ in }
  ) throws -> MetricEvaluator {
    let request = try RangeRequest { ["from": from, "to": to][$0] }
    let rules = try #require(TimeZoneRules.named(zone))
    var filters = MetricFilters()
    change(&filters)
    return MetricEvaluator(
      engine, session: Session(),
      MetricQuestion(try request.range(at: now, in: rules), filters: filters), prices: prices)
  }

  static let book = PriceBook([
    Price(.storage, validFrom: UnixTime(milliseconds: 0), rate: 20_000),
    Price(.storage, validFrom: UnixTime(milliseconds: start + 8 * day), rate: 50_000),
    Price(
      .storage, organization: OrganizationID("bolt"),
      validFrom: UnixTime(milliseconds: start + 6 * day), rate: 90_000),
  ])

  @Test(arguments: ["UTC", "Asia/Kolkata", "America/New_York"])
  func `sums are those of the rows`(zone: String) throws {
    let rows = Self.rows(seed: 3)
    var evaluator = try Self.evaluator(try Self.engine(rows), zone: zone)
    let window = evaluator.question.range.window
    let inside = rows.filter { window.contains($0.time) }
    let answer = try evaluator.costs()
    func sum(_ rows: [Row]) -> Int64? {
      let costs = rows.compactMap(\.cost)
      return costs.isEmpty ? nil : costs.reduce(0, +)
    }
    #expect(answer.sent == sum(inside.filter { $0.source == "sent" }))
    #expect(answer.modelPrice == sum(inside.filter { $0.source == "model_price" }))
    #expect(answer.resourceRate == sum(inside.filter { $0.source == "resource_rate" }))
    #expect(answer.gpu == sum(inside.filter { ($0.gpuSeconds ?? 0) > 0 }))
    #expect(answer.inference == sum(inside.filter { ($0.gpuSeconds ?? 0) <= 0 }))
    #expect(answer.events == sum(inside))
    #expect(answer.gpuSeconds == inside.reduce(0) { $0 + ($1.gpuSeconds ?? 0) })
    let requests = inside.count { row in
      row.type == "chat" || row.status != nil && (row.type == "inference" || row.model != nil)
    }
    #expect(answer.requestCount == Int64(requests))
    #expect(answer.tokenCount == inside.reduce(0) { $0 + ($1.tokens ?? 0) })
    let unpriced = inside.reduce(0) { $0 + ($1.cost == nil ? $1.tokens ?? 0 : 0) }
    #expect(answer.unpricedTokenCount == unpriced)
    for grain in [Grain.day, .week, .month] {
      let buckets = try #require(try evaluator.costTrend(by: grain, storage: answer.storage))
      #expect(buckets.compactMap(\.gpu).reduce(0, +) == answer.gpu)
      #expect(buckets.compactMap(\.inference).reduce(0, +) == answer.inference)
      #expect(buckets.compactMap(\.storage).reduce(0, +) == answer.storage.microdollars)
      for bucket in buckets {
        let own = inside.filter { bucket.bucket.window.contains($0.time) }
        #expect(bucket.gpu == sum(own.filter { ($0.gpuSeconds ?? 0) > 0 }))
      }
    }
    for dimension in [CostDimension.model, .user, .organization] {
      let shares = try evaluator.costShares(by: dimension, limit: 2)
      #expect(shares.total == answer.events)
      #expect(
        shares.shares.compactMap(\.microdollars).reduce(0, +) + (shares.other ?? 0)
          == answer.events)
      for share in shares.shares {
        let own = inside.filter { row in
          let name =
            switch dimension {
            case .model: row.model
            case .user: row.user
            default: row.organization
            }
          return name == share.name && (row.cost != nil || row.tokens != nil)
        }
        #expect(share.microdollars == sum(own))
        #expect(share.tokenCount == own.reduce(0) { $0 + ($1.tokens ?? 0) })
        #expect(share.eventCount == Int64(own.count))
      }
    }
  }

  @Test(arguments: [("UTC", 1), ("Asia/Kolkata", 2), ("Europe/Berlin", 3)])
  func `storage costs for as long as it is there, at the rate of the day`(
    zone: String, seed: UInt64
  ) throws {
    let rows = Self.rows(seed: seed).filter { ($0.bytes ?? 0) > 0 || $0.source == "sent" }
    // The last days have not come yet.
    let now = Self.start + 11 * Self.day + 5_000_000
    var evaluator = try Self.evaluator(try Self.engine(rows), zone: zone, now: now)
    let range = evaluator.question.range
    let storage = try evaluator.costs().storage
    let end = min(range.window.end, now)
    let known = rows.filter { $0.bytes != nil && $0.time < end }
    #expect(storage.byteCount == known.reduce(0) { $0 + ($1.bytes ?? 0) })
    var gigabyteDays = 0.0
    var total: Int64 = 0
    var day = range.firstDay
    while range.zone.start(of: day) < end {
      let from = max(range.zone.start(of: day), range.window.start)
      let to = min(range.zone.start(of: day.advanced(by: 1)), end)
      for organization in ["acme", "bolt", nil] {
        // Each change by itself: its bytes for as long as they are there on this day.
        let byteSeconds = known.filter {
          $0.organization == organization && $0.source != "sent" && $0.time < to
        }.reduce(0.0) { sum, row in
          sum + Double(row.bytes ?? 0) * Double(to - max(row.time, from)) / 1000
        }
        guard byteSeconds > 0 else { continue }
        let days = byteSeconds / 1_073_741_824 / 86_400
        gigabyteDays += days
        let rate = try #require(
          Self.book.rate(
            of: .storage, for: organization.flatMap { OrganizationID($0) },
            at: UnixTime(milliseconds: from)))
        total += Int64((days / 30 * Double(rate)).rounded())
      }
      day = day.advanced(by: 1)
    }
    #expect(abs(storage.gigabyteDays - gigabyteDays) < gigabyteDays * 1e-12)
    let cost = try #require(storage.microdollars)
    // Half a micro-dollar can fall on either side.
    #expect(abs(cost - total) <= 1)
    #expect(storage.isRateMissing == false)
  }

  @Test func `nothing is no data, and what has no rate has no cost`() throws {
    let row = Self.Row(time: Self.start, type: "storage_change", bytes: 1 << 40)
    let engine = try Self.engine([row])
    var unpriced = try Self.evaluator(engine, prices: .empty)
    let answer = try unpriced.costs()
    #expect(answer.total == nil)
    #expect(answer.events == nil)
    #expect(answer.unpricedShare == nil)
    #expect(answer.storage.isRateMissing)
    #expect(answer.storage.byteCount == 1 << 40)
    #expect(answer.storage.gigabyteDays == 10_240)
    var evaluator = try Self.evaluator(engine)
    #expect(try evaluator.costShares(by: .model, limit: 3).shares.isEmpty)
    // A terabyte over 10 days at 2 cents.
    #expect(try evaluator.costs().storage.costs.count == 10)
    var early = try Self.evaluator(engine, from: "2026-01-01", to: "2026-01-31")
    #expect(try early.costs().storage.microdollars == nil)
  }

  @Test func `a terabyte for 30 days costs what it should`() throws {
    let row = Self.Row(
      time: Self.start, organization: "acme", type: "storage_change", bytes: 1 << 40)
    let book = PriceBook([Price(.storage, validFrom: UnixTime(milliseconds: 0), rate: 20_000)])
    var evaluator = try Self.evaluator(
      try Self.engine([row]), from: "2026-03-01", to: "2026-03-30", prices: book)
    #expect(try evaluator.costs().storage.microdollars == 20_480_010)
  }

  @Test func `filters keep to their rows`() throws {
    let rows = Self.rows(seed: 9)
    var evaluator = try Self.evaluator(try Self.engine(rows)) { $0.models = ["iris"] }
    let window = evaluator.question.range.window
    let inside = rows.filter { window.contains($0.time) && $0.model == "iris" }
    #expect(try evaluator.costs().events == inside.compactMap(\.cost).reduce(0, +))
  }

  // MARK: - Lists and their sums

  @Test(arguments: ["UTC", "Asia/Kathmandu", "America/New_York"])
  func `sums of days, weeks and months are those of the rows`(zone: String) throws {
    let rows = Self.rows(seed: 5)
    let engine = try Self.engine(rows)
    var session = Session()
    for column in [
      "event_id text", "prompt_tokens bigint", "completion_tokens bigint", "cached_tokens bigint",
      "reasoning_tokens bigint", "tokens_conflict boolean", "request_id text", "session_id text",
      "conversation_id text", "message_id text", "error_code text", "duration_ms bigint",
      "resource_type text", "resource_id text", "course_id text", "trace_id text", "metadata json",
    ] {
      _ = try engine.execute("ALTER TABLE events ADD COLUMN \(column)", in: &session)
    }
    var evaluator = try Self.evaluator(engine, zone: zone)
    let window = evaluator.question.range.window
    let inside = rows.filter { window.contains($0.time) }
    for grain in Grain.allCases {
      var seen = 0
      var sums: [Int64] = [0, 0]
      while true {
        let page = try evaluator.totals(
          of: .tokens, by: grain, and: ["user_id", "model"], limit: 7, offset: seen)
        seen += page.rows.count
        for row in page.rows {
          if case .integer(let requests) = row.measures[0] { sums[0] += requests }
          if case .integer(let tokens) = row.measures[3] { sums[1] += tokens }
        }
        #expect(page.sums[3] == .integer(inside.reduce(0) { $0 + ($1.tokens ?? 0) }))
        if seen >= Int(page.total) { break }
      }
      #expect(sums[0] == Int64(inside.count { $0.tokens != nil }))
      #expect(sums[1] == inside.reduce(0) { $0 + ($1.tokens ?? 0) })
    }
    let past = try evaluator.totals(
      of: .tokens, by: .day, and: ["model"], limit: 1, offset: 100_000)
    let all = try evaluator.totals(of: .tokens, by: .day, and: ["model"], limit: 500, offset: 0)
    #expect(past.rows.isEmpty && past.total == Int64(all.rows.count))
    let counts = try evaluator.totals(
      of: .activity(includesTokenUsage: false), by: .month, and: [], limit: 10, offset: 0)
    #expect(counts.sums == [.integer(Int64(inside.count))])
    let page = try evaluator.page(of: .tokens, limit: 5, offset: 2)
    #expect(page.total == Int64(inside.count { $0.tokens != nil }))
    #expect(page.rows.count == 5)
  }
}
