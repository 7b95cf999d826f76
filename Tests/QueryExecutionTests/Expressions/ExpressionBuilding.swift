import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

// Short ways to write expressions and vectors; the place of every call and cast is byte 7.

func literal(_ value: Value) -> Expression { .literal(value, value.typeForTests) }
func integer(_ value: Int64) -> Expression { literal(.integer(value)) }
func double(_ value: Double) -> Expression { literal(.double(value)) }
func text(_ value: String) -> Expression { literal(.text(value)) }
func column(_ index: Int, _ type: DataType) -> Expression { .column(index, type) }
func null(_ type: DataType) -> Expression { .literal(.null, type) }

func call(_ function: ScalarFunction, _ arguments: Expression..., as type: DataType) -> Expression {
  .call(FunctionCall(function: function, arguments: arguments, type: type, location: 7))
}

func cast(_ operand: Expression, to type: DataType) -> Expression {
  .cast(operand, to: type, location: 7)
}

extension Value {
  var typeForTests: DataType {
    switch self {
    case .null: .null
    case .boolean: .boolean
    case .integer: .integer
    case .double: .double
    case .text: .text
    case .timestamp: .timestamp
    case .timestampWithTimeZone: .timestampWithTimeZone
    case .date: .date
    case .interval: .interval
    case .json: .json
    case .hyperLogLog: .hyperLogLog
    case .digest: .digest
    case .array(let elements): .array(elements.first { !$0.isNull }?.typeForTests ?? .null)
    }
  }
}

/// The rows of the expression over columns of values, all as long as the first.
func evaluate(
  _ expression: Expression, _ columns: [Value]..., types: [DataType] = []
) throws -> [Value] {
  let vectors = columns.enumerated().map { index, values in
    let type = types.isEmpty ? values.first { !$0.isNull }?.typeForTests ?? .null : types[index]
    return Vector(values: values, type: type)
  }
  return try evaluate(expression, vectors)
}

func evaluate(_ expression: Expression, _ vectors: [Vector]) throws -> [Value] {
  let prepared = try PreparedExpression(expression)
  let batch = Batch(rowCount: vectors.first?.count ?? 1, columns: vectors)
  let result = try prepared.evaluate(batch)
  #expect(result.count == batch.rowCount)
  #expect(result.validity?.count ?? batch.rowCount == batch.rowCount)
  return (0..<result.count).map { result.value(at: $0) }
}

/// The value of an expression of literals.
func value(_ expression: Expression) throws -> Value {
  try evaluate(expression, [])[0]
}

/// The same call with its literals as columns instead: constants and vectors must agree.
func valueOverColumns(_ function: ScalarFunction, _ arguments: [Value], as type: DataType) throws
  -> Value
{
  let vectors = arguments.map { Vector(values: [$0, .null, $0], type: $0.typeForTests) }
  let columns = arguments.indices.map { Expression.column($0, arguments[$0].typeForTests) }
  let expression = Expression.call(
    FunctionCall(function: function, arguments: columns, type: type, location: 7))
  let result = try evaluate(expression, vectors)
  #expect(result[0] == result[2])
  return result[0]
}

/// The error that the expression over the columns gives.
func failure(_ expression: Expression, _ columns: [Value]...) -> QueryError? {
  do {
    let vectors = columns.map { values in
      Vector(values: values, type: values.first { !$0.isNull }?.typeForTests ?? .null)
    }
    _ = try evaluate(expression, vectors)
    return nil
  } catch {
    return error as? QueryError
  }
}
