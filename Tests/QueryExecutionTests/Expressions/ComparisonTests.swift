import ColumnStore
import QueryPlanning
import Testing

@Suite struct ComparisonTests {
  private static let comparisons: [Comparison] = [
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]

  /// Ascending and unequal.
  private static let ascending: [[Value]] = [
    [.integer(.min), .integer(-1), .integer(0), .integer(.max)],
    [
      .double(-.infinity), .double(-1.5), .double(0), .double(2), .double(.infinity), .double(.nan),
    ],
    [.text(""), .text("A"), .text("a"), .text("ab"), .text("b"), .text("é"), .text("😀")],
    [.boolean(false), .boolean(true)],
    [.date(-1), .date(0)], [.timestamp(-5), .timestamp(7)],
    [
      .interval(Interval(days: 29)), .interval(Interval(months: 1)),
      .interval(Interval(days: 30, milliseconds: 1)),
    ],
    [.array([.integer(1)]), .array([.integer(1), .integer(0)]), .array([.integer(2)])],
  ]

  private func holds(_ comparison: Comparison, _ left: Int, _ right: Int) -> Value {
    switch comparison {
    case .equal: .boolean(left == right)
    case .notEqual: .boolean(left != right)
    case .less: .boolean(left < right)
    case .lessOrEqual: .boolean(left <= right)
    case .greater: .boolean(left > right)
    case .greaterOrEqual: .boolean(left >= right)
    }
  }

  @Test(arguments: ascending)
  func `values are ordered, as columns and as literals`(values: [Value]) throws {
    let type = values[0].typeForTests
    for comparison in Self.comparisons {
      for (index, value) in values.enumerated() {
        let expected = values.indices.map { holds(comparison, $0, index) } + [.null]
        let rows = values + [.null]
        let constant = Expression.compare(comparison, column(0, type), literal(value))
        #expect(try evaluate(constant, rows) == expected, "\(comparison) \(value)")
        let exchanged = Expression.compare(comparison, literal(value), column(0, type))
        let mirrored = values.indices.map { holds(comparison, index, $0) } + [.null]
        #expect(try evaluate(exchanged, rows) == mirrored, "\(value) \(comparison)")
        let both = Expression.compare(comparison, column(0, type), column(1, type))
        let repeated = [Value](repeating: value, count: rows.count)
        #expect(try evaluate(both, rows, repeated) == expected)
      }
    }
  }

  @Test func `zero equals minus zero and one month equals thirty days`() throws {
    #expect(
      try evaluate(.compare(.equal, column(0, .double), double(0)), [.double(-0.0)])
        == [.boolean(true)])
    let month = Expression.compare(
      .equal, literal(.interval(Interval(months: 1))), literal(.interval(Interval(days: 30))))
    #expect(try value(month) == .boolean(true))
  }

  @Test func `in a list`() throws {
    #expect(
      try evaluate(
        .inList(column(0, .integer), [.integer(0), .integer(.min), .integer(7)]),
        [.integer(7), .integer(8), .null, .integer(.min), .integer(0)])
        == [.boolean(true), .boolean(false), .null, .boolean(true), .boolean(true)])
    #expect(
      try evaluate(
        .inList(column(0, .text), [.text("a"), .text("")]),
        [.text("a"), .text("A"), .text(""), .null, .text("a")])
        == [.boolean(true), .boolean(false), .boolean(true), .null, .boolean(true)])
    #expect(
      try evaluate(
        .inList(column(0, .double), [.double(0), .double(.nan)]),
        [.double(-0.0), .double(.nan), .double(1)])
        == [.boolean(true), .boolean(true), .boolean(false)])
    #expect(
      try evaluate(
        .inList(column(0, .boolean), [.boolean(true)]), [.boolean(true), .boolean(false)])
        == [.boolean(true), .boolean(false)])
    #expect(
      try evaluate(
        .inList(column(0, .interval), [.interval(Interval(months: 1))]),
        [.interval(Interval(days: 30)), .null]) == [.boolean(true), .null])
    let many = Set((0..<1_000).map { Value.integer($0 * 3) })
    let rows = (0..<100).map { Value.integer($0) }
    #expect(
      try evaluate(.inList(column(0, .integer), many), rows)
        == (0..<100).map { .boolean($0 % 3 == 0) })
  }
}
