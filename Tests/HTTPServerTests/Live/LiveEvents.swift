import AccessControl
import ColumnStore
import Engine
import EngineTesting
import HTTPServer
import Intake
import Testing

/// Events to be counted, of all kinds and times.
struct LiveEvents {
  private var random: SplitMix64
  private var number = 0

  static let organizations = ["acme", "bolt", "core"]

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A body of events, of any organisation.
  mutating func batch(of count: Int, at now: UnixTime) -> String {
    "[\((0..<count).map { _ in event(at: now) }.joined(separator: ","))]"
  }

  private mutating func event(at now: UnixTime) -> String {
    number += 1
    var fields = [
      "\"id\":\"e\(number)\"", "\"org_id\":\"\(random.pick(Self.organizations))\"",
      "\"type\":\"\(random.pick(EventTypes().all))\"",
    ]
    if random.chance(0.8) { fields.append("\"user_id\":\"u\(random.below(40))\"") }
    if random.chance(0.3) {
      fields.append(
        "\"status\":\"\(random.pick(["succeeded", "failed", "pending", "cancelled"]))\"")
    }
    if random.chance(0.1) { fields.append("\"error_code\":\"E\(random.below(3))\"") }
    if random.chance(0.3) {
      fields.append("\"status_code\":\(random.pick([200, 204, 301, 399, 400, 404, 500]))")
    }
    if random.chance(0.4) { fields.append("\"prompt_tokens\":\(random.below(5_000))") }
    if random.chance(0.4) { fields.append("\"completion_tokens\":\(random.below(5_000))") }
    // Late ones, of yesterday too, and clocks that are ahead.
    let ages = [0, 1_000, 290_000, 299_500, 300_000, 301_000, 3_600_000, 86_400_000, -500_000]
    if random.chance(0.7) {
      fields.append(
        "\"ts\":\(now.milliseconds - Int64(random.pick(ages)) - Int64(random.below(999)))")
    }
    return "{\(fields.joined(separator: ","))}"
  }
}

/// For all organisations and kinds.
func liveEmitter(_ organization: String? = nil, id: String = "key-live") throws -> Emitter {
  Emitter(
    id: id, organization: try organization.map { try #require(OrganizationID($0)) },
    kinds: Set(RecordKind.allCases))
}

/// What SQL says of the rows, in words of its own.
enum LiveSQL {
  static let counters: [(name: String, sql: String)] = [
    ("events", "count(*)"),
    ("chats", type("= 'chat'")),
    ("uploads", type("IN ('upload', 'dataset_upload')")),
    ("rag_queries", type("= 'rag_query'")),
    ("prompt_tokens", "coalesce(sum(prompt_tokens), 0)"),
    ("completion_tokens", "coalesce(sum(completion_tokens), 0)"),
    ("total_tokens", "coalesce(sum(total_tokens), 0)"),
    ("generations_requested", type("IN ('image_generate_requested', 'video_generate_requested')")),
    ("generations_succeeded", type("IN ('image_generate_succeeded', 'video_generate_succeeded')")),
    ("generations_failed", type("IN ('image_generate_failed', 'video_generate_failed')")),
    (
      "errors",
      "count(*) FILTER (WHERE status = 'failed' OR error_code IS NOT NULL OR status_code >= 400)"
    ),
    (
      "outcomes",
      "count(*) FILTER (WHERE status IS NOT NULL OR error_code IS NOT NULL OR status_code IS NOT NULL)"
    ),
    ("api_calls", type("= 'api_call'")),
    ("page_views", type("= 'page_view'")),
    ("sign_ins", type("= 'login'")),
  ]

  private static func type(_ condition: String) -> String {
    "count(*) FILTER (WHERE event_type \(condition))"
  }

  /// `organizations`: `nil` for all rows.
  static func expected(
    _ engine: Engine, _ organizations: [String]?, at now: UnixTime
  ) throws -> (today: [Int64], lastMinute: [Int64], activeUsers: Int64) {
    var session = Session()
    let scope =
      organizations.map { names in
        "organization_id IN (\(names.map { "'\($0)'" }.joined(separator: ", ")))"
      } ?? "true"
    let all = counters.map(\.sql).joined(separator: ", ")
    func row(_ columns: String, _ condition: String) throws -> [Int64] {
      let result = try engine.execute(
        "SELECT \(columns) FROM events WHERE \(scope) AND \(condition)", in: &session)
      return try #require(result.rows.first).map { value in
        if case .integer(let number) = value { number } else { -1 }
      }
    }
    let time = "timestamp '\(ISOTime.text(now).dropLast())'"
    return (
      try row(
        all,
        "ts >= date_trunc('day', \(time)) AND ts < date_trunc('day', \(time)) + interval '1 day'"),
      try row(
        all,
        """
        received_at >= date_trunc('second', \(time)) - interval '59 seconds' \
        AND received_at < date_trunc('second', \(time)) + interval '1 second'
        """),
      try row(
        "count(DISTINCT user_id)",
        """
        ts >= date_trunc('second', \(time)) - interval '299 seconds' AND event_type <> 'email_sent'
        """)[0]
    )
  }
}
