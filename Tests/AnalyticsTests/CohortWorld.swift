import Analytics
import ColumnStore
import Engine
import QueryLanguage

/// Few events that can be counted by hand.
struct CohortWorld {
  let engine = Engine()
  let zone: TimeZoneRules
  /// Milliseconds since 1970.
  let now: Int64

  /// `rows` are `ts, user, type` and more: `2026-01-05 10:00 ann chat`, `... chat course=c1 model=iris`.
  init(_ text: String, zone: String = "UTC", now: String = "2026-02-01 00:00") throws {
    self.zone = TimeZoneRules.named(zone) ?? .utc
    var session = Session()
    _ = try engine.execute(
      """
      CREATE TABLE events (ts timestamp NOT NULL, organization_id text, user_id text, session_id text,
        event_type text NOT NULL, category text, feature text, model text, status text, error_code text,
        duration_ms bigint, endpoint text, status_code bigint, response_time_ms bigint, country text,
        prompt_tokens bigint, completion_tokens bigint, total_tokens bigint, cost_usd double precision,
        gpu_seconds double precision, cpu_seconds double precision, gpu_utilization double precision,
        bytes_delta bigint, resource_type text, resource_id text, project_id text, course_id text)
        PARTITION BY DAY (ts)
      """, in: &session)
    _ = try engine.execute(
      "CREATE TABLE users (user_id text PRIMARY KEY, organization_id text, role text, status text, domain text)",
      in: &session)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 4 else { continue }
      var columns = ["ts", "user_id", "event_type"]
      var values = ["'\(words[0]) \(words[1])'", words[2] == "-" ? "NULL" : "'\(words[2])'"]
      values.append("'\(words[3])'")
      for word in words.dropFirst(4) {
        let parts = word.split(separator: "=").map(String.init)
        columns.append(parts[0])
        values.append("'\(parts[1])'")
      }
      _ = try engine.execute(
        "INSERT INTO events (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))",
        in: &session)
    }
    let result = try engine.execute("SELECT TIMESTAMPTZ '\(now)+00'", in: &session)
    guard case .timestampWithTimeZone(let time)? = result.rows.first?.first else {
      preconditionFailure("no time")
    }
    self.now = time
  }

  func add(_ statement: String) throws {
    var session = Session()
    _ = try engine.execute(statement, in: &session)
  }

  func evaluator(
    _ arguments: [String: String], filters: MetricFilters = MetricFilters()
  ) throws -> MetricEvaluator {
    let range = try RangeRequest { arguments[$0] }.range(at: now, in: zone, first: nil)
    return MetricEvaluator(engine, session: Session(), MetricQuestion(range, filters: filters))
  }
}
