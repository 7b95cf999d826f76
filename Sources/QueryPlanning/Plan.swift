public import ColumnStore

/// A typed plan: each operator's input row is the output row of the one below it.
public indirect enum Plan: Sendable {
  case scan(TableScan)
  /// Literal rows; `[[]]` is the one row of a SELECT without FROM.
  case values(rows: [[Expression]], types: [DataType])
  /// Keeps rows for which all conjuncts are true.
  case filter(Plan, [Expression])
  case project(Plan, [Expression])
  /// Output row: keys, then aggregates. No keys: exactly one row.
  case aggregate(Aggregation)
  case join(Join)
  case window(Window)
  /// Stable: equal rows keep their order. `limit` bounds how many rows are needed from the front.
  case sort(Plan, by: [SortKey], limit: Int?)
  case limit(Plan, count: Int?, offset: Int)

  public var types: [DataType] {
    switch self {
    case .scan(let scan): scan.columns.map { scan.schema.columns[$0].type }
    case .values(_, let types): types
    case .filter(let input, _), .sort(let input, _, _), .limit(let input, _, _): input.types
    case .project(_, let expressions): expressions.map(\.type)
    case .aggregate(let aggregation):
      aggregation.keys.map(\.type) + aggregation.aggregates.map(\.type)
    case .join(let join): join.left.types + join.right.types
    case .window(let window): window.input.types + window.functions.map(\.type)
    }
  }
}

/// Rows of one table that pass the filters, with only the columns that are needed.
public struct TableScan: Sendable {
  public var schema: TableSchema
  /// Positions in the schema, in the order of the output row.
  public var columns: [Int]
  /// Conjuncts, over positions in the schema (not in `columns`): a column that is only filtered on
  /// need not be in `columns`.
  public var filters: [Expression]

  public init(schema: TableSchema, columns: [Int], filters: [Expression]) {
    self.schema = schema
    self.columns = columns
    self.filters = filters
  }
}

public struct Aggregation: Sendable {
  public var input: Plan
  public var keys: [Expression]
  public var aggregates: [Aggregate]

  public init(input: Plan, keys: [Expression], aggregates: [Aggregate]) {
    self.input = input
    self.keys = keys
    self.aggregates = aggregates
  }
}

/// Output row: left columns, then right columns.
public struct Join: Sendable {
  public enum Kind: String, Sendable {
    case inner, left
  }

  public var kind: Kind
  public var left: Plan
  public var right: Plan
  /// Pairs that must be equal, over the left and the right input row; a null equals nothing. Empty:
  /// cross product.
  public var keys: [(left: Expression, right: Expression)]
  /// Over the output row; decides about a match, also of a left join.
  public var residual: Expression?

  public init(
    kind: Kind, left: Plan, right: Plan, keys: [(left: Expression, right: Expression)],
    residual: Expression?
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.keys = keys
    self.residual = residual
  }
}

public struct SortKey: Sendable, Hashable {
  public var expression: Expression
  public var isDescending: Bool
  public var nullsFirst: Bool

  public init(expression: Expression, isDescending: Bool, nullsFirst: Bool) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

/// A plan with the names of its result columns.
public struct PlannedQuery: Sendable {
  public var plan: Plan
  public var columnNames: [String]

  public init(plan: Plan, columnNames: [String]) {
    self.plan = plan
    self.columnNames = columnNames
  }
}
