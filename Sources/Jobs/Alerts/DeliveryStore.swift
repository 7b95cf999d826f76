package import AccessControl
package import Alerting
internal import ColumnStore
package import Engine
package import QueryLanguage
internal import QueryPlanning

/// Keeps messages of a webhook in the table `webhook_deliveries` until they have arrived, so that a restart sends what
/// waits: at least once, and under the same name.
package struct DeliveryStore: Sendable {
  private let engine: Engine

  package init(_ engine: Engine) { self.engine = engine }

  /// As many as may wait; of more, those that came first are kept.
  package static let largestCount = 1_000
  /// What nobody took for so long is of no use any more.
  package static let longestAge = Duration.seconds(7 * 86_400)

  /// Stored when it returns.
  package func keep(_ messages: [WebhookMessage], at now: UnixTime) throws(QueryError) {
    guard !messages.isEmpty else { return }
    try run("DELETE FROM webhook_deliveries WHERE kept_at < $1", [oldest(at: now)])
    let count = try run("SELECT count(*) FROM webhook_deliveries", []).rows.first?.first
    let room =
      if case .integer(let count) = count { Self.largestCount - Int(clamping: count) } else { 0 }
    var parameters: [Value] = []
    var rows: [String] = []
    for message in messages.prefix(max(0, room)) {
      let values: [Value] = [
        .text(message.id), .text(message.event),
        .text(String(decoding: message.body, as: UTF8.self)),
        .timestamp(now.milliseconds),
      ]
      let places = values.indices.map { "$\(parameters.count + $0 + 1)" }
      rows.append("(\(places.joined(separator: ", ")))")
      parameters += values
    }
    guard !rows.isEmpty else { return }
    try run(
      """
      INSERT INTO webhook_deliveries (delivery_id, event, body, kept_at) \
      VALUES \(rows.joined(separator: ", ")) ON CONFLICT (delivery_id) DO NOTHING
      """, parameters)
  }

  /// They have arrived, or never will.
  package func remove(_ ids: [String]) throws(QueryError) {
    guard !ids.isEmpty else { return }
    let places = ids.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    try run(
      "DELETE FROM webhook_deliveries WHERE delivery_id IN (\(places))", ids.map { .text($0) })
  }

  /// What has not arrived, the oldest first. Without the table there is nothing.
  package func kept(at now: UnixTime) -> [WebhookMessage] {
    let found = try? run(
      """
      SELECT delivery_id, event, body FROM webhook_deliveries WHERE kept_at >= $1 \
      ORDER BY kept_at, delivery_id LIMIT \(Self.largestCount)
      """, [oldest(at: now)])
    return (found?.rows ?? []).compactMap { row in
      guard row.count == 3, case .text(let id) = row[0], case .text(let event) = row[1],
        case .text(let body) = row[2]
      else { return nil }
      return WebhookMessage(id: id, event: event, body: Array(body.utf8))
    }
  }

  private func oldest(at now: UnixTime) -> Value {
    .timestamp(now.milliseconds - Int64(Self.longestAge / .milliseconds(1)))
  }

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
