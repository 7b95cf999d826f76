import ColumnStore

/// A random query over a random database, as SQL that DuckDB answers the same.
public struct RandomQuery: Sendable {
  public var sql: String
  /// Whether ORDER BY leaves no choice, so that rows are compared one after the other.
  public var isOrdered: Bool
}

/// Puts queries together clause by clause. One generator is one stream of queries.
public struct RandomQueries: Sendable {
  private let tables: [RandomDatabase.RandomTable]
  let isPortable: Bool
  var random: SplitMix64

  /// `isPortable` leaves out functions that other databases understand differently.
  public init(_ database: RandomDatabase, seed: UInt64, isPortable: Bool = false) {
    tables = database.tables
    self.isPortable = isPortable
    random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 1)
  }

  public mutating func next() -> RandomQuery {
    switch random.below(13) {
    case 12: combined()
    case 0...3: plain(source())
    case 4...7: grouped(source())
    case 8: distinct(source())
    case 9: overQuery()
    default: windowed(source())
    }
  }

  /// A query's source of rows: the text after FROM, what can be named, what makes a row unique.
  struct Source {
    var from: String
    var columns: [RandomExpressions.Column]
    var identity: [String]
    var filter: String?
    var prefix = ""
  }

  func expressions(_ source: Source) -> RandomExpressions {
    RandomExpressions(columns: source.columns, isPortable: isPortable)
  }

  /// One condition on a random table: what it leaves out must be what its negation and its being
  /// unknown keep. Also the name of the table.
  public mutating func condition() -> (table: String, sql: String) {
    let table = random.pick(tables)
    let source = Source(table, alias: table.schema.name)
    return (table.schema.name, expressions(source).condition(2 + random.below(2), &random))
  }

  /// Two small tables, a condition that ties them, and one more on both.
  public mutating func joinCondition() -> (from: String, sql: String) {
    let small = tables.filter { $0.rowCount < 100 }
    let left = Source(random.pick(small), alias: "l")
    let right = Source(random.pick(small), alias: "r")
    let both = Source(
      from: "", columns: left.columns + right.columns, identity: left.identity + right.identity)
    let key = random.pick(["l.k = r.k", "l.n = r.n", "l.n <= r.n", "l.k = r.k AND l.id > r.id"])
    let condition = expressions(both).condition(1 + random.below(2), &random)
    return ("\(left.from), \(right.from)", "\(key) AND \(condition)")
  }

  /// A query that may fail on a row. No row is left out, so that none is too many.
  public mutating func risky() -> RandomQuery {
    let table = random.pick(tables.filter { $0.schema.name != "big" })
    let number = expressions(Source(table, alias: table.schema.name)).risky(3, &random)
    let output = random.pick([number, number, "sum(\(number))", "count(\(number))"])
    return RandomQuery(sql: "SELECT \(output) AS o FROM \(table.schema.name)", isOrdered: true)
  }

  // MARK: - FROM

  private mutating func source() -> Source {
    if random.chance(0.65) {
      let table = random.pick(tables)
      return Source(table, alias: random.chance(0.3) ? "t" : table.schema.name)
    }
    let small = tables.filter { $0.schema.name != "big" }
    let left = Source(random.pick(small), alias: "l")
    let right = Source(random.pick(small), alias: "r")
    var both = Source(
      from: "", columns: left.columns + right.columns, identity: left.identity + right.identity)
    let key = random.pick(["l.k = r.k", "l.n = r.n", "l.id = r.id", "l.k = r.k AND l.n = r.n"])
    switch random.below(4) {
    case 0:
      both.from = "\(left.from), \(right.from)"
      both.filter = key
    case 1: both.from = "\(left.from) JOIN \(right.from) ON \(key)"
    case 2:
      let extra = expressions(both).condition(1, &random)
      both.from =
        "\(left.from) \(random.pick(["JOIN", "LEFT JOIN", "RIGHT JOIN"])) \(right.from) ON \(key) AND \(extra)"
    default:
      let join = random.pick(["LEFT", "RIGHT", "FULL"])
      both.from = "\(left.from) \(join) JOIN \(right.from) ON \(key)"
    }
    return both
  }

  mutating func filter(_ source: Source, share: Double = 0.6) -> String {
    var conditions = source.filter.map { [$0] } ?? []
    if random.chance(share) { conditions.append(expressions(source).condition(2, &random)) }
    if random.chance(share / 3) { conditions.append(expressions(source).condition(1, &random)) }
    if random.chance(share / 3), let test = subqueryTest(source) { conditions.append(test) }
    return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
  }

  /// A condition that looks into a small table, tied to the source or not.
  private mutating func subqueryTest(_ source: Source) -> String? {
    let numbers = source.columns.map(\.name).filter { $0.hasSuffix(".n") }
    let keys = source.columns.map(\.name).filter { $0.hasSuffix(".k") }
    guard !source.from.contains("big"), let n = numbers.first, let k = keys.first else {
      return nil
    }
    let inner = Source(random.pick(tables.filter { $0.rowCount < 100 }), alias: "s")
    let condition = expressions(inner).condition(1, &random)
    let tie = random.pick([condition, "s.k = \(k)", "s.k = \(k) AND \(condition)"])
    let rows = "SELECT s.n FROM \(inner.from) WHERE \(tie)"
    let aggregate = random.pick(["count(*)", "min(s.n)", "max(s.n) + 1", "sum(s.n)"])
    let comparison = random.pick(["=", "<>", "<", "<=", ">", ">="])
    let test = random.pick([
      "EXISTS (\(rows))", "NOT EXISTS (\(rows))", "EXISTS (\(rows) AND s.id < \(n))",
      "\(n) IN (\(rows))", "\(n) NOT IN (\(rows))", "(\(n) IN (\(rows))) IS NULL",
      "(EXISTS (\(rows)) OR \(n) IS NULL)",
      "\(n) \(comparison) \(random.pick(["ANY", "ALL"])) (\(rows))",
      "\(n) \(comparison) (SELECT \(aggregate) FROM \(inner.from) WHERE \(tie))",
    ])
    return test
  }

  mutating func direction() -> String {
    random.pick(["", " ASC", " DESC"]) + random.pick([" NULLS FIRST", " NULLS LAST"])
  }

  mutating func limit() -> String {
    guard random.chance(0.4) else { return "" }
    return " LIMIT \(random.below(30))" + (random.chance(0.4) ? " OFFSET \(random.below(10))" : "")
  }

  // MARK: - Queries

  private mutating func plain(_ source: Source) -> RandomQuery {
    let outputs = (0...random.below(4)).map { index in
      let type = random.pick(RandomExpressions.types)
      return "\(expressions(source).expression(type, depth: 3, &random)) AS o\(index)"
    }
    var sql = "\(source.prefix)SELECT \(outputs.joined(separator: ", ")) FROM \(source.from)"
    sql += filter(source, share: source.from.contains("big") ? 1 : 0.6)
    let isOrdered = random.chance(0.5)
    if isOrdered {
      var keys = random.chance(0.6) ? ["1" + direction()] : []
      if random.chance(0.3), let column = source.columns.randomElement(using: &random) {
        keys.append(column.name + direction())
      }
      for name in source.identity { keys.append(name + direction()) }
      sql += " ORDER BY \(keys.joined(separator: ", "))" + limit()
    }
    return RandomQuery(sql: sql, isOrdered: isOrdered)
  }

  mutating func keys(_ source: Source, count: Int) -> [String] {
    (0..<count).map { _ in
      if random.chance(0.7), let column = source.columns.randomElement(using: &random) {
        return column.name
      }
      let type = random.pick([DataType.integer, .text, .boolean, .date, .timestamp])
      return expressions(source).expression(type, depth: 2, &random)
    }
  }

  private mutating func grouped(_ source: Source) -> RandomQuery {
    let keys = keys(source, count: random.pick([0, 1, 1, 1, 2, 2, 3]))
    let aggregates = (0...random.below(4)).map { _ in aggregate(source) }
    let outputs =
      keys.enumerated().map { "\($1) AS g\($0)" }
      + aggregates.enumerated().map { "\($1) AS a\($0)" }
    var sql = "\(source.prefix)SELECT \(outputs.joined(separator: ", ")) FROM \(source.from)"
    sql += filter(source, share: 0.4)
    if !keys.isEmpty {
      let names = keys.enumerated().map { index, key in
        // An alias would name a column of the table first, if there were one.
        switch random.below(3) {
        case 0: "\(index + 1)"
        case 1: "g\(index)"
        default: key
        }
      }
      // A constant is named by its place: `GROUP BY 3` would be a place itself.
      let safe = names.enumerated().map { index, name in
        name != keys[index] || name.hasPrefix("(") || source.columns.contains { $0.name == name }
          ? name : "\(index + 1)"
      }
      sql += " GROUP BY \(safe.joined(separator: ", "))"
    }
    if random.chance(0.3) {
      sql += random.pick([
        " HAVING count(*) > 2", " HAVING count(*) BETWEEN 1 AND 20",
        " HAVING min(\(source.columns[0].name)) < 50",
        " HAVING count(*) % 2 = 0 OR max(\(source.columns[0].name)) > 100",
      ])
    }
    let isOrdered = keys.isEmpty || random.chance(0.6)
    if !keys.isEmpty, isOrdered {
      var order = random.chance(0.3) ? ["count(*)" + direction()] : []
      order += keys.indices.map { "\($0 + 1)" + direction() }
      sql += " ORDER BY \(order.joined(separator: ", "))" + limit()
    }
    return RandomQuery(sql: sql, isOrdered: isOrdered)
  }

  mutating func aggregate(_ source: Source) -> String {
    let make = expressions(source)
    let filter =
      random.chance(0.25) ? " FILTER (WHERE \(make.condition(1, &random)))" : ""
    switch random.below(isPortable ? 13 : 16) {
    case 0: return "count(*)" + filter
    case 1:
      return "count(\(make.expression(random.pick(RandomExpressions.types), depth: 1, &random)))"
        + filter
    case 2:
      let column = random.pick(source.columns)
      return "count(DISTINCT \(column.name))" + filter
    case 3:
      let type = random.pick(RandomExpressions.types)
      return "count(DISTINCT \(make.expression(type, depth: 2, &random)))" + filter
    case 4: return "sum(\(make.expression(.integer, depth: 2, &random)))" + filter
    case 5:
      return "\(random.pick(["sum", "avg"]))(\(make.expression(.double, depth: 1, &random)))"
        + filter
    case 6: return "avg(\(make.expression(.integer, depth: 1, &random)))" + filter
    case 7, 8:
      let operand =
        random.chance(0.6)
        ? random.pick(source.columns).name
        : make.expression(random.pick(RandomExpressions.types), depth: 2, &random)
      return "\(random.pick(["min", "max"]))(\(operand))" + filter
    case 9:
      let name = random.pick([
        "stddev", "stddev_pop", "variance", "var_pop", "stddev_samp", "var_samp",
      ])
      return "\(name)(\(make.expression(random.pick([.integer, .double]), depth: 1, &random)))"
        + filter
    case 10:
      let name = random.pick(["percentile_cont", "percentile_disc"])
      let fraction = random.pick(["0", "0.25", "0.5", "0.75", "1"])
      // Not by a mere constant, which DuckDB refuses.
      let operand =
        make.column(random.pick([.integer, .double]), onlyTame: true, &random)
        ?? source.columns[0].name
      return "\(name)(\(fraction)) WITHIN GROUP (ORDER BY \(operand))" + filter
    case 11:
      return "\(random.pick(["bool_and", "bool_or"]))(\(make.condition(1, &random)))" + filter
    case 12: return regression(source) + filter
    case 13: return journey(source) + filter
    case 14:
      return
        "mode() WITHIN GROUP (ORDER BY \(make.expression(random.pick(RandomExpressions.types), depth: 1, &random)))"
        + filter
    default:
      let order = source.identity.map { $0 + direction() }.joined(separator: ", ")
      // The order in which a join gives its rows is its own affair.
      if source.identity.count > 1 {
        return "string_agg(\(make.expression(.text, depth: 1, &random)), '|' ORDER BY \(order))"
          + filter
      }
      return random.pick([
        "string_agg(\(make.expression(.text, depth: 1, &random)), '|' ORDER BY \(order))",
        "string_agg(\(make.expression(.text, depth: 1, &random)), ',')",
        "arg_min(\(random.pick(source.columns).name), \(random.pick(source.columns).name))",
        "arg_max(\(random.pick(source.columns).name), \(random.pick(source.columns).name))",
        "any_value(\(random.pick(source.columns).name))",
        "sum(DISTINCT \(make.expression(.integer, depth: 1, &random)))",
      ]) + filter
    }
  }

  private mutating func distinct(_ source: Source) -> RandomQuery {
    let keys = keys(source, count: 1 + random.below(3))
    let outputs = keys.enumerated().map { "\($1) AS o\($0)" }
    var sql =
      "\(source.prefix)SELECT DISTINCT \(outputs.joined(separator: ", ")) FROM \(source.from)"
    sql += filter(source)
    let isOrdered = random.chance(0.6)
    if isOrdered {
      sql += " ORDER BY " + keys.indices.map { "\($0 + 1)" + direction() }.joined(separator: ", ")
      sql += limit()
    }
    return RandomQuery(sql: sql, isOrdered: isOrdered)
  }

  /// The rows of two queries put together.
  private mutating func combined() -> RandomQuery {
    let types = (0...random.below(2)).map { _ in
      random.pick([DataType.integer, .text, .boolean, .date])
    }
    var sides: [String] = []
    for _ in 0..<2 {
      let table = random.pick(tables.filter { $0.schema.name != "big" })
      let source = Source(table, alias: "t")
      let outputs = types.map { expressions(source).expression($0, depth: 1, &random) }
      sides.append("SELECT \(outputs.joined(separator: ", ")) FROM \(source.from)" + filter(source))
    }
    let operation = random.pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
    var sql = "\(sides[0]) \(operation) \(sides[1])"
    let isOrdered = random.chance(0.5)
    if isOrdered {
      sql += " ORDER BY " + types.indices.map { "\($0 + 1)" + direction() }.joined(separator: ", ")
      sql += limit()
    }
    return RandomQuery(sql: sql, isOrdered: isOrdered)
  }

  /// A query over a query: exact aggregates only, since what differs in the last bit may be grouped.
  private mutating func overQuery() -> RandomQuery {
    let inner = source()
    let keys = keys(inner, count: 2)
    var sql = "SELECT \(keys[0]) AS p, \(keys[1]) AS q, count(*) AS m, "
    sql += "sum(\(expressions(inner).expression(.integer, depth: 1, &random))) AS s"
    sql += " FROM \(inner.from)" + filter(inner, share: 0.4) + " GROUP BY 1, 2"
    let name = random.pick(["q1", "w"])
    var outer = Source(
      from: "(\(sql)) AS \(name)",
      columns: ["m", "s"].map { .init(name: "\(name).\($0)", type: .integer, isTame: true) },
      identity: ["\(name).p", "\(name).q"])
    if random.chance(0.4) {
      outer.prefix = "WITH \(name) AS (\(sql)) "
      outer.from = name
    }
    return random.chance(0.5) ? plain(outer) : grouped(outer)
  }
}

extension RandomQueries.Source {
  init(_ table: RandomDatabase.RandomTable, alias: String) {
    self.init(
      from: alias == table.schema.name ? alias : "\(table.schema.name) AS \(alias)",
      columns: table.columns.map {
        .init(name: "\(alias).\($0.name)", type: $0.type, isTame: $0.isTame)
      }, identity: ["\(alias).id"])
  }
}
