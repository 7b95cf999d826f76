import ColumnStore

/// A query whose answers over parts of a table merge into that over the whole: groups, and aggregates
/// of which the state can be kept.
struct RollUpQuery {
  /// The table that it reads.
  var source: String
  /// Per column, what merges its values; `nil`: it is a group's key.
  var merges: [AggregateFunction?]
  /// Per column, the column of the table that it is as it stands.
  var sourceColumns: [Int?] = []
  /// All that it computes over the table's columns.
  var expressions: [Expression] = []

  /// Why a query is none.
  enum Objection: Error {
    case shape
    case column(String, hint: String)
    case source(String)

    var message: String {
      switch self {
      case .shape: "a materialized view groups the rows of one table, by GROUP BY"
      case .column(let name, _):
        "column '\(name)' of a materialized view cannot be merged from parts of the rows"
      case .source(let name):
        "table '\(name)' is not split by day, so that no part of it is ever dropped"
      }
    }

    var hint: String {
      switch self {
      case .shape:
        "SELECT keys and aggregates FROM table WHERE ... GROUP BY keys; all else goes to who reads it"
      case .column(_, let hint): hint
      case .source: "a plain view does: CREATE VIEW"
      }
    }
  }

  init(_ plan: Plan, columnNames: [String]) throws(Objection) {
    guard case .project(.aggregate(let aggregation), let outputs) = plan,
      !aggregation.keys.isEmpty
    else { throw .shape }
    source = ""
    merges = []
    for (output, name) in zip(outputs, columnNames) {
      guard case .column(let index, _) = output else {
        throw .column(name, hint: "a column is a key of GROUP BY, or an aggregate by itself")
      }
      guard index >= aggregation.keys.count else {
        merges.append(nil)
        if case .column(let column, _) = aggregation.keys[index] {
          sourceColumns.append(column)
        } else {
          sourceColumns.append(nil)
        }
        continue
      }
      sourceColumns.append(nil)
      let aggregate = aggregation.aggregates[index - aggregation.keys.count]
      merges.append(try Self.merge(aggregate, name))
    }
    expressions = aggregation.keys
    for aggregate in aggregation.aggregates {
      expressions += aggregate.arguments + (aggregate.filter.map { [$0] } ?? [])
    }
    try readSource(aggregation.input)
  }

  private mutating func readSource(_ plan: Plan) throws(Objection) {
    switch plan {
    case .scan(let scan):
      source = scan.schema.name
      expressions += scan.filters
    case .filter(let input, let conjuncts):
      expressions += conjuncts
      try readSource(input)
    default: throw .shape
    }
  }

  private static func merge(
    _ aggregate: Aggregate, _ name: String
  ) throws(Objection) -> AggregateFunction {
    switch aggregate.function {
    case .minimum, .maximum, .booleanAnd, .booleanOr: return aggregate.function
    case .countRows: return .sum
    case .sum where aggregate.type != .interval && !aggregate.isDistinct: return .sum
    case .count where !aggregate.isDistinct: return .sum
    case .hyperLogLogState, .hyperLogLogMerge: return .hyperLogLogMerge
    case .digestState, .digestMerge: return .digestMerge
    case .count, .approximateCountDistinct:
      throw .column(name, hint: "keep the state of the distinct count: hll(x)")
    case .approximateQuantile, .percentileContinuous, .percentileDiscrete:
      throw .column(name, hint: "keep the state of the quantiles: tdigest(x)")
    case .average: throw .column(name, hint: "keep sum(x) and count(x)")
    default:
      throw .column(
        name, hint: "count, sum, min, max, bool_and, bool_or, hll and tdigest can be merged")
    }
  }
}
