import ColumnStore

/// A plan as text: one line per operator, inputs indented below what reads them.
public struct PlanDescription: Sendable {
  public struct Line: Sendable, Hashable {
    /// Position in preorder, the plan's own operator being 0: counters are matched by it.
    public var id: Int
    public var depth: Int
    public var text: String
  }

  public private(set) var lines: [Line] = []
  private var nextID = 0
  /// Output names of the shared plans that have been described.
  private var sharedNames: [Int: [String]] = [:]

  public init(_ plan: Plan) {
    _ = describe(plan, depth: 0)
  }

  /// The lines, indented by two spaces per level.
  public static func lines(_ plan: Plan) -> [String] {
    PlanDescription(plan).lines.map { String(repeating: "  ", count: $0.depth) + $0.text }
  }

  /// Adds the operator and those below it; returns the names of its output columns.
  private mutating func describe(_ plan: Plan, depth: Int) -> [String] {
    let id = lines.count
    lines.append(Line(id: nextID, depth: depth, text: ""))
    if case .shared(let shared, _) = plan, let names = sharedNames[shared] {
      lines[id].text = "Shared: computed above"
      nextID += plan.operatorCount
      return names
    }
    nextID += 1
    let inputs = plan.inputs.map { describe($0, depth: depth + 1) }
    let names = inputs.first ?? []
    switch plan {
    case .scan(let scan):
      lines[id].text = text(of: scan)
      return scan.columns.map { scan.schema.columns[$0].name }
    case .values(let rows, let types):
      lines[id].text = "Values: \(counted(rows.count, "row"))"
      return types.indices.map { "column\($0 + 1)" }
    case .filter(_, let conjuncts):
      lines[id].text = "Filter: \(text(of: conjuncts, names))"
      return names
    case .project(_, let expressions):
      let shown = expressions.map { ExpressionText.text(of: $0, columns: names) }
      lines[id].text = "Project: \(shown.joined(separator: ", "))"
      // The mark by which a row of an outer join is known to be none of padding.
      return zip(expressions, shown).map { expression, text in
        expression.literalValue == .boolean(true) ? "matched" : text
      }
    case .aggregate(let aggregation):
      let keys = aggregation.keys.map { ExpressionText.text(of: $0, columns: names) }
      let aggregates = aggregation.aggregates.map { ExpressionText.text(of: $0, columns: names) }
      var text = "Aggregate"
      if !keys.isEmpty { text += " by \(keys.joined(separator: ", "))" }
      if !aggregates.isEmpty { text += ": \(aggregates.joined(separator: ", "))" }
      lines[id].text = text
      return keys + aggregates
    case .join(let join):
      let right = inputs.count > 1 ? inputs[1] : []
      let (a, b) = distinguished(names, right, join)
      lines[id].text = text(of: join, a, b)
      return join.kind.keepsOnlyLeft ? a : a + b
    case .window(let window):
      let shown = window.functions.map { ExpressionText.text(of: $0, columns: names) }
      lines[id].text = "Window: \(shown.joined(separator: ", "))"
      return names + shown
    case .sort(_, let keys, let limit):
      let shown = keys.map { ExpressionText.text(of: $0, columns: names) }
      lines[id].text =
        limit.map { "Top \($0) by" } ?? "Sort by"
      lines[id].text += " \(shown.joined(separator: ", "))"
      return names
    case .limit(_, let count, let offset):
      lines[id].text = ["Limit", count.map(String.init), offset > 0 ? "offset \(offset)" : nil]
        .compactMap(\.self).joined(separator: " ")
      return names
    case .shared(let shared, _):
      lines[id].text = "Shared"
      sharedNames[shared] = names
      return names
    case .series(let series):
      let ends = [series.start, series.stop, series.step].map {
        ExpressionText.text(of: $0, columns: [])
      }
      lines[id].text = "Series: \(ends.joined(separator: ", "))"
      return ["generate_series"]
    case .expand(let expansion):
      let shown = expansion.sources.map { source in
        let arguments = source.expressions.map { ExpressionText.text(of: $0, columns: names) }
        let name = if case .elements = source { "unnest" } else { "generate_series" }
        return "\(name)(\(arguments.joined(separator: ", ")))"
      }
      lines[id].text = "Expand: \(shown.joined(separator: ", "))"
      if expansion.keepsRows { lines[id].text += ", keeping all rows" }
      return names + shown + (expansion.hasOrdinality ? ["ordinality"] : [])
    case .append:
      lines[id].text = "Append"
      return names
    }
  }

  /// Names that both sides have are shown with their table, where it is one.
  private func distinguished(
    _ left: [String], _ right: [String], _ join: Join
  ) -> ([String], [String]) {
    let common = Set(left).intersection(right)
    func named(_ names: [String], _ side: Plan) -> [String] {
      guard let table = side.scannedTable else { return names }
      return names.map { common.contains($0) ? "\(table).\($0)" : $0 }
    }
    return (named(left, join.left), named(right, join.right))
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private func text(of scan: TableScan) -> String {
    let names = scan.schema.columns.map(\.name)
    let columns = scan.columns.map { names[$0] }.joined(separator: ", ")
    var text = "Scan \(scan.schema.name)"
    if !columns.isEmpty { text += " columns: \(columns)" }
    if !scan.filters.isEmpty { text += " filter: \(self.text(of: scan.filters, names))" }
    return text
  }

  private func text(of join: Join, _ left: [String], _ right: [String]) -> String {
    let keys = join.keys.map {
      ExpressionText.text(of: $0.left, columns: left) + " = "
        + ExpressionText.text(of: $0.right, columns: right)
    }
    var text =
      switch join.kind {
      case .inner: keys.isEmpty ? "Cross join" : "Inner join"
      case .left: "Left join"
      case .full: "Full join"
      case .semi: "Semi join"
      case .anti: "Anti join"
      case .single: "Single join"
      }
    if !keys.isEmpty { text += " on \(keys.joined(separator: ", "))" }
    if let residual = join.residual {
      text += " where \(self.text(of: residual.conjuncts, left + right))"
    }
    return text
  }

  private func text(of conjuncts: [Expression], _ names: [String]) -> String {
    conjuncts.map { "(\(ExpressionText.text(of: $0, columns: names)))" }.joined(separator: " AND ")
  }
}

extension Plan {
  /// The table that the rows come from, if it is a single one.
  fileprivate var scannedTable: String? {
    switch self {
    case .scan(let scan): scan.schema.name
    case .filter(let input, _), .limit(let input, _, _), .sort(let input, _, _):
      input.scannedTable
    default: nil
    }
  }
}
