/// The catalogue as Markdown: `Documentation/metrics.md`.
public enum MetricDocument {
  public static let text: String = {
    var text = introduction
    for group in MetricDefinition.Group.allCases {
      let metrics = MetricCatalogue.metrics.filter { $0.group == group }
      text += "\n## \(group.rawValue.prefix(1).uppercased())\(group.rawValue.dropFirst())\n\n"
      text +=
        "| id | metric | what it means | unit | better | looks at | version |\n"
        + "| --- | --- | --- | --- | --- | --- | --- |\n"
      for metric in metrics {
        let cells = [
          "`\(metric.id)`", metric.title, metric.definition, metric.unit.rawValue,
          metric.better.rawValue, metric.window.text, "\(metric.version)",
        ]
        text += "| \(cells.joined(separator: " | ")) |\n"
      }
    }
    text += "\n## Top lists\n\n| id | list | what it counts |\n| --- | --- | --- |\n"
    for breakdown in Breakdown.all {
      text += "| `\(breakdown.id)` | \(breakdown.title) | \(breakdown.definition) |\n"
    }
    text += "\n## SQL\n\nWith named parameters; `daybook metrics explain` puts the values in.\n"
    for metric in MetricCatalogue.metrics {
      text += "\n### \(metric.id)\n\n```\n\(metric.sql)\n```\n"
    }
    return text
  }()

  private static let introduction = """
    # Metrics

    What the figures of the overview mean. This page is made from the catalogue
    (`Sources/Analytics/Catalogue`) and a test keeps it so.

    - All figures of an answer are about one state of the tables. A zero denominator gives null (no
      data), never 0 %.
    - Ranges are half-open. N days are N calendar days of the stated time zone, the last of them included;
      weeks are those of ISO 8601. `1m` is 30 days, `3m` 90, `1y` 365, `24h` the 24 hours up to now.
    - The anchor is the last day of the range: DAU, WAU and MAU end with it. While it is running, figures are
      partial, and what they are compared with has run for as long.
    - Reports are as of the end of the running minute, so that what is asked again within it is the same question.
    - A figure is compared with the period of equal length before its own window, and with nothing where the data
      begin later than that. `compare=weekday` goes back by whole weeks instead. Stickiness goes back by a day.
    - A change is given absolute, and in per cent of the earlier value; in per cent there is none where that is 0.
    - Filters by role, status and domain use what is known of people now, for old events too. A figure to which a
      filter cannot apply (a model, of sessions) has no value and says why.
    - Distinct people are counted exactly unless `distinct=approximate` asks for HyperLogLog, whose error the
      receipt states. Buckets of a trend are counted each for itself, and never added up.

    """
}

extension MetricDefinition {
  /// The SQL with named parameters, without filters.
  public var sql: String {
    switch formula {
    case .aggregate(let source, let condition, let value, _, _):
      let time = source.timeColumn.map { ["\($0) >= :from AND \($0) < :to"] } ?? []
      let conditions = time + [condition].compactMap { $0 }
      return "SELECT \(value) AS \(id)\nFROM \(source.rawValue)"
        + (conditions.isEmpty ? "" : "\nWHERE " + conditions.joined(separator: " AND "))
    case .byType(let value, _, _):
      return
        "SELECT \(TypeCounts.plain(value)) AS \(id)\nFROM events\nWHERE ts >= :from AND ts < :to"
    case .statement(let sql):
      return sql.replacing("{filters}", with: "").replacing("{ts}", with: "ts")
    case .quotient(let upper, let lower): return "\(upper) / \(lower)"
    case .growth(let id): return "\(id) / \(id) of the window before - 1"
    case .sum(let ids): return ids.joined(separator: " + ")
    case .storageCost:
      return StorageStatement.value.replacing("{filters}", with: "").replacing("{ts}", with: "ts")
        .replacing("{rate}", with: ":rate").replacing("{before}", with: "false")
        .replacing("{charged}", with: " AND \(CostRules.isChargedStorage)")
    }
  }
}
