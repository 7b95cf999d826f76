import ColumnStore

/// Random expressions over the columns in sight, as SQL that PostgreSQL, DuckDB and Daybook read
/// alike. None can fail: products are small and divisors are never zero.
struct RandomExpressions {
  struct Column {
    /// As it is written, with its table.
    var name: String
    var type: DataType
    var isTame: Bool
  }

  var columns: [Column]
  /// What only the reference knows in PostgreSQL's way.
  var isPortable: Bool

  static let types: [DataType] = [
    .integer, .double, .boolean, .text, .date, .timestamp, .timestampWithTimeZone,
  ]

  /// A whole number and a bound of its magnitude.
  private typealias Bounded = (sql: String, bound: Double)

  func expression(_ type: DataType, depth: Int, _ random: inout SplitMix64) -> String {
    switch type {
    case .integer: integer(depth, &random).sql
    case .double: double(depth, &random)
    case .boolean: condition(depth, &random)
    case .text: text(depth, &random)
    case .date: date(depth, &random)
    case .timestamp: timestamp(depth, &random)
    default: column(type, &random) ?? literal(type, &random)
    }
  }

  func column(
    _ type: DataType, onlyTame: Bool = false, _ random: inout SplitMix64
  ) -> String? {
    let fitting = columns.filter { $0.type == type && ($0.isTame || !onlyTame) }
    return fitting.isEmpty ? nil : random.pick(fitting).name
  }

  func literal(_ type: DataType, _ random: inout SplitMix64) -> String {
    if random.chance(0.05) { return "CAST(NULL AS \(type.sqlName))" }
    switch type {
    case .integer: return String(random.below(21) - 5)
    case .double: return random.pick(["0.5", "2.25", "-1.75", "100.0", "0.0"])
    case .boolean: return random.pick(["true", "false"])
    case .text:
      let text = random.pick(RandomColumn.texts + RandomColumn.keys)
      return "'"
        + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    case .date: return "DATE '2024-01-\(10 + random.below(20))'"
    case .timestamp:
      return "TIMESTAMP '2024-01-\(10 + random.below(20)) \(10 + random.below(10)):30:00'"
    default:
      return "TIMESTAMPTZ '2024-01-\(10 + random.below(20)) \(10 + random.below(10)):00:00+00'"
    }
  }

  // MARK: - Numbers

  private func integer(_ depth: Int, _ random: inout SplitMix64) -> Bounded {
    guard depth > 0, random.chance(0.75) else {
      if random.chance(0.75), let column = column(.integer, onlyTame: true, &random) {
        return (column, 100_000)
      }
      return (literal(.integer, &random), 20)
    }
    switch random.below(12) {
    case 0, 1, 2:
      let (a, b) = (integer(depth - 1, &random), integer(depth - 1, &random))
      if a.bound * b.bound < 1e12, random.chance(0.4) {
        return ("(\(a.sql) * \(b.sql))", a.bound * b.bound)
      }
      return ("(\(a.sql) \(random.pick(["+", "-"])) \(b.sql))", a.bound + b.bound)
    case 3:
      let (a, b) = (integer(depth - 1, &random), integer(depth - 1, &random))
      return ("(\(a.sql) \(random.pick(["/", "%"])) nullif(\(b.sql), 0))", max(a.bound, b.bound))
    case 4:
      let (a, b) = (integer(depth - 1, &random), integer(depth - 1, &random))
      return (
        "CASE WHEN \(b.sql) <> 0 THEN \(a.sql) / \(b.sql) ELSE 0 END", max(a.bound, b.bound)
      )
    case 5:
      let (a, b) = (integer(depth - 1, &random), integer(depth - 1, &random))
      return (
        "CASE WHEN \(condition(depth - 1, &random)) THEN \(a.sql) ELSE \(b.sql) END",
        max(a.bound, b.bound)
      )
    case 6:
      let (a, b) = (integer(depth - 1, &random), integer(depth - 1, &random))
      return (
        "\(random.pick(["coalesce", "greatest", "least"]))(\(a.sql), \(b.sql))",
        max(a.bound, b.bound)
      )
    case 7:
      let a = integer(depth - 1, &random)
      return (random.pick(["abs(\(a.sql))", "(- \(a.sql))"]), a.bound)
    case 8: return ("length(\(text(depth - 1, &random)))", 1_000)
    case 9: return ("CAST(\(condition(depth - 1, &random)) AS bigint)", 1)
    case 10: return ("(\(date(depth - 1, &random)) - \(date(depth - 1, &random)))", 1_000)
    default:
      let field = random.pick(["year", "month", "day", "dow", "doy", "hour", "minute"])
      return (
        "CAST(extract(\(field) FROM \(timestamp(depth - 1, &random))) AS bigint)", 3_000
      )
    }
  }

