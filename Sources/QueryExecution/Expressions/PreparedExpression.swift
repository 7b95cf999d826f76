public import ColumnStore
public import QueryLanguage
public import QueryPlanning

/// An expression made ready for a query: whatever depends on literals only (patterns, units, zones,
/// lists) is done once, and each batch is evaluated by loops over its columns.
///
/// Semantics are PostgreSQL's. An error is raised only for a row that reaches the failing operation
/// with values that are not null. Text is compared by bytes (collation "C").
public struct PreparedExpression: Sendable {
  private let step: Step

  /// Throws for literals that can never work: a bad regular expression, an unknown unit or zone.
  public init(_ expression: Expression) throws(QueryError) {
    step = try ExpressionCompiler.step(expression)
  }

  public var type: DataType { step.type }

  /// False if no values can make `evaluate` throw.
  public var mayFail: Bool { step.mayFail }

  /// The columns that are read; others need not be there in the batch but have to hold their place.
  public var columns: Set<Int> { step.columns }

  /// The value, if it is the same for every row.
  public var constant: Value? {
    if case .constant(let value) = step.operation { value } else { nil }
  }

  /// As many rows as the batch.
  public func evaluate(_ batch: Batch) throws(QueryError) -> Vector {
    try step.evaluate(batch)
  }
}
