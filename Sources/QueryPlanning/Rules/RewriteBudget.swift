import QueryLanguage

/// How many nodes the rules may add to a plan by copying expressions: a condition that is put in the
/// place of the columns that it reads, or that takes effect in several places.
///
/// A condition over projections that stand on each other doubles with each of them, so a short text
/// could ask for more nodes than there is memory. What there is no budget for stays where it stands,
/// which is slower and means the same.
final class RewriteBudget {
  /// A condition may always grow to this size, beyond which it is rather decided above.
  static let mostNodesOfCondition = 500

  private var remaining = 500_000
  private let check: (@Sendable () throws(QueryError) -> Void)?
  private var untilCheck = 1_000
  /// Whether the statement has to stop. Rules then end as soon as they can, with any plan.
  private(set) var mustStop = false

  init(check: (@Sendable () throws(QueryError) -> Void)?) { self.check = check }

  /// Whether a copy of so many nodes may be made. Called before each.
  func take(_ nodeCount: Int) -> Bool {
    step(nodeCount + 1)
    guard !mustStop, nodeCount <= remaining else { return false }
    remaining -= nodeCount
    return true
  }

  /// Notes work that was done.
  func step(_ work: Int) {
    untilCheck -= work
    guard untilCheck < 0, let check, !mustStop else { return }
    untilCheck = 1_000
    do throws(QueryError) { try check() } catch { mustStop = true }
  }
}

extension Expression {
  /// How many nodes there are, counted until there are more than `limit`.
  func nodeCount(upTo limit: Int) -> Int {
    var count = 1
    for operand in operands {
      if count > limit { break }
      count += operand.nodeCount(upTo: limit - count)
    }
    return count
  }

  /// How many nodes the expression has once each column is replaced by one of `expressions`, counted
  /// until there are more than `limit`.
  package func nodeCount(over expressions: [Expression], upTo limit: Int) -> Int {
    if case .column(let index, _) = self { return expressions[index].nodeCount(upTo: limit) }
    var count = 1
    for operand in operands {
      if count > limit { break }
      count += operand.nodeCount(over: expressions, upTo: limit - count)
    }
    return count
  }

  /// As cheap to compute twice as once.
  var isLeaf: Bool {
    switch self {
    case .column, .literal: true
    default: false
    }
  }
}

extension Plan {
  /// More nodes than any text of the longest length writes.
  static let mostNodes = 1_000_000

  /// Fails when the rules have made too much of a short text.
  func requireBoundedSize() throws(QueryError) {
    var remaining = Self.mostNodes
    countDown(&remaining)
    guard remaining > 0 else {
      throw QueryError(
        .tooComplex, "the query is too complex",
        hint: "WITH queries that use each other many times multiply")
    }
  }

  private func countDown(_ remaining: inout Int) {
    guard remaining > 0 else { return }
    remaining -= 1
    _ = mapExpressions { expression in
      if remaining > 0 { remaining -= expression.nodeCount(upTo: remaining) }
      return expression
    }
    for input in inputs { input.countDown(&remaining) }
  }
}
