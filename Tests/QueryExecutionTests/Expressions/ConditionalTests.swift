import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct ConditionalTests {
  private let truth: [Value] = [.boolean(true), .boolean(false), .null]

  /// 1 / x = 1: fails where x is zero.
  private let fragile = Expression.compare(
    .equal, call(.divide, integer(1), column(0, .integer), as: .integer), integer(1))

  @Test func `and, or and not follow three-valued logic`() throws {
    let left = truth.flatMap { value in truth.map { _ in value } }
    let right = truth + truth + truth
    let operands = [column(0, .boolean), column(1, .boolean)]
    let yes = Value.boolean(true)
    let no = Value.boolean(false)
    #expect(
      try evaluate(.and(operands), left, right)
        == [yes, no, .null, no, no, no, .null, no, .null])
    #expect(
      try evaluate(.or(operands), left, right)
        == [yes, yes, yes, yes, no, .null, yes, .null, .null])
    #expect(try evaluate(.not(operands[0]), truth) == [no, yes, .null])
    for value in truth {
      let constant = literal(value)
      let typed: Expression = value.isNull ? null(.boolean) : constant
      let columns = [Value](repeating: value, count: 3)
      #expect(
        try evaluate(.and([operands[0], typed]), truth)
          == evaluate(.and(operands), truth, columns, types: [.boolean, .boolean]))
      #expect(
        try evaluate(.or([typed, operands[0]]), truth)
          == evaluate(.or(operands), columns, truth, types: [.boolean, .boolean]))
    }
  }

  @Test func `later operands are not evaluated for rows that are decided`() throws {
    let isNotZero = Expression.compare(.notEqual, column(0, .integer), integer(0))
    let rows: [Value] = [.integer(0), .integer(1), .integer(2), .null]
    #expect(
      try evaluate(.and([isNotZero, fragile]), rows)
        == [.boolean(false), .boolean(true), .boolean(false), .null])
    let isZero = Expression.compare(.equal, column(0, .integer), integer(0))
    #expect(
      try evaluate(.or([isZero, fragile]), rows)
        == [.boolean(true), .boolean(true), .boolean(false), .null])
    #expect(failure(.and([fragile, isNotZero]), rows)?.code == .divisionByZero)
  }

  @Test func `case takes the first branch that is true and evaluates no other`() throws {
    let expression = Expression.caseWhen(
      [
        CaseBranch(
          condition: .compare(.equal, column(0, .integer), integer(0)), result: integer(-1)),
        CaseBranch(condition: fragile, result: integer(1)),
      ],
      otherwise: call(.divide, integer(100), column(0, .integer), as: .integer))
    #expect(
      try evaluate(expression, [.integer(0), .integer(1), .integer(5), .null])
        == [.integer(-1), .integer(1), .integer(20), .null])
  }

  @Test func `case of texts joins columns and literals`() throws {
    let expression = Expression.caseWhen(
      [
        CaseBranch(
          condition: .compare(.less, column(0, .integer), integer(2)), result: column(1, .text)),
        CaseBranch(
          condition: .compare(.equal, column(0, .integer), integer(2)), result: text("two")),
      ], otherwise: null(.text))
    #expect(
      try evaluate(
        expression, [.integer(0), .integer(1), .integer(2), .integer(3), .null],
        [.text("a"), .null, .text("c"), .text("d"), .text("e")])
        == [.text("a"), .null, .text("two"), .null, .null])
  }

  @Test func `coalesce takes the first that is not null and evaluates no later one`() throws {
    let expression = Expression.coalesce([
      column(0, .integer), column(1, .integer),
      call(.divide, integer(6), column(2, .integer), as: .integer),
    ])
    #expect(
      try evaluate(
        expression, [.integer(1), .null, .null, .null], [.null, .integer(2), .null, .null],
        [.integer(0), .integer(0), .integer(3), .null])
        == [.integer(1), .integer(2), .integer(2), .null])
    let texts = Expression.coalesce([column(0, .text), text("none")])
    #expect(try evaluate(texts, [.text("a"), .null]) == [.text("a"), .text("none")])
  }

  @Test func `an error of constants is raised only where a row reaches it`() throws {
    let never = call(.divide, integer(1), integer(0), as: .integer)
    let guarded = Expression.caseWhen(
      [CaseBranch(condition: .isNull(column(0, .integer)), result: never)],
      otherwise: column(0, .integer))
    #expect(try evaluate(guarded, [.integer(1)]) == [.integer(1)])
    #expect(failure(guarded, [.integer(1), .null])?.code == .divisionByZero)
    #expect(try evaluate(never, [Vector(values: [], type: .integer)]) == [])
  }

  @Test func `what is constant is folded`() throws {
    let sum = try PreparedExpression(call(.add, integer(1), integer(2), as: .integer))
    #expect(sum.constant == .integer(3))
    #expect(!sum.mayFail)
    let open = try PreparedExpression(call(.add, integer(1), column(3, .integer), as: .integer))
    #expect(open.constant == nil)
    #expect(open.mayFail)
    #expect(open.columns == [3])
  }

  @Test func `null tests and distinctness are never null`() throws {
    #expect(
      try evaluate(.isNull(column(0, .boolean)), truth)
        == [.boolean(false), .boolean(false), .boolean(true)])
    let left: [Value] = [.integer(1), .integer(1), .null, .null]
    let right: [Value] = [.integer(1), .integer(2), .integer(1), .null]
    let expected: [Value] = [.boolean(false), .boolean(true), .boolean(true), .boolean(false)]
    #expect(
      try evaluate(.isDistinct(column(0, .integer), column(1, .integer)), left, right) == expected)
    #expect(
      try evaluate(.isDistinct(column(0, .integer), null(.integer)), left)
        == [.boolean(true), .boolean(true), .boolean(false), .boolean(false)])
    #expect(
      try evaluate(.isDistinct(text("x"), column(0, .text)), [.text("x"), .null, .text("y")])
        == [.boolean(false), .boolean(true), .boolean(true)])
  }
}
