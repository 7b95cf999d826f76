import QueryLanguage

/// Constructs that read an operand in several places: `x BETWEEN a AND b` is `x >= a AND x <= b`. Inside of
/// each other they would double with each level.
extension Environment {
  private static let mostRepeatedNodes = 1_000

  /// Fails for an operand that is too large to stand in so many places.
  func requireRepeatable(_ operand: BoundExpression, count: Int = 2) throws(QueryError) {
    guard !operand.expression.isLeaf, count > 1 else { return }
    let limit = Self.mostRepeatedNodes
    let size = operand.expression.nodeCount(upTo: limit)
    guard size <= limit, size * count <= 100 * limit else {
      throw error(
        .tooComplex, "the expression is too complex", at: operand.location,
        hint: "compute what is compared several times in a sub-query in FROM")
    }
  }
}
