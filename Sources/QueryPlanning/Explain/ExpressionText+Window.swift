import ColumnStore

extension ExpressionText {
  public static func text(of function: WindowFunction, columns: [String]) -> String {
    var text: String
    if case .aggregate(let aggregate) = function.kind {
      text = self.text(of: aggregate, columns: columns)
    } else {
      let arguments = function.arguments.map { self.text(of: $0, columns: columns) }
      text = "\(function.kind.sqlName)(\(arguments.joined(separator: ", ")))"
    }
    var parts: [String] = []
    if !function.partitionBy.isEmpty {
      let keys = function.partitionBy.map { self.text(of: $0, columns: columns) }
      parts.append("PARTITION BY \(keys.joined(separator: ", "))")
    }
    if !function.orderBy.isEmpty {
      let keys = function.orderBy.map { self.text(of: $0, columns: columns) }
      parts.append("ORDER BY \(keys.joined(separator: ", "))")
    }
    if function.frame != .standard {
      let frame = function.frame
      parts.append(
        "\(frame.unit.rawValue.uppercased()) BETWEEN \(frame.start.text) AND \(frame.end.text)")
    }
    text += " OVER (\(parts.joined(separator: " ")))"
    return text
  }
}

extension WindowFunction.Kind {
  /// The name in SQL.
  public var sqlName: String {
    switch self {
    case .rowNumber: "row_number"
    case .rank: "rank"
    case .denseRank: "dense_rank"
    case .percentRank: "percent_rank"
    case .cumulativeDistribution: "cume_dist"
    case .ntile: "ntile"
    case .lag: "lag"
    case .lead: "lead"
    case .firstValue: "first_value"
    case .lastValue: "last_value"
    case .nthValue: "nth_value"
    case .sessionize: "sessionize"
    case .aggregate(let aggregate): aggregate.function.sqlName
    }
  }
}

extension WindowFrame.Bound {
  fileprivate var text: String {
    switch self {
    case .unboundedPreceding: "UNBOUNDED PRECEDING"
    case .preceding(let count): "\(count) PRECEDING"
    case .currentRow: "CURRENT ROW"
    case .following(let count): "\(count) FOLLOWING"
    case .unboundedFollowing: "UNBOUNDED FOLLOWING"
    case .value(_, let offset, let isPreceding):
      "\(offset.formatted()) \(isPreceding ? "PRECEDING" : "FOLLOWING")"
    }
  }
}
