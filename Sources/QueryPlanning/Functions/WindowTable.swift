import ColumnStore

/// Every function that only makes sense with OVER: SQL names, how they are called, and a line for
/// the reference. All aggregates take OVER as well.
public enum WindowTable {
  public struct Definition: Sendable {
    public var name: String
    public var usage: String
    public var summary: String
    let kind: WindowFunction.Kind
    let argumentCounts: ClosedRange<Int>
  }

  public static let all: [Definition] = [
    Definition("row_number()", "Place of the row in its partition, from 1.", .rowNumber, 0...0),
    Definition("rank()", "Place of the first row that is ordered equal.", .rank, 0...0),
    Definition("dense_rank()", "The same without gaps.", .denseRank, 0...0),
    Definition(
      "percent_rank()", "(rank - 1) / (rows of the partition - 1).", .percentRank, 0...0),
    Definition(
      "cume_dist()", "Share of the partition's rows that come no later than this one.",
      .cumulativeDistribution, 0...0),
    Definition("ntile(n)", "Which of n buckets of equal size the row is in.", .ntile, 1...1),
    Definition(
      "lag(x[, n[, default]])", "The x of the row n (one) before in the partition.", .lag, 1...3),
    Definition(
      "lead(x[, n[, default]])", "The x of the row n (one) after in the partition.", .lead, 1...3),
    Definition("first_value(x)", "The x of the frame's first row.", .firstValue, 1...1),
    Definition("last_value(x)", "The x of the frame's last row.", .lastValue, 1...1),
    Definition("nth_value(x, n)", "The x of the frame's n-th row, from 1.", .nthValue, 2...2),
    Definition(
      "sessionize(ts, gap)",
      "Number of the row's session, from 1: a new one after a gap that is greater.", .sessionize,
      2...2),
  ]

  static let byName: [String: Definition] = {
    var byName: [String: Definition] = [:]
    for definition in all { byName[definition.name] = definition }
    return byName
  }()
}

extension WindowTable.Definition {
  init(
    _ usage: String, _ summary: String, _ kind: WindowFunction.Kind,
    _ argumentCounts: ClosedRange<Int>
  ) {
    self.init(
      name: kind.sqlName, usage: usage, summary: summary, kind: kind,
      argumentCounts: argumentCounts)
  }
}
