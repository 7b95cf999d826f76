import ColumnStore
import Engine
import Testing

@Suite struct `Exact quantiles` {
  /// By sorting, as PostgreSQL says it.
  private func quantile(_ values: [Double], _ fraction: Double) -> Double {
    let sorted = values.sorted()
    let position = fraction * Double(sorted.count - 1)
    let low = Int(position.rounded(.down))
    let high = Int(position.rounded(.up))
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }

  @Test(arguments: [
    "x::double precision", "(x % 7)::double precision", "-x::double precision", "1e300 / (x + 1)",
    "CASE WHEN x = 5 THEN -1e18 ELSE x % 3 END", "x::double precision * x - 1e8",
  ])
  func `are those of the sorted list, however values lie`(expression: String) throws {
    let engine = Engine(threads: 2)
    var session = Session()
    let from = "FROM (SELECT n * 7919 % 40009 AS x FROM generate_series(0, 39999) AS s(n)) AS t"
    let values = try engine.execute(
      "SELECT (\(expression))::double precision \(from)", in: &session
    )
    .rows.compactMap { row -> Double? in if case .double(let value) = row[0] { value } else { nil }
    }
    #expect(values.count == 40_000)
    let fractions = [0, 0.001, 0.25, 0.5, 0.95, 0.999, 1]
    let many = (0...40).map { Double($0) / 40 }
    for asked in [fractions, many] {
      let list = asked.map { "\($0)" }.joined(separator: ", ")
      let rows = try engine.execute(
        """
        SELECT percentile_cont(ARRAY[\(list)]) WITHIN GROUP (ORDER BY (\(expression))::double precision)
        \(from)
        """, in: &session
      ).rows
      #expect(rows == [[.array(asked.map { .double(quantile(values, $0)) })]])
    }
  }
}
