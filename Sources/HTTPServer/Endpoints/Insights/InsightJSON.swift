internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Jobs
internal import Platform

/// How insights are shown.
enum InsightJSON {
  /// A row with the columns of `InsightQuery`.
  static func insight(_ row: [Value]) -> JSONValue {
    func member(_ column: String) -> JSONValue { value(row, column).map(RowJSON.value) ?? .null }
    return .members([
      "id": member("insight_id"), "organization_id": member("organization_id"),
      "kind": member("insight_type"), "severity": member("severity"), "title": member("title"),
      "description": member("message"), "action": member("action"), "rule": member("rule_id"),
      "metric": member("metric_id"), "unit": member("metric_unit"), "value": member("value"),
      "previous": member("previous_value"), "change_percent": member("change_percent"),
      "threshold": member("threshold"),
      "window": .members(["from": member("window_from"), "to": member("window_to")]),
      "day": member("anchor_day"), "evidence": member("evidence"), "created_at": member("ts"),
    ])
  }

  private static func value(_ row: [Value], _ column: String) -> Value? {
    guard let place = InsightQuery.columns.firstIndex(of: column), row.indices.contains(place)
    else { return nil }
    return row[place]
  }

  private static func text(_ row: [Value], _ column: String) -> String? {
    if case .text(let text)? = value(row, column) { text } else { nil }
  }

  private static func severity(_ row: [Value]) -> InsightRule.Severity? {
    text(row, "severity").flatMap { InsightRule.Severity(rawValue: $0) }
  }

  static func gravestFirst(_ rows: [[Value]]) -> [[Value]] {
    func gravity(_ row: [Value]) -> Int {
      switch severity(row) {
      case .critical: 0
      case .warning: 1
      case .info, nil: 2
      }
    }
    return rows.enumerated().sorted {
      (gravity($0.element), $0.offset) < (gravity($1.element), $1.offset)
    }.map(\.element)
  }

  /// One about all of it, then those of the insights.
  static func sentences(
    _ rows: [[Value]], upTo day: Day, isEvaluated: Bool, _ others: InsightAttention? = nil
  ) -> [JSONValue] {
    guard isEvaluated || !rows.isEmpty else {
      return ["The rules of insights have not been asked yet."]
    }
    let others = others.flatMap { $0.insightCount > 0 ? $0 : nil }
    guard !rows.isEmpty else {
      let end = others.map { " for all together, but \($0.text) need\($0.ending) attention" } ?? ""
      return [.text("Nothing out of the ordinary in the days up to \(day)\(end).")]
    }
    let grave = rows.count { (severity($0) ?? .info) > .info }
    let count = rows.count == 1 ? "One thing" : "\(rows.count) things"
    let attention =
      switch grave {
      case 0: "none of it needs attention"
      case 1: "one needs attention"
      default: "\(grave) need attention"
      }
    let end = others.map { others in
      let verb = others.insightCount == 1 ? "does" : "do"
      return grave == 0 ? ", but \(others.text) \(verb)" : ", and so \(verb) \(others.text)"
    }
    return [.text("\(count) stood out in the days up to \(day); \(attention)\(end ?? "").")]
      + rows.map { .text(text($0, "message") ?? "") }
  }

  static func evaluated(_ jobs: JobRunner) -> JSONValue {
    jobs.lastEvaluation.map { .text(ISOTime.text($0)) } ?? .null
  }

  static let schema = Schema.named(
    "Insight",
    .object([
      .init("id", .string), .init("organization_id", .nullable(.string), "Null: all together."),
      .init("kind", .string), .init("severity", .string, "`info`, `warning` or `critical`."),
      .init("title", .nullable(.string)), .init("description", .string, "One sentence."),
      .init("action", .nullable(.string), "What could be done."),
      .init("rule", .nullable(.string)), .init("metric", .nullable(.string), "Of the catalogue."),
      .init("unit", .nullable(.string)), .init("value", .nullable(.number)),
      .init("previous", .nullable(.number), "What it was compared with."),
      .init("change_percent", .nullable(.number), "Null also where the earlier value is 0."),
      .init("threshold", .nullable(.number), "From where on the rule speaks."),
      .init(
        "window",
        .object([.init("from", .nullable(.string)), .init("to", .nullable(.string))])),
      .init("day", .nullable(.string), "The last day that it is about."),
      .init("evidence", .any, "What the values were made of, by name."),
      .init("created_at", .string, "When it was found first."),
    ]))

  private static let evaluatedProperty = Schema.Property(
    "evaluated_at", .nullable(.string),
    "When all rules were last asked; null: never. Those about single days are asked every hour.")

  static let listSchema = Schema.object([
    .init("insights", .array(schema, nil)),
    .init("redacted", .array(.string, nil), "Columns whose values are hidden."),
    .init("total", .count), .init("limit", .count), .init("offset", .count), evaluatedProperty,
  ])

  static let summarySchema = Schema.object([
    .init("day", .string, "Yesterday, which the days that rules look at end with."),
    .init("sentences", .array(.string, nil)), .init("insights", .array(schema, nil)),
    .init(
      "attention",
      .nullable(.object([.init("insights", .count), .init("organizations", .count)])),
      "Insights about single organisations that are warnings or critical, and of how many organisations. Null: the summary is not of all together."
    ),
    evaluatedProperty,
  ])
}

/// What a summary of all organisations together leaves to single ones.
struct InsightAttention: Sendable {
  var insightCount: Int64
  var organizationCount: Int64

  /// The row of `InsightQuery.attention`.
  init(_ rows: [[Value]]) {
    func count(_ place: Int) -> Int64 {
      guard let row = rows.first, row.indices.contains(place), case .integer(let count) = row[place]
      else { return 0 }
      return count
    }
    insightCount = count(0)
    organizationCount = count(1)
  }

  /// Of a verb.
  var ending: String { insightCount == 1 ? "s" : "" }

  var text: String {
    let things = insightCount == 1 ? "one thing" : "\(insightCount) things"
    let places =
      organizationCount == 1 ? "one organisation" : "\(organizationCount) organisations"
    return "\(things) in \(places)"
  }

  var json: JSONValue {
    .members(["insights": .integer(insightCount), "organizations": .integer(organizationCount)])
  }
}
