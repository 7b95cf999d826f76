import ColumnStore
import QueryLanguage

/// Computes a function over all rows of its arguments, of which there is at least one.
typealias Kernel = @Sendable (_ arguments: [Vector], _ count: Int) throws(QueryError) -> Vector

/// One node of a prepared expression.
struct Step: Sendable {
  struct Branch: Sendable {
    var condition: Step
    var result: Step
  }

  indirect enum Operation: Sendable {
    case column(Int)
    case constant(Value)
    case apply(Kernel, [Step])
    case and([Step])
    case or([Step])
    case caseWhen([Branch], otherwise: Step)
    case coalesce([Step])
  }

  var type: DataType
  var mayFail: Bool
  var columns: Set<Int>
  var operation: Operation

  /// `canFail`: the operation itself, apart from what it is applied to.
  init(type: DataType, operation: Operation, over steps: [Step] = [], canFail: Bool = false) {
    self.type = type
    self.operation = operation
    mayFail = canFail || steps.contains { $0.mayFail }
    columns = steps.reduce(into: []) { $0.formUnion($1.columns) }
    if case .column(let index) = operation { columns.insert(index) }
  }

  func evaluate(_ batch: Batch) throws(QueryError) -> Vector {
    try QueryScope.check()
    let count = batch.rowCount
    if count == 0 { return Vector(constant: .null, type: type, count: 0) }
    switch operation {
    case .column(let index):
      precondition(index < batch.columns.count, "the batch has no such column")
      return batch.columns[index]
    case .constant(let value):
      return Vector(constant: value, type: type, count: count)
    case .apply(let kernel, let steps):
      return try apply(kernel, steps, batch)
    case .and(let steps):
      return try Conditional.all(steps, batch, deciding: 0)
    case .or(let steps):
      return try Conditional.all(steps, batch, deciding: 1)
    case .caseWhen(let branches, let otherwise):
      return try Conditional.caseWhen(branches, otherwise: otherwise, type, batch)
    case .coalesce(let steps):
      return try Conditional.coalesce(steps, type, batch)
    }
  }

  /// More vectors than that count as memory of the query.
  private static let mostUncountedArguments = 8

  private func apply(
    _ kernel: Kernel, _ steps: [Step], _ batch: Batch
  ) throws(QueryError) -> Vector {
    var arguments: [Vector] = []
    arguments.reserveCapacity(steps.count)
    for (index, step) in steps.enumerated() {
      if index >= Self.mostUncountedArguments {
        try QueryScope.reserve(batch.rowCount * 8, for: "the arguments of a function")
      }
      arguments.append(try step.evaluate(batch))
    }
    // What is the same for all rows is computed for one.
    if arguments.allSatisfy(\.isConstant) {
      for index in arguments.indices { arguments[index].count = 1 }
      let result = try kernel(arguments, 1)
      try QueryScope.check()
      return Vector(constant: result.value(at: 0), type: type, count: batch.rowCount)
    }
    if steps.count > Self.mostUncountedArguments {
      try QueryScope.reserve(batch.rowCount * steps.count * 16, for: "the arguments of a function")
    }
    var result = try kernel(arguments, batch.rowCount)
    // A kernel that was told to stop gives anything.
    try QueryScope.check()
    result.type = type
    return result
  }

  /// The rows at the ascending positions only.
  func evaluate(_ batch: Batch, rows: [UInt32]) throws(QueryError) -> Vector {
    if rows.count == batch.rowCount { return try evaluate(batch) }
    let placeholder = Vector(constant: .null, type: .null, count: rows.count)
    let gathered = batch.columns.indices.map { index in
      columns.contains(index) ? batch.columns[index].gather(rows: rows) : placeholder
    }
    return try evaluate(Batch(rowCount: rows.count, columns: gathered))
  }
}

/// The rows that a kernel works on.
struct KernelRows {
  var count: Int
  /// 1 where no argument is null; `nil` when that holds for all rows. Never 0 throughout.
  var validity: [UInt8]?

  @inline(__always)
  func isValid(_ row: Int) -> Bool {
    guard let validity else { return true }
    return validity[row] != 0
  }
}

typealias StrictBody =
  @Sendable (_ arguments: [Vector], _ rows: KernelRows) throws(QueryError) -> Vector

enum Kernels {
  /// A function that gives null where an argument is null; the body sees no null constant.
  static func strict(_ body: @escaping StrictBody) -> Kernel {
    { (arguments, count) throws(QueryError) in
      let null = Vector(constant: .null, type: .null, count: count)
      var validity: [UInt8]?
      for argument in arguments {
        if argument.isNullConstant { return null }
        validity = Validity.intersection(validity, argument.validity)
      }
      if let known = validity {
        if !Validity.anyValid(known) { return null }
        validity = Validity.compacted(known)
      }
      var result = try body(arguments, KernelRows(count: count, validity: validity))
      guard let validity, !result.isNullConstant else { return result }
      result = result.expanded()
      result.validity = Validity.intersection(result.validity, validity)
      return result
    }
  }

  /// A strict function that is computed once per distinct string when its only argument that
  /// varies is text.
  static func perEntry(_ body: @escaping StrictBody) -> Kernel {
    strict { (arguments, rows) throws(QueryError) in
      let varying = arguments.indices.filter { !arguments[$0].isConstant }
      guard rows.count > 1, varying.count == 1,
        case .text(let codes, let source) = arguments[varying[0]].storage
      else { return try body(arguments, rows) }
      let distinct = DistinctCodes(codes, validity: rows.validity, entryCount: source.entryCount)
      if distinct.codes.count == rows.count { return try body(arguments, rows) }
      var reduced = arguments
      for index in reduced.indices { reduced[index].count = distinct.codes.count }
      reduced[varying[0]].storage = .text(codes: distinct.codes, source)
      reduced[varying[0]].validity = nil
      let result = try body(reduced, KernelRows(count: distinct.codes.count, validity: nil))
      return result.gather(rows: distinct.slots)
    }
  }
}
