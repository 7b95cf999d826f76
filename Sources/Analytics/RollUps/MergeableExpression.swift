/// An aggregate that can be put together from those of parts of the rows: of days that are rolled up, and of
/// events.
struct MergeablePart: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case count
    case people
    case sum(String)
    /// Estimated: roll-ups keep digests.
    case quantile(String, Double)
  }

  var kind: Kind
  /// Which rows count.
  var filter: String?

  /// Columns that decide which rows count.
  var columns: Set<String> {
    filter.map { SQLTemplate($0).words.intersection(MetricSource.events.asked) } ?? []
  }

  private var condition: String { filter.map { " FILTER (WHERE \($0))" } ?? "" }

  /// Of SQL: over rows of a roll-up.
  func rolledUp(_ rollUp: EventRollUp) -> String {
    switch kind {
    case .count: "sum(events)\(condition)"
    case .people: "\(rollUp.people ?? "NULL")\(condition)"
    case .sum(let column): "sum(\(column))\(condition)"
    case .quantile(let column, _): "tdigest_merge(\(column))\(condition)"
    }
  }

  /// Over events.
  var ofEvents: String {
    switch kind {
    case .count: "count(*)\(condition)"
    case .people: "hll(user_id)\(condition)"
    case .sum(let column): "sum(\(column))\(condition)"
    case .quantile(let column, _): "tdigest(\(column))\(condition)"
    }
  }

  /// Over a column with both.
  func merged(_ column: String) -> String {
    switch kind {
    case .count: "coalesce(sum(\(column)), 0)"
    case .people: "coalesce(hll_cardinality(hll_merge(\(column))), 0)"
    case .sum: "sum(\(column))"
    case .quantile(_, let share): "tdigest_quantile(tdigest_merge(\(column)), \(share))"
    }
  }
}

/// A metric's expression, taken apart into aggregates that can be merged and what is done with them.
struct MergeableExpression: Sendable, Equatable {
  private enum Piece: Sendable, Equatable {
    case text(String)
    case part(MergeablePart)
  }

  private var pieces: [Piece] = []

  /// `nil` where it has an aggregate that cannot be merged, such as a mean.
  init?(_ sql: String) {
    var rest = Substring(sql)
    var text = ""
    while let next = rest.first {
      if let (kind, length) = Self.aggregate(rest) {
        rest = rest.dropFirst(length)
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(.part(MergeablePart(kind: kind, filter: Self.filter(&rest, kind))))
      } else if Self.others.contains(where: { rest.hasPrefix($0) }) {
        return nil
      } else {
        text.append(next)
        rest.removeFirst()
      }
    }
    if !text.isEmpty { pieces.append(.text(text)) }
  }

  var parts: [MergeablePart] {
    pieces.compactMap { piece in if case .part(let part) = piece { part } else { nil } }
  }

  /// `column` names the column that has both sides of a part.
  func merged(_ column: (MergeablePart) -> String) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .part(let part): part.merged(column(part))
      }
    }.joined()
  }

  // MARK: - Reading

  private static let people = "count(DISTINCT user_id)"
  /// As the catalogue writes the two quantiles of one sorted list.
  private static let quantile =
    "(percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms))"
  private static let others = ["avg(", "percentile_cont(", "min(", "max(", "count("]

  private static func aggregate(_ text: Substring) -> (MergeablePart.Kind, length: Int)? {
    if text.hasPrefix("count(*)") { return (.count, 8) }
    if text.hasPrefix(people) { return (.people, people.count) }
    for (place, share) in [("[1]", 0.5), ("[2]", 0.95)] where text.hasPrefix(quantile + place) {
      return (.quantile("duration_ms", share), quantile.count + place.count)
    }
    guard text.hasPrefix("sum("), let end = text.firstIndex(of: ")") else { return nil }
    let column = String(text.dropFirst(4)[..<end])
    guard MetricSource.events.asked.contains(column) else { return nil }
    return (.sum(column), column.count + 5)
  }

  /// Takes ` FILTER (WHERE ...)` away. Of people, states have no nulls.
  private static func filter(_ rest: inout Substring, _ kind: MergeablePart.Kind) -> String? {
    let begin = " FILTER (WHERE "
    guard rest.hasPrefix(begin) else { return nil }
    rest = rest.dropFirst(begin.count)
    var depth = 1
    var filter = ""
    while let next = rest.popFirst() {
      if next == "(" { depth += 1 }
      if next == ")" { depth -= 1 }
      if depth == 0 { break }
      filter.append(next)
    }
    let known = "user_id IS NOT NULL AND "
    return kind == .people && filter.hasPrefix(known)
      ? String(filter.dropFirst(known.count)) : filter
  }
}
