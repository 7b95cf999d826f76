import ColumnStore

/// Comparisons and connectives in one form.
extension ConstantFolding {
  func foldComparison(_ comparison: Comparison, _ left: Expression, _ right: Expression)
    -> Expression
  {
    let (a, b) = (left.literalValue, right.literalValue)
    if a?.isNull == true || b?.isNull == true { return .literal(.null, .boolean) }
    if let a, let b {
      if let order = order(a, b) {
        return .literal(.boolean(comparison.holds(order)), .boolean)
      }
      return evaluated(.compare(comparison, left, right))
    }
    if a != nil { return foldComparison(comparison.flipped, right, left) }
    return bareColumn(comparison, left, right) ?? .compare(comparison, left, right)
  }

  func foldNegation(_ operand: Expression) -> Expression {
    switch operand {
    case .literal(.boolean(let value), _): .literal(.boolean(!value), .boolean)
    case .literal(.null, _): operand
    case .not(let inner): inner
    case .compare(let comparison, let left, let right):
      .compare(comparison.negated, left, right)
    case .and(let operands): foldConnective(operands.map(foldNegation), isAnd: false)
    case .or(let operands): foldConnective(operands.map(foldNegation), isAnd: true)
    default: .not(operand)
    }
  }

  /// AND and OR are each other's mirror: `neutral` changes nothing, its opposite decides.
  func foldConnective(_ operands: [Expression], isAnd: Bool) -> Expression {
    var kept: [Expression] = []
    var hasNull = false
    for operand in operands {
      switch operand {
      case .literal(.boolean(let value), _):
        if value != isAnd { return operand }
      case .literal(.null, _): hasNull = true
      case .and(let inner) where isAnd: kept += inner
      case .or(let inner) where !isAnd: kept += inner
      default: kept.append(operand)
      }
    }
    if !isAnd { kept = mergedEqualities(kept) }
    if hasNull { kept.append(.literal(.null, .boolean)) }
    if kept.count == 1 { return kept[0] }
    if kept.isEmpty { return .literal(.boolean(isAnd), .boolean) }
    return isAnd ? .and(kept) : .or(kept)
  }

  /// `x = 1 OR x = 2` is `x IN (1, 2)`.
  private func mergedEqualities(_ operands: [Expression]) -> [Expression] {
    var merged: [Expression] = []
    var places: [Expression: Int] = [:]
    /// The values of each list by its place in `merged`; changed in place, since there may be many.
    var lists: [Int: Set<Value>] = [:]
    for operand in operands {
      let tested: Expression
      let values: Set<Value>
      switch operand {
      case .compare(.equal, let column, .literal(let value, _)):
        (tested, values) = (column, [value])
      case .inList(let column, let list): (tested, values) = (column, list)
      default:
        merged.append(operand)
        continue
      }
      if case .column = tested, let place = places[tested] {
        lists[place, default: []].formUnion(values)
        continue
      }
      places[tested] = merged.count
      lists[merged.count] = values
      merged.append(operand)
    }
    for (place, values) in lists {
      let tested: Expression
      switch merged[place] {
      case .compare(_, let column, _), .inList(let column, _): tested = column
      default: continue
      }
      if values.count == 1, let only = values.first {
        merged[place] = .compare(.equal, tested, .literal(only, tested.type))
      } else {
        merged[place] = .inList(tested, values)
      }
    }
    return merged
  }

  /// -1, 0 or 1 for values of one simple type. Text is ordered by its bytes; NaN is equal to itself
  /// and above every number.
  private func order(_ a: Value, _ b: Value) -> Int? {
    switch (a, b) {
    case (.integer(let a), .integer(let b)), (.timestamp(let a), .timestamp(let b)),
      (.timestampWithTimeZone(let a), .timestampWithTimeZone(let b)), (.date(let a), .date(let b)):
      return a == b ? 0 : a < b ? -1 : 1
    case (.double(let a), .double(let b)):
      if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : a.isNaN ? 1 : -1 }
      return a == b ? 0 : a < b ? -1 : 1
    case (.boolean(let a), .boolean(let b)): return a == b ? 0 : b ? -1 : 1
    case (.text(let a), .text(let b)):
      if a.utf8.elementsEqual(b.utf8) { return 0 }
      return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    default: return nil
    }
  }
}

extension Comparison {
  /// The comparison with its sides swapped.
  var flipped: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// True where this is false. Holds for NaN too, since SQL orders it above every number.
  var negated: Comparison {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }

  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
