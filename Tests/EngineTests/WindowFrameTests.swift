import ColumnStore
import Engine
import EngineTesting
import Testing

/// Frames so wide that not every state of their front is kept.
@Suite struct `Wide window frames` {
  private static let rowCount = 22_500
  private static let values = (0..<rowCount).map { Int64($0 * 7_919 % 10_007) }

  /// The results of an expression, in the order of the ids, over `id` and `v` as in `values`.
  private func results(_ expression: String) throws -> [Value] {
    let numbers = (0..<150).map { "(\($0))" }.joined(separator: ", ")
    let sql = """
      WITH s (i) AS (VALUES \(numbers)),
        t AS (SELECT a.i * 150 + b.i AS id, (a.i * 150 + b.i) * 7919 % 10007 AS v FROM s a, s b)
      SELECT id, \(expression) AS result FROM t ORDER BY id
      """
    let database = try RandomDatabase(seed: 1, hasBigTable: false)
    let answer = Answer(sql, engine: Engine(store: database.store, threads: 2))
    guard case .rows(let rows) = answer else {
      Issue.record("\(answer)")
      return []
    }
    return rows.map { $0[1] }
  }

  @Test(arguments: [1, 4_097, 9_999])
  func `see exactly the rows before`(width: Int) throws {
    let minima = try results("min(v) OVER (ORDER BY id ROWS \(width) PRECEDING)")
    let firsts = try results("any_value(v) OVER (ORDER BY id ROWS \(width) PRECEDING)")
    #expect(minima.count == Self.rowCount)
    // The rows whose value is smaller than every later one of the frame.
    var candidates: [Int] = []
    var head = 0
    for row in 0..<min(minima.count, firsts.count) {
      while candidates.count > head, let last = candidates.last,
        Self.values[last] >= Self.values[row]
      {
        candidates.removeLast()
      }
      candidates.append(row)
      while candidates[head] < row - width { head += 1 }
      guard minima[row] == .integer(Self.values[candidates[head]]),
        firsts[row] == .integer(Self.values[max(0, row - width)])
      else {
        Issue.record("row \(row): \(minima[row]), \(firsts[row])")
        return
      }
    }
  }

  @Test func `see exactly the rows after`() throws {
    let maxima = try results(
      "max(v) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)")
    var greatest = Int64.min
    for (row, value) in Self.values.enumerated().reversed() {
      greatest = max(greatest, value)
      guard row < maxima.count, maxima[row] == .integer(greatest) else {
        Issue.record("row \(row)")
        return
      }
    }
  }
}
