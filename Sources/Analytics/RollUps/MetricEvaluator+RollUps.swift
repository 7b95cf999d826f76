import ColumnStore
import Engine
import QueryLanguage
import Sketches

/// Days whose events are gone: what of them is asked of roll-ups, and what cannot be answered.
public struct RolledUpUse: Sendable, Equatable {
  /// The first moment of which there are events.
  public var keptFrom: Int64
  /// The roll-ups that were read.
  public var views: Set<String> = []
  /// What has no value for the days before, and why.
  public var missing: [String: String] = [:]
}

/// Why roll-ups do not have a metric.
struct NotRolledUp: Error {
  var text: String
}

extension MetricEvaluator {
  /// The first moment of which all rows of a source are there, where days of it are gone.
  func keptFrom(_ source: MetricSource) -> Int64? {
    session.pinnedDaysGone(of: source.rawValue).map { ($0 + 1) * Calendar.millisecondsPerDay }
  }

  /// Until when a window of a source is before that; `nil`: not at all.
  func goneUntil(_ window: TimeWindow, of source: MetricSource) -> Int64? {
    guard let kept = keptFrom(source), window.start < kept, !window.isEmpty else { return nil }
    return kept
  }

  /// Values of metrics over a window that begins before events are kept: the days that are gone by a roll-up, the
  /// others by events. With a grain for each bucket, and its begin in front.
  mutating func rolledUp(
    _ columns: [String], where condition: String?, over window: TimeWindow, by grain: Grain? = nil
  ) throws(QueryError) -> Result<[[Value]], NotRolledUp> {
    guard let kept = goneUntil(window, of: .events) else {
      preconditionFailure("the window has events")
    }
    var expressions: [MergeableExpression] = []
    for column in columns {
      guard let expression = MergeableExpression(column) else {
        return .failure(NotRolledUp(text: "a mean or another aggregate that no roll-up keeps"))
      }
      expressions.append(expression)
    }
    var parts: [MergeablePart] = []
    for part in expressions.flatMap(\.parts) where !parts.contains(part) { parts.append(part) }
    let rollUp: EventRollUp
    switch source(of: parts, where: condition, over: window) {
    case .failure(let reason): return .failure(reason)
    case .success(let found): rollUp = found
    }
    func name(_ part: MergeablePart) -> String {
      "part_\((parts.firstIndex(of: part) ?? 0) + 1)"
    }
    func select(_ part: (MergeablePart) -> String) -> String {
      parts.map { "\(part($0)) AS \(name($0))" }.joined(separator: ", ")
    }
    let extra = condition.map { " AND \($0)" } ?? ""
    func bucket(_ time: String) -> String {
      grain.map { "date_trunc('\($0.rawValue)', \(time)) AS bucket, " } ?? ""
    }
    let grouped = grain == nil ? "" : " GROUP BY 1"
    let day = context.instant("day", named: "ts", of: .events)
    var sql = """
      SELECT \(bucket(day))\(select { $0.rolledUp(rollUp) }) FROM \(rollUp.name)
      WHERE day >= :rolled_from AND day < :rolled_to\(extra){filters}\(grouped)
      """
    if kept < window.end {
      sql += """

        UNION ALL
        SELECT \(bucket("{ts}"))\(select(\.ofEvents)) FROM events
        WHERE ts >= :kept_from AND ts < :to\(extra){filters}\(grouped)
        """
    }
    let outer = expressions.enumerated().map { index, expression in
      "\(expression.merged(name)) AS value_\(index + 1)"
    }
    return try readRollUp(
      """
      SELECT \(grain == nil ? "" : "bucket, ")\(outer.joined(separator: ", "))
      FROM (
      \(sql)) AS parts\(grouped)
      """, rollUp, over: window, kept)
  }

  /// Values of a metric in buckets that begin before events are kept; `nil` where there is no way to know.
  mutating func rolledUp(
    _ metric: MetricDefinition, over buckets: [Grain.Bucket], by grain: Grain, keptFrom kept: Int64
  ) throws(QueryError) -> [Double?] {
    var values = [Double?](repeating: nil, count: buckets.count)
    guard let first = buckets.first, let last = buckets.last else { return [] }
    let day = Calendar.millisecondsPerDay
    let isAligned = buckets.allSatisfy { Calendar.floorModulo($0.window.start, day) == 0 }
    let found: Result<[[Value]], NotRolledUp>
    if let expression = metric.rolledUpExpressions?.first, metric.source == .events, isAligned {
      found = try rolledUp(
        [expression.sql], where: metric.rowCondition,
        over: TimeWindow(start: first.window.start, end: last.window.end), by: grain)
    } else if isAligned {
      found = .failure(NotRolledUp(text: "single rows, which no roll-up keeps"))
    } else {
      found = .failure(NotRolledUp(text: Self.partsOfDays))
    }
    switch found {
    case .failure(let reason):
      trace.noteMissing(metric.id, Self.text(reason, keptFrom: kept), keptFrom: kept)
    case .success(let rows):
      if metric.unit.isCounted { values = values.map { _ in 0 } }
      for row in rows where row.count == 2 {
        guard let time = row[0].time, let place = buckets.lastIndex(where: { $0.start <= time })
        else { continue }
        values[place] = row[1].number
      }
    }
    return values
  }

