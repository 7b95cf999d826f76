public import Engine
import QueryPlanning

/// What the statements of a question have read and estimated.
public struct EvaluationTrace: Sendable {
  public private(set) var statementCount = 0
  /// Methods and errors, as receipts of queries state them; once each.
  public private(set) var approximations: [QueryReceipt.ApproximateColumn] = []
  /// Columns of answers in which values were hidden.
  public private(set) var redacted: [String] = []

  mutating func note(_ result: QueryResult) {
    statementCount += 1
    guard let receipt = result.receipt else { return }
    add(receipt.approximateColumns, receipt.redactedColumns)
  }

  mutating func add(_ other: EvaluationTrace) {
    statementCount += other.statementCount
    add(other.approximations, other.redacted)
  }

  private mutating func add(
    _ approximate: [QueryReceipt.ApproximateColumn], _ hidden: [String]
  ) {
    for column in approximate where !approximations.contains(column) {
      approximations.append(column)
    }
    for column in hidden where !redacted.contains(column) { redacted.append(column) }
  }
}