  private func double(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0, random.chance(0.7) else {
      if random.chance(0.8), let column = column(.double, onlyTame: true, &random) { return column }
      return literal(.double, &random)
    }
    let a = double(depth - 1, &random)
    switch random.below(8) {
    case 0, 1: return "(\(a) \(random.pick(["+", "-"])) \(double(depth - 1, &random)))"
    case 2: return "(\(a) * \(literal(.double, &random)))"
    case 3: return "(\(a) / nullif(\(double(depth - 1, &random)), 0.0))"
    case 4: return "(\(a) + \(integer(depth - 1, &random).sql))"
    case 5: return "\(random.pick(["floor", "ceil", "abs", "round"]))(\(a))"
    case 6: return "CAST(\(integer(depth - 1, &random).sql) AS double precision)"
    default:
      return
        "CASE WHEN \(condition(depth - 1, &random)) THEN \(a) ELSE \(double(depth - 1, &random)) END"
    }
  }

  /// A whole number whose computation may overflow or divide by zero.
  func risky(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0, random.chance(0.85) else {
      return column(.integer, &random) ?? literal(.integer, &random)
    }
    let a = risky(depth - 1, &random)
    switch random.below(6) {
    case 0, 1, 2:
      return "(\(a) \(random.pick(["+", "-", "*", "/", "%"])) \(risky(depth - 1, &random)))"
    case 3: return random.pick(["abs(\(a))", "(- \(a))"])
    case 4: return "coalesce(\(a), \(risky(depth - 1, &random)))"
    default:
      let b = risky(depth - 1, &random)
      return "CASE WHEN \(condition(1, &random)) THEN \(a) ELSE \(b) END"
    }
  }

  // MARK: - Conditions

  func condition(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0 else { return comparison(0, &random) }
    switch random.below(10) {
    case 0, 1:
      return "(\(condition(depth - 1, &random)) AND \(condition(depth - 1, &random)))"
    case 2: return "(\(condition(depth - 1, &random)) OR \(condition(depth - 1, &random)))"
    case 3: return "(NOT \(condition(depth - 1, &random)))"
    case 4:
      let type = random.pick(Self.types)
      let operand = expression(type, depth: depth - 1, &random)
      return "(\(operand) IS \(random.chance(0.5) ? "" : "NOT ")NULL)"
    case 5:
      let type = random.pick([DataType.integer, .text, .double, .date])
      let operand = expression(type, depth: depth - 1, &random)
      let list = (0...random.below(4)).map { _ in literal(type, &random) }
      return "(\(operand) \(random.chance(0.3) ? "NOT " : "")IN (\(list.joined(separator: ", "))))"
    case 6:
      let type = random.pick([DataType.integer, .double, .date, .timestamp, .text])
      return
        "(\(expression(type, depth: depth - 1, &random)) \(random.chance(0.3) ? "NOT " : "")BETWEEN \(literal(type, &random)) AND \(literal(type, &random)))"
    case 7:
      let pattern = random.pick(["k%", "%1", "%a%", "_", "__", "k_", "%", "a%b%", "", "%o%d%"])
      return
        "(\(text(depth - 1, &random)) \(random.pick(["LIKE", "NOT LIKE", "ILIKE"])) '\(pattern)')"
    case 8: return column(.boolean, &random) ?? comparison(depth - 1, &random)
    default: return comparison(depth - 1, &random)
    }
  }