  private static let partsOfDays =
    "parts of a day of UTC: time_zone=UTC and whole days have what is kept"

  /// The rows of a statement with the times of both sides.
  mutating func readRollUp(
    _ sql: String, _ rollUp: EventRollUp, over window: TimeWindow, _ kept: Int64,
    _ arguments: [String: Value] = [:]
  ) throws(QueryError) -> Result<[[Value]], NotRolledUp> {
    do throws(QueryError) {
      let found = try rows(
        sql, over: window,
        arguments.merging([
          "rolled_from": context.time(window.start, in: .events),
          "rolled_to": context.time(min(kept, window.end), in: .events),
          "kept_from": context.time(kept, in: .events),
        ]) { first, _ in first })
      trace.noteRollUp(rollUp.name, keptFrom: kept)
      return .success(found)
    } catch {
      // Of one person's own rows, the roll-ups of everybody are none.
      guard error.code == .insufficientPrivilege else { throw error }
      return .failure(NotRolledUp(text: "roll-ups that one may not read"))
    }
  }

  /// The roll-up that has all of some parts.
  func source(
    of parts: [MergeablePart], where condition: String?, over window: TimeWindow
  ) -> Result<EventRollUp, NotRolledUp> {
    guard context.filters.isActivated == nil else {
      return .failure(NotRolledUp(text: "the filter activated, which needs single events"))
    }
    let day = Calendar.millisecondsPerDay
    guard Calendar.floorModulo(window.start, day) == 0,
      min(window.end, keptFrom(.events) ?? 0) == keptFrom(.events)
        || Calendar.floorModulo(window.end, day) == 0
    else {
      return .failure(
        NotRolledUp(text: Self.partsOfDays))
    }
    var columns = SQLTemplate(condition ?? "").words.intersection(MetricSource.events.asked)
    columns.formUnion(context.filters.columns)
    var lacking: [String] = []
    for rollUp in EventRollUp.known(to: session) {
      guard let lack = rollUp.lacks(parts, columns: columns) else { return .success(rollUp) }
      lacking.append("\(rollUp.name) has no \(lack)")
    }
    return .failure(
      NotRolledUp(
        text: lacking.isEmpty
          ? "roll-ups, of which there are none" : lacking.joined(separator: ", ")))
  }

  /// What is said where a metric has no value for days that are gone.
  static func text(_ reason: NotRolledUp, keptFrom kept: Int64) -> String {
    "events are kept from \(Day(kept / Calendar.millisecondsPerDay)) on, and it would take "
      + reason.text
  }

  /// What is said of storage once days are gone.
  static func storageBefore(_ kept: Int64) -> String {
    "events are kept from \(Day(kept / Calendar.millisecondsPerDay)) on: what was stored before counts as nothing"
  }
}

extension MetricEvaluator {
  /// What the answers rest on where days are gone; `nil`: none of those that were asked for are.
  public var rolledUp: RolledUpUse? {
    let window = question.range.window
    guard trace.rolledUp == nil, let kept = goneUntil(window, of: .events) else {
      return trace.rolledUp
    }
    let reason = NotRolledUp(text: "roll-ups, which this answer does not read")
    return RolledUpUse(keptFrom: kept, missing: ["days before": Self.text(reason, keptFrom: kept)])
  }
}

extension MetricDefinition {
  /// Its columns as they may be put together from roll-ups; `nil`: it is a statement of its own.
  var rolledUpExpressions: [(name: String, sql: String)]? {
    func named(_ parts: [String?]) -> [(name: String, sql: String)] {
      zip(["", "_numerator", "_denominator"], parts).compactMap { mark, sql in
        sql.map { (name: id + mark, sql: TypeCounts.plain($0)) }
      }
    }
    switch formula {
    case .aggregate(_, _, let value, let numerator, let denominator):
      return named([value, numerator, denominator])
    case .byType(let value, let numerator, let denominator):
      return named([value, numerator, denominator])
    case .statement, .quotient, .growth, .sum, .storageCost: return nil
    }
  }

  /// Which rows of its source it is about.
  var rowCondition: String? {
    if case .aggregate(_, let condition, _, _, _) = formula { condition } else { nil }
  }

  /// Whether it says itself that it is about what is kept.
  var isOfKeptRows: Bool {
    if case .statement = formula { window == .lifetime } else { false }
  }
}

extension MetricFilters {
  /// The columns that they restrict.
  var columns: Set<String> {
    var columns = Set(lists.filter { !$0.values.isEmpty }.map(\.column))
    if !roles.isEmpty || !statuses.isEmpty || !domains.isEmpty { columns.insert("user_id") }
    return columns
  }
}
