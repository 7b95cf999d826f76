import ColumnStore
import QueryLanguage

/// Keeps hidden values out of all that a query does.
///
/// The plan is walked from its scans upwards. A hidden value may be passed on as it is; every place
/// that would look at it gets a mask instead, or is refused where a mask would make the answer wrong.
/// What looks at a hidden value is a short list: `IS NULL`, counts, `pseudonym` and `redact`; all else
/// falls under the default, so that what is added to the language is masked until it is thought of.
///
/// The plan that is run is walked again: there the walk changes nothing, and refuses what it would
/// have to change.
struct Redaction {
  /// What becomes of the rows.
  enum Target {
    case answer
    /// They are stored. Hidden values may only go where they came from: from a column to the same one.
    /// Output columns from `first` on are those of the table.
    case table(TableSchema, first: Int)
    /// They are stored where nothing hides them.
    case elsewhere
  }

  let environment: Environment
  var target = Target.answer
  /// The plan is the result of the rules, and nothing is left to mask.
  var isChecking = false
  /// Columns that are read because a reveal opens them.
  private(set) var opened: Set<LabelledColumn> = []
  /// Of output columns that are nothing but a hidden column which is open here.
  private(set) var labels: [Int: ColumnLabel] = [:]

  init(environment: Environment, target: Target = .answer) {
    self.environment = environment
    self.target = target
  }

  /// The plan without hidden values, and which of its columns are masked.
  mutating func redact(_ plan: Plan) throws(QueryError) -> (plan: Plan, columns: Set<Int>) {
    let (plan, row) = try walk(plan)
    for (index, secrecy) in row.enumerated() {
      if case .revealed(let hidden, _) = secrecy { labels[index] = hidden.column.label }
    }
    let columns = Set(row.indices.filter { !row[$0].sources.isEmpty })
    guard !columns.isEmpty else { return (plan, []) }
    switch target {
    case .answer: return (try masked(plan, row), columns)
    case .elsewhere:
      throw refusal(of: row[columns.min() ?? 0].sources, "would be stored as a mask")
    case .table(let schema, let first):
      for column in columns.sorted() {
        let name = column >= first ? schema.columns[column - first].name : ""
        guard case .hidden(let hidden, _) = row[column], hidden.column.table == schema.name,
          hidden.column.column == name
        else { throw refusal(of: row[column].sources, "would be stored as a mask") }
      }
      return (plan, columns)
    }
  }

  /// The plan with masks in the place of hidden values.
  private func masked(_ plan: Plan, _ row: [Secrecy]) throws(QueryError) -> Plan {
    guard row.contains(where: \.isHidden) else { return plan }
    if isChecking { throw leak(row.first(where: \.isHidden)?.sources ?? []) }
    return .project(
      plan,
      plan.types.enumerated().map { index, type in
        let value = Expression.column(index, type)
        return row[index].isHidden ? value.redacted(as: type) : value
      })
  }

  private mutating func walk(_ plan: Plan) throws(QueryError) -> (Plan, [Secrecy]) {
    try environment.context.check?()
    switch plan {
    case .scan(let scan): return (plan, try row(of: scan))
    case .values(let rows, let types):
      if environment.notes.namesPseudonyms {
        for row in rows { _ = try deciding(row, [], .argument) }
      }
      return (plan, types.map { _ in .open })
    case .series: return (plan, [.open])
    case .filter(let input, let conjuncts):
      let (input, row) = try walk(input)
      return (.filter(input, try deciding(conjuncts, row, .filter)), row)
    case .project(let input, let expressions):
      let (input, row) = try walk(input)
      return try project(input, expressions, row)
    case .sort(let input, let keys, let limit):
      let (input, row) = try walk(input)
      return (.sort(input, by: try deciding(keys, row, .sort), limit: limit), row)
    case .limit(let input, let count, let offset):
      let (input, row) = try walk(input)
      return (.limit(input, count: count, offset: offset), row)
    case .shared(let id, let input):
      let (input, row) = try walk(input)
      return (.shared(id: id, input), row)
    case .append(let inputs): return try append(inputs)
    case .join(let join): return try self.join(join)
    case .aggregate(var aggregation):
      let (input, row) = try walk(aggregation.input)
      aggregation.input = input
      aggregation.keys = try deciding(aggregation.keys, row, .group)
      var output = aggregation.keys.map { _ in Secrecy.open }
      for index in aggregation.aggregates.indices {
        let (aggregate, secrecy) = try self.aggregate(aggregation.aggregates[index], row)
        aggregation.aggregates[index] = aggregate
        output.append(secrecy)
      }
      return (.aggregate(aggregation), output)
    case .window(var window):
      let (input, row) = try walk(window.input)
      window.input = input
      var output = row
      for index in window.functions.indices {
        let (function, secrecy) = try self.window(window.functions[index], row)
        window.functions[index] = function
        output.append(secrecy)
      }
      return (.window(window), output)
    case .expand(var expansion):
      let (input, row) = try walk(expansion.input)
      expansion.input = input
      for index in expansion.sources.indices {
        expansion.sources[index] = try expansion.sources[index].mapExpressions {
          (expression) throws(QueryError) in try deciding(expression, row, .expand)
        }
      }
      let added = expansion.types.count - row.count
      return (.expand(expansion), row + Array(repeating: .open, count: added))
    }
  }