  private func comparison(_ depth: Int, _ random: inout SplitMix64) -> String {
    let sign = random.pick(["=", "<>", "<", "<=", ">", ">="])
    // Mostly a column with a constant: what scans decide on encoded data.
    if random.chance(0.5), !columns.isEmpty {
      let column = random.pick(columns)
      if random.chance(0.1) {
        return
          "(\(column.name) IS \(random.pick(["", "NOT "]))DISTINCT FROM \(literal(column.type, &random)))"
      }
      let constant: String
      switch (column.type, column.isTame) {
      case (.integer, false):
        constant = String(random.pick(RandomColumn.integers.filter { $0 != .min }))
      case (.integer, true): constant = String(random.below(1_200) - 200)
      default: constant = literal(column.type, &random)
      }
      return random.chance(0.8)
        ? "(\(column.name) \(sign) \(constant))" : "(\(constant) \(sign) \(column.name))"
    }
    let type = random.pick(Self.types)
    return
      "(\(expression(type, depth: depth, &random)) \(sign) \(expression(type, depth: depth, &random)))"
  }

  // MARK: - Text and times

  private func text(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0, random.chance(0.6) else {
      if random.chance(0.8), let column = column(.text, &random) { return column }
      return literal(.text, &random)
    }
    let a = text(depth - 1, &random)
    switch random.below(isPortable ? 11 : 14) {
    case 0: return "(\(a) || \(text(depth - 1, &random)))"
    case 1: return "lower(\(a))"
    case 2: return "upper(\(a))"
    case 3: return "substring(\(a), \(1 + random.below(3)), \(random.below(4)))"
    case 4: return "\(random.pick(["left", "right"]))(\(a), \(random.below(4)))"
    case 5: return "replace(\(a), 'k', 'kk')"
    case 6: return "coalesce(\(a), \(text(depth - 1, &random)))"
    case 7:
      return
        "CASE WHEN \(condition(depth - 1, &random)) THEN \(a) ELSE \(text(depth - 1, &random)) END"
    case 8: return "CAST(\(integer(depth - 1, &random).sql) AS text)"
    case 9: return "trim(\(a))"
    case 10: return "concat(\(a), \(text(depth - 1, &random)))"
    case 11: return "reverse(\(a))"
    case 12: return "\(random.pick(["lpad", "rpad"]))(\(a), \(random.below(6)), 'xy')"
    default: return "\(random.pick(["left", "right"]))(\(a), \(-random.below(4)))"
    }
  }

  private func date(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0, random.chance(0.5) else {
      return column(.date, &random) ?? literal(.date, &random)
    }
    switch random.below(3) {
    case 0: return "(\(date(depth - 1, &random)) + \(random.below(60)))"
    case 1: return "CAST(\(timestamp(depth - 1, &random)) AS date)"
    default: return "coalesce(\(date(depth - 1, &random)), \(date(depth - 1, &random)))"
    }
  }

  private func timestamp(_ depth: Int, _ random: inout SplitMix64) -> String {
    guard depth > 0, random.chance(0.5) else {
      return column(.timestamp, &random) ?? literal(.timestamp, &random)
    }
    let a = timestamp(depth - 1, &random)
    switch random.below(4) {
    case 0, 1:
      let unit = random.pick([
        "second", "minute", "hour", "day", "week", "month", "quarter", "year",
      ])
      return "date_trunc('\(unit)', \(a))"
    case 2:
      let span = random.pick(["1 day", "36 hours", "1 month", "2 years", "90 minutes"])
      return "(\(a) \(random.pick(["+", "-"])) INTERVAL '\(span)')"
    default: return "CAST(\(date(depth - 1, &random)) AS timestamp)"
    }
  }
}
