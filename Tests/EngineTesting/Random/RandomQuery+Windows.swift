import ColumnStore

extension RandomQueries {
  /// Functions with OVER, over rows or over groups. The order within a window is total wherever a
  /// choice would show.
  mutating func windowed(_ source: Source) -> RandomQuery {
    var source = source
    var sql = ""
    if random.chance(0.25) {
      let keys = keys(source, count: 2)
      sql = "SELECT \(keys[0]) AS p, \(keys[1]) AS q, count(*) AS m, "
      sql += "sum(\(expressions(source).expression(.integer, depth: 1, &random))) AS s"
      sql += " FROM \(source.from)" + filter(source, share: 0.4) + " GROUP BY 1, 2"
      source = Source(
        from: "(\(sql)) AS g",
        columns: ["g.m", "g.s"].map { .init(name: $0, type: .integer, isTame: true) },
        identity: ["g.p", "g.q"])
    }
    let isNamed = random.chance(0.3)
    let named = windowKeys(source)
    let outputs = (0...random.below(3)).map { index in
      let total = isNamed && random.chance(0.5) ? nil : windowKeys(source)
      return "\(windowFunction(source, total ?? named, isNamed: total == nil)) AS w\(index)"
    }
    sql = "SELECT \((source.identity + outputs).joined(separator: ", ")) FROM \(source.from)"
    sql += filter(source, share: source.from.contains("big") ? 1 : 0.5)
    if isNamed { sql += " WINDOW w AS (\(named))" }
    let isOrdered = random.chance(0.5)
    if isOrdered {
      sql += " ORDER BY " + source.identity.map { $0 + direction() }.joined(separator: ", ")
      sql += limit()
    }
    return RandomQuery(sql: sql, isOrdered: isOrdered)
  }

  /// PARTITION BY and a total ORDER BY.
  private mutating func windowKeys(_ source: Source) -> String {
    partition(source) + orderKeys(source).joined(separator: ", ").prefixed(by: "ORDER BY ")
  }

  private mutating func partition(_ source: Source) -> String {
    if random.chance(0.4) { return "" }
    let keys = (0...random.below(2)).map { _ in random.pick(source.columns).name }
    return "PARTITION BY \(keys.joined(separator: ", ")) "
  }

  private mutating func orderKeys(_ source: Source) -> [String] {
    var keys = random.chance(0.6) ? [random.pick(source.columns).name] : []
    keys += source.identity
    return keys.map { $0 + direction() }
  }

  private mutating func windowFunction(
    _ source: Source, _ window: String, isNamed: Bool
  ) -> String {
    let make = expressions(source)
    let over = isNamed ? "OVER w" : "OVER (\(window))"
    let any = make.expression(random.pick(RandomExpressions.types), depth: 1, &random)
    switch random.below(isPortable ? 11 : 12) {
    case 11: return sessionize(source)
    case 0: return "row_number() \(over)"
    case 1, 2:
      // Peers: any order will do.
      let name = random.pick(["rank", "dense_rank", "percent_rank", "cume_dist"])
      let key = random.pick(source.columns).name + direction()
      return "\(name)() OVER (\(partition(source))ORDER BY \(key))"
    case 3: return "ntile(\(1 + random.below(6))) \(over)"
    case 4, 5:
      let name = random.pick(["lag", "lead"])
      let column = random.pick(source.columns)
      return random.pick([
        "\(name)(\(any)) \(over)", "\(name)(\(column.name), \(random.below(4))) \(over)",
        "\(name)(\(column.name), 2, \(make.literal(column.type, &random))) \(over)",
      ])
    case 6:
      return "\(random.pick(["first_value", "last_value"]))(\(any)) \(framed(over, window, source))"
    case 7: return "nth_value(\(any), \(1 + random.below(4))) \(framed(over, window, source))"
    default: return windowAggregate(source, over, window)
    }
  }

  private mutating func windowAggregate(
    _ source: Source, _ over: String, _ window: String
  ) -> String {
    let make = expressions(source)
    let filter = random.chance(0.2) ? " FILTER (WHERE \(make.condition(1, &random)))" : ""
    let any = make.expression(random.pick(RandomExpressions.types), depth: 1, &random)
    let number = make.expression(random.pick([.integer, .double]), depth: 1, &random)
    if !isPortable, random.chance(0.15) {
      return random.pick([journey(source), regression(source)]) + filter
        + " \(framed(over, window, source))"
    }
    let call = random.pick([
      "count(*)", "count(\(any))", "sum(\(make.expression(.integer, depth: 1, &random)))",
      "sum(\(number))", "avg(\(number))", "min(\(any))", "max(\(any))",
      "min(\(random.pick(source.columns).name))", "max(\(random.pick(source.columns).name))",
      "bool_or(\(make.condition(1, &random)))", "stddev_pop(\(number))",
    ])
    if random.chance(0.3) {
      // A frame of whole groups of peers.
      return "\(call)\(filter) OVER (\(partition(source))\(peerFrame(source)))"
    }
    return "\(call)\(filter) \(framed(over, window, source))"
  }

  /// The window with a frame, sometimes.
  private mutating func framed(_ over: String, _ window: String, _ source: Source) -> String {
    random.chance(0.3) ? over : "OVER (\(window) ROWS BETWEEN \(bounds { "\($0)" }))"
  }

  private mutating func bounds(_ shown: (Int) -> String) -> String {
    let offsets = [random.below(4), random.below(6)]
    let (small, great) = (offsets.min() ?? 0, offsets.max() ?? 0)
    return random.pick([
      "UNBOUNDED PRECEDING AND CURRENT ROW", "UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
      "CURRENT ROW AND UNBOUNDED FOLLOWING", "\(shown(small)) PRECEDING AND CURRENT ROW",
      "\(shown(small)) PRECEDING AND \(shown(great)) FOLLOWING",
      "\(shown(great)) PRECEDING AND \(shown(small)) PRECEDING",
      "\(shown(small)) FOLLOWING AND \(shown(great)) FOLLOWING",
      "UNBOUNDED PRECEDING AND \(shown(small)) PRECEDING",
      "\(shown(small)) FOLLOWING AND UNBOUNDED FOLLOWING",
    ])
  }

  private mutating func peerFrame(_ source: Source) -> String {
    let make = expressions(source)
    let type = random.pick([DataType.integer, .timestamp, .date, .double])
    guard random.chance(0.7), let key = make.column(type, onlyTame: true, &random) else {
      let key = random.pick(source.columns).name + direction()
      return random.chance(0.5)
        ? "ORDER BY \(key)" : "ORDER BY \(key) GROUPS BETWEEN \(bounds { "\($0)" })"
    }
    let shown: (Int) -> String =
      switch type {
      case .integer: { "\($0 * 10)" }
      case .double: { "\(Double($0) * 1.5)" }
      default: { "INTERVAL '\($0) days'" }
      }
    return "ORDER BY \(key)\(direction()) RANGE BETWEEN \(bounds(shown))"
  }
}

extension String {
  fileprivate func prefixed(by prefix: String) -> String { isEmpty ? "" : prefix + self }
}