  /// What the columns of a table tell.
  func row(of schema: TableSchema) -> [Secrecy] {
    let organization = schema.column(labelled: .organization)
    return schema.columns.indices.map { secrecy(ofColumn: $0, of: schema, organization) }
  }

  private mutating func row(of scan: TableScan) throws(QueryError) -> [Secrecy] {
    let schema = scan.schema
    guard schema.columns.contains(where: { $0.label?.hides == true }) else {
      return scan.columns.map { _ in .open }
    }
    let whole = row(of: schema)
    for filter in scan.filters { _ = try deciding(filter, whole, .filter) }
    var read = Set(scan.columns)
    for filter in scan.filters { filter.collectColumns(into: &read) }
    for column in read {
      if case .revealed(let hidden, _) = whole[column],
        environment.access.opens(schema.columns[column], of: schema)
      {
        opened.insert(hidden.column)
      }
    }
    let places = Dictionary(
      scan.columns.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
    return scan.columns.map { whole[$0].movingOrganization { places[$0] } }
  }

  private func secrecy(
    ofColumn index: Int, of schema: TableSchema, _ organization: Int?
  ) -> Secrecy {
    let column = schema.columns[index]
    guard let label = column.label, label.hides else { return .open }
    let hidden = HiddenColumn(
      column: LabelledColumn(table: schema.name, column: column.name, label: label),
      domain: column.domain, hasOrganization: organization != nil)
    return environment.access.hides(column, of: schema)
      ? .hidden(hidden, organization: organization) : .revealed(hidden, organization: organization)
  }

  private func project(
    _ input: Plan, _ expressions: [Expression], _ row: [Secrecy]
  ) throws(QueryError) -> (Plan, [Secrecy]) {
    var values: [Expression] = []
    var secrecies: [Secrecy] = []
    var places: [Int: Int] = [:]
    for (index, expression) in expressions.enumerated() {
      let (value, secrecy) = try output(expression, row)
      values.append(value)
      secrecies.append(secrecy)
      if case .column(let column, _) = value { places[column] = places[column] ?? index }
    }
    return (
      .project(input, values), secrecies.map { $0.movingOrganization { places[$0] } }
    )
  }

  /// The rows of several inputs: whose organisation a row is of, only its own input says.
  private mutating func append(_ inputs: [Plan]) throws(QueryError) -> (Plan, [Secrecy]) {
    var plans: [Plan] = []
    var sources: [Set<HiddenColumn>] = []
    for input in inputs {
      let (plan, row) = try walk(input)
      plans.append(try masked(plan, row))
      if sources.isEmpty { sources = row.map { _ in [] } }
      for index in row.indices { sources[index].formUnion(row[index].sources) }
    }
    return (.append(plans), sources.map { .of($0) })
  }

  private mutating func join(_ join: Join) throws(QueryError) -> (Plan, [Secrecy]) {
    var join = join
    let (left, leftRow) = try walk(join.left)
    let (right, rightRow) = try walk(join.right)
    join.left = left
    join.right = right
    let width = leftRow.count
    let both = leftRow + rightRow.map { $0.movingOrganization { $0 + width } }
    for index in join.keys.indices {
      join.keys[index].left = try deciding(join.keys[index].left, leftRow, .join)
      join.keys[index].right = try deciding(join.keys[index].right, rightRow, .join)
    }
    if let residual = join.residual { join.residual = try deciding(residual, both, .join) }
    return (.join(join), join.kind.keepsOnlyLeft ? leftRow : both)
  }
}
