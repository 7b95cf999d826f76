import ColumnStore
import QueryLanguage
import QueryPlanning

/// An aggregation over facts joined with what they belong to, such as events with attributes of
/// their users, taken apart: first by key of the join over the facts alone, then by attribute.
///
/// The first part is known from an earlier query as long as the facts have not changed, however the
/// attributes do. Only what gives the same, to the last bit, in whatever order it is added up.
struct SplitAggregation {
  /// A key of the result: one of `factKeys`, or over the row of the other side.
  enum Key {
    case fact(Int)
    case other(Expression)
  }

  /// An aggregate of the result: one of `factAggregates`, or the number of keys of the join.
  enum Part {
    case fact(Int)
    case joinKeys
  }

  let scan: TableScan
  let other: Plan
  let isFactLeft: Bool
  /// Columns of either side that must be equal.
  private(set) var factColumn = 0
  private(set) var otherColumn = 0
  private(set) var factKeys: [Expression] = []
  private(set) var factAggregates: [Aggregate] = []
  private(set) var keys: [Key] = []
  private(set) var parts: [Part] = []

  /// `nil` where it cannot be taken apart. Expressions are over the row of the join.
  init?(
    _ join: Join, keys: [Expression], aggregates: [Aggregate], isFactLeft: Bool
  ) throws(QueryError) {
    guard case .scan(let scan) = isFactLeft ? join.left : join.right, join.residual == nil,
      join.keys.count == 1, join.kind == .inner,
      let left = join.keys[0].left.column, let right = join.keys[0].right.column,
      join.keys[0].left.type == .text, join.keys[0].right.type == .text
    else { return nil }
    self.scan = scan
    other = isFactLeft ? join.right : join.left
    self.isFactLeft = isFactLeft
    (factColumn, otherColumn) = isFactLeft ? (left, right) : (right, left)
    let width = join.left.types.count
    for key in keys {
      guard try add(key, leftWidth: width) else { return nil }
    }
    for aggregate in aggregates {
      guard try add(aggregate, leftWidth: width) else { return nil }
    }
  }

  private mutating func add(_ key: Expression, leftWidth: Int) throws(QueryError) -> Bool {
    // Evaluated for rows that may have no partner: they must not fail for those.
    guard try !CompiledExpression(key).mayFail else { return false }
    if let own = side(key, ofFacts: true, leftWidth), own.isDayOrLonger {
      keys.append(.fact(factKeys.count))
      factKeys.append(own)
      return true
    }
    guard let theirs = side(key, ofFacts: false, leftWidth) else { return false }
    keys.append(.other(theirs))
    return true
  }

  private mutating func add(_ aggregate: Aggregate, leftWidth: Int) throws(QueryError) -> Bool {
    if aggregate.function == .count, aggregate.isDistinct, aggregate.filter == nil,
      let argument = aggregate.arguments.first
    {
      let isKey =
        side(argument, ofFacts: true, leftWidth)?.column == factColumn
        || (side(argument, ofFacts: false, leftWidth)?.column).map { $0 == otherColumn } ?? false
      guard isKey else { return false }
      parts.append(.joinKeys)
      return true
    }
    guard aggregate.isFreeOfOrder else { return false }
    var own = aggregate
    own.arguments = []
    for argument in aggregate.arguments {
      guard let moved = side(argument, ofFacts: true, leftWidth),
        try !CompiledExpression(moved).mayFail
      else { return false }
      own.arguments.append(moved)
    }
    if let filter = aggregate.filter {
      guard let moved = side(filter, ofFacts: true, leftWidth),
        try !CompiledExpression(moved).mayFail
      else { return false }
      own.filter = moved
    }
    parts.append(.fact(factAggregates.count))
    factAggregates.append(own)
    return true
  }

  /// The expression over the row of one side alone; `nil` if it reads the other, or nothing.
  private func side(_ expression: Expression, ofFacts: Bool, _ leftWidth: Int) -> Expression? {
    let columns = expression.columns
    let isLeft = ofFacts == isFactLeft
    guard !columns.isEmpty, columns.allSatisfy({ ($0 < leftWidth) == isLeft }) else { return nil }
    return isLeft ? expression : expression.mapColumns { .column($0 - leftWidth, $1) }
  }
}

extension Expression {
  fileprivate var column: Int? {
    if case .column(let column, _) = self { column } else { nil }
  }

  /// Whether it is a day or a longer time, of which there are few beside the users.
  fileprivate var isDayOrLonger: Bool {
    switch self {
    case .cast(_, let type, _): type == .date
    case .call(let call) where call.function == .dateTruncate:
      switch call.arguments.first?.literalValue {
      case .text(let unit)?: ["day", "week", "month", "quarter", "year"].contains(unit)
      default: false
      }
    default: false
    }
  }
}

extension Aggregate {
  /// Whether states can be merged in any order without changing a bit of the result.
  var isFreeOfOrder: Bool {
    guard !isDistinct, orderBy.isEmpty else { return false }
    switch function {
    case .countRows, .count, .booleanAnd, .booleanOr: return true
    case .sum, .average: return arguments.first?.type == .integer
    case .minimum, .maximum: return arguments.first?.type.physical == .integer
    default: return false
    }
  }
}
