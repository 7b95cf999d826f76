public import Engine
import QueryPlanning

/// What the statements of a question have read and estimated.
public struct EvaluationTrace: Sendable {
  public private(set) var statementCount = 0
  /// Methods and errors, as receipts of queries state them; once each.
  public private(set) var approximations: [QueryReceipt.ApproximateColumn] = []
  /// Columns of answers in which values were hidden.
  public private(set) var redacted: [String] = []

  /// `nil`: all that was asked for was there as events.
  public private(set) var rolledUp: RolledUpUse?

  mutating func noteRollUp(_ name: String, keptFrom: Int64) {
    var use = rolledUp ?? RolledUpUse(keptFrom: keptFrom)
    use.views.insert(name)
    rolledUp = use
  }

  mutating func noteMissing(_ name: String, _ reason: String, keptFrom: Int64) {
    var use = rolledUp ?? RolledUpUse(keptFrom: keptFrom)
    use.missing[name] = reason
    rolledUp = use
  }

  mutating func note(_ result: QueryResult) {
    statementCount += 1
    guard let receipt = result.receipt else { return }
    add(receipt.approximateColumns, receipt.redactedColumns)
  }

  mutating func add(_ other: EvaluationTrace) {
    statementCount += other.statementCount
    add(other.approximations, other.redacted)
    guard let use = other.rolledUp else { return }
    for view in use.views { noteRollUp(view, keptFrom: use.keptFrom) }
    for (name, reason) in use.missing { noteMissing(name, reason, keptFrom: use.keptFrom) }
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
