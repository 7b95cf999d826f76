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
  /// The rows of each input, one input after the other; all have the same types.
  case append([Plan])
  /// A plan that stands in several places and is computed once: `id` says which is which.
  case shared(id: Int, Plan)
  /// `generate_series`: one column, from the first value up or down to the last.
  case series(Series)
  /// Each input row once per value that its sources give.
  case expand(Expansion)

  public var types: [DataType] {
    switch self {
    case .scan(let scan): scan.columns.map { scan.schema.columns[$0].type }
    case .values(_, let types): types
    case .filter(let input, _), .sort(let input, _, _), .limit(let input, _, _): input.types
    case .project(_, let expressions): expressions.map(\.type)
    case .aggregate(let aggregation):
      aggregation.keys.map(\.type) + aggregation.aggregates.map(\.type)
    case .window(let window): window.input.types + window.functions.map(\.type)
    case .join(let join):
      join.kind.keepsOnlyLeft ? join.left.types : join.left.types + join.right.types
    case .append(let inputs): inputs.first?.types ?? []
    case .shared(_, let input): input.types
    case .series(let series): [series.type]
    case .expand(let expansion): expansion.types
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

/// Output row: left columns, then right columns; of semi and anti joins, left columns only.
public struct Join: Sendable {
  public enum Kind: String, Sendable {
    case inner
    /// Also left rows without a match, padded with nulls.
    case left
    /// Also rows of either side without a match, padded with nulls.
    case full
    /// Left rows with a match, each once.
    case semi
    /// Left rows without a match.
    case anti
    /// As `left`, but a left row with two matches is an error: a scalar sub-query.
    case single

    /// Whether the output row has no columns of the right side.
    public var keepsOnlyLeft: Bool { self == .semi || self == .anti }
  }

  public var kind: Kind
  public var left: Plan
  public var right: Plan
  /// Pairs that must be equal, over the left and the right input row; a null equals nothing. Empty:
  /// cross product.
  public var keys: [(left: Expression, right: Expression)]
  /// Over left columns, then right columns; decides about a match, whatever the kind.
  public var residual: Expression?
  /// Of a single join: where the sub-query stands in the text, for its error.
  public var location: Int?

  public init(
    kind: Kind, left: Plan, right: Plan, keys: [(left: Expression, right: Expression)],
    residual: Expression?, location: Int? = nil
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.keys = keys
    self.residual = residual
    self.location = location
  }
}

/// Values at equal distances; constants that read no column. Any null: no values.
public struct Series: Sendable {
  public var start: Expression
  /// The last value is not past it.
  public var stop: Expression
  /// Of the same type as the ends, or an interval for timestamps. Zero is an error.
  public var step: Expression
  /// Of timestamps with time zone: the zone in which days and months are added.
  public var zone: Expression?
  public var location: Int

  public var type: DataType { start.type }

  public init(
    start: Expression, stop: Expression, step: Expression, zone: Expression?, location: Int
  ) {
    self.start = start
    self.stop = stop
    self.step = step
    self.zone = zone
    self.location = location
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
  /// Positions of columns that show masks in the place of values.
  public var redactedColumns: Set<Int> = []
  /// Hidden columns that the plan reads as they are, since a reveal opens them; ascending.
  public var openedColumns: [LabelledColumn] = []
  /// The tables whose rows, with the session and the parameters, are all that the answer follows from;
  /// `nil`: it follows from the clock or from something else as well.
  public internal(set) var sources: Set<String>?
  /// Labels of the columns that output columns are nothing but.
  var labels: [Int: ColumnLabel] = [:]

  public init(plan: Plan, columnNames: [String]) {
    self.plan = plan
    self.columnNames = columnNames
  }
}
