import ColumnStore
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct ArithmeticTests {
  @Test(
    arguments: [
      (ScalarFunction.add, 2, 3, 5), (.subtract, 2, 3, -1), (.multiply, -4, 3, -12),
      (.divide, -7, 2, -3), (.modulo, -7, 2, -1), (.bitAnd, 6, 3, 2), (.bitOr, 6, 3, 7),
      (.bitXor, 6, 3, 5), (.shiftLeft, 1, 10, 1024), (.shiftRight, -8, 1, -4),
      (.modulo, .min, -1, 0), (.add, .max, -1, .max - 1),
    ] as [(ScalarFunction, Int64, Int64, Int64)])
  func `integers are computed as PostgreSQL does`(
    function: ScalarFunction, left: Int64, right: Int64, expected: Int64
  ) throws {
    let expression = call(function, integer(left), integer(right), as: .integer)
    #expect(try value(expression) == .integer(expected))
    #expect(
      try valueOverColumns(function, [.integer(left), .integer(right)], as: .integer)
        == .integer(expected))
    let half = call(function, column(0, .integer), integer(right), as: .integer)
    #expect(try evaluate(half, [.integer(left), .null]) == [.integer(expected), .null])
    let other = call(function, integer(left), column(0, .integer), as: .integer)
    #expect(try evaluate(other, [.null, .integer(right)]) == [.null, .integer(expected)])
  }

  @Test(
    arguments: [
      (ScalarFunction.add, .max, 1), (.subtract, .min, 1), (.subtract, 0, .min),
      (.multiply, .max, 2), (.multiply, .min, -1), (.divide, .min, -1),
    ] as [(ScalarFunction, Int64, Int64)])
  func `an integer result out of range is an error with its place`(
    function: ScalarFunction, left: Int64, right: Int64
  ) throws {
    let expected = QueryError(.numericOutOfRange, "bigint out of range", at: 7..<7)
    let both = call(function, column(0, .integer), column(1, .integer), as: .integer)
    #expect(
      failure(both, [.integer(1), .integer(left)], [.integer(1), .integer(right)]) == expected)
    let half = call(function, column(0, .integer), integer(right), as: .integer)
    #expect(failure(half, [.integer(left), .integer(1)]) == expected)
    // A null row never fails.
    #expect(try evaluate(both, [.integer(left)], [.null], types: [.integer, .integer]) == [.null])
  }

  @Test func `division by zero is an error unless the row is null`() throws {
    for type in [DataType.integer, .double] {
      for function in [ScalarFunction.divide, .modulo] {
        let zero: Value = type == .integer ? .integer(0) : .double(0)
        let one: Value = type == .integer ? .integer(1) : .double(1)
        let expression = call(function, column(0, type), literal(zero), as: type)
        #expect(
          failure(expression, [.null, one])
            == QueryError(.divisionByZero, "division by zero", at: 7..<7))
        #expect(try evaluate(expression, [.null], types: [type]) == [.null])
        #expect(try evaluate(expression, [], types: [type]) == [])
      }
    }
  }

  @Test(
    arguments: [
      (ScalarFunction.add, 0.1, 0.2, 0.1 + 0.2), (.subtract, 1, .infinity, -.infinity),
      (.multiply, 2, -3, -6), (.divide, 1, 4, 0.25), (.modulo, 5.5, 2, 1.5),
      (.divide, 1, .infinity, 0), (.power, 2, 10, 1024),
    ] as [(ScalarFunction, Double, Double, Double)])
  func `doubles are computed`(
    function: ScalarFunction, left: Double, right: Double, expected: Double
  ) throws {
    let expression = call(function, double(left), double(right), as: .double)
    #expect(try value(expression) == .double(expected))
    #expect(
      try valueOverColumns(function, [.double(left), .double(right)], as: .double)
        == .double(expected))
  }

  @Test func `doubles that overflow are an error, infinities are not`() throws {
    let sum = call(.add, column(0, .double), column(1, .double), as: .double)
    let big = Value.double(.greatestFiniteMagnitude)
    #expect(
      failure(sum, [big], [big])
        == QueryError(.numericOutOfRange, "value out of range: overflow", at: 7..<7))
    #expect(try evaluate(sum, [.double(.infinity)], [big]) == [.double(.infinity)])
    let product = call(.multiply, column(0, .double), column(1, .double), as: .double)
    #expect(
      failure(product, [.double(1e-300)], [.double(1e-300)])?.message
        == "value out of range: underflow")
    #expect(try evaluate(product, [.double(0)], [.double(1e-300)]) == [.double(0)])
  }

  @Test(
    arguments: [
      (2.5, 0, 3), (-2.5, 0, -3), (1.005, 2, 1.01), (2.675, 2, 2.68), (-1.005, 2, -1.01),
      (1234.5, -2, 1200), (1250, -2, 1300), (0.1, 400, 0.1), (5, -400, 0), (1e300, 5, 1e300),
      (1.0049, 2, 1.0), (0.5, 0, 1), (0.499999, 0, 0),
    ] as [(Double, Int64, Double)])
  func `round goes half away from zero`(value: Double, digits: Int64, expected: Double) throws {
    #expect(
      try valueOverColumns(.round, [.double(value), .integer(digits)], as: .double)
        == .double(expected))
  }

  @Test func `truncate goes toward zero`() throws {
    #expect(try value(call(.truncate, double(-2.7), as: .double)) == .double(-2))
    #expect(try value(call(.truncate, double(2.789), integer(2), as: .double)) == .double(2.78))
    #expect(try value(call(.truncate, double(0.29), integer(2), as: .double)) == .double(0.29))
  }

  @Test(
    arguments: [
      (ScalarFunction.squareRoot, -1, "cannot take square root of a negative number"),
      (.naturalLogarithm, 0, "cannot take logarithm of zero"),
      (.logarithm10, -1, "cannot take logarithm of a negative number"),
      (.exponential, 1000, "value out of range: overflow"), (.arcSine, 2, "input is out of range"),
      (.sine, .infinity, "input is out of range"),
    ] as [(ScalarFunction, Double, String)])
  func `functions refuse what they have no value for`(
    function: ScalarFunction, argument: Double, message: String
  ) throws {
    let expression = call(function, column(0, .double), as: .double)
    #expect(failure(expression, [.null, .double(argument)])?.message == message)
    #expect(try evaluate(expression, [.null], types: [.double]) == [.null])
  }

  @Test func `one-argument functions of numbers`() throws {
    let cases: [(ScalarFunction, Double, Double)] = [
      (.ceiling, 1.2, 2), (.floor, -1.2, -2), (.squareRoot, 9, 3), (.cubeRoot, 27, 3),
      (.exponential, 0, 1), (.naturalLogarithm, 1, 0), (.logarithm10, 1000, 3),
      (.absolute, -2.5, 2.5), (.sign, -3, -1), (.negate, 2, -2), (.degrees, .pi, 180),
      (.radians, 180, .pi),
    ]
    for (function, argument, expected) in cases {
      let expression = call(function, column(0, .double), as: .double)
      let result = try evaluate(expression, [.double(argument), .null])
      guard case .double(let number) = result[0] else {
        Issue.record("\(function) gives no double")
        continue
      }
      #expect(abs(number - expected) < 1e-12, "\(function)")
      #expect(result[1] == .null)
    }
    let negate = call(.negate, column(0, .integer), as: .integer)
    #expect(
      try evaluate(negate, [.integer(5), .integer(.max)]) == [.integer(-5), .integer(-.max)])
    #expect(failure(negate, [.integer(.min)])?.code == .numericOutOfRange)
  }

  @Test func `greatest and least ignore nulls`() throws {
    let greatest = call(
      .greatest, column(0, .integer), column(1, .integer), integer(3), as: .integer)
    #expect(
      try evaluate(greatest, [.integer(1), .null, .integer(9)], [.integer(5), .null, .null])
        == [.integer(5), .integer(3), .integer(9)])
    let least = call(.least, column(0, .text), column(1, .text), as: .text)
    #expect(
      try evaluate(least, [.text("b"), .null, .null], [.text("a"), .text("c"), .null])
        == [.text("a"), .text("c"), .null])
    let nan = call(.greatest, double(.infinity), double(.nan), as: .double)
    guard case .double(let result) = try value(nan) else {
      Issue.record("no double")
      return
    }
    #expect(result.isNaN)
  }
}
