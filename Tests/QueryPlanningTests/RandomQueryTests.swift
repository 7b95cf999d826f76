import QueryLanguage
import QueryPlanning
import Testing

/// Queries made at random, most of them wrong in some way: each is either refused with a place in
/// its text, or planned into a plan whose columns and types agree.
@Suite struct RandomQueryTests {
  @Test(arguments: UInt64(0)..<16)
  func `any query is refused with a place or planned consistently`(seed: UInt64) {
    var generator = QueryGenerator(seed: seed)
    var planned = 0
    for _ in 0..<120 {
      let sql = generator.query(depth: 2)
      do {
        let query = try query(sql)
        planned += 1
        #expect(!PlanDescription.lines(query.plan).isEmpty)
      } catch let error as QueryError {
        #expect(error.code != .internalError, "\(sql)")
        let range = error.location ?? -1..<0
        #expect(range.lowerBound >= 0 && range.upperBound <= sql.utf8.count, "\(sql) \(error)")
      } catch {
        Issue.record("\(sql): \(error)")
      }
    }
    #expect(planned > 10)
  }
}

struct QueryGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  private mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }

  mutating func query(depth: Int) -> String {
    let from = relation(depth: depth)
    var items: [String] = []
    let grouped = below(3) == 0
    let key = expression(depth: 1)
    if grouped { items.append(key) }
    for _ in 0...below(3) { items.append(grouped ? aggregate() : expression(depth: 2)) }
    if below(8) == 0 { items = ["*"] }
    var sql =
      "SELECT \(below(6) == 0 ? "DISTINCT " : "")\(items.joined(separator: ", ")) FROM \(from)"
    if below(2) == 0 { sql += " WHERE \(condition(depth: 2))" }
    if grouped {
      sql += " GROUP BY \(key)"
      if below(3) == 0 { sql += " HAVING \(aggregate()) > 3" }
    }
    if below(2) == 0 {
      sql += " ORDER BY \(below(2) == 0 ? "1 DESC" : grouped ? aggregate() : expression(depth: 1))"
    }
    if below(3) == 0 { sql += " LIMIT \(below(5)) OFFSET \(below(3))" }
    return sql
  }

  private mutating func relation(depth: Int) -> String {
    switch below(depth > 0 ? 7 : 2) {
    case 0: return "events e"
    case 1: return "events"
    case 2: return "events e, users u, orgs o"
    case 3:
      return "events e JOIN (SELECT user_id AS id, country FROM users) u ON \(condition(depth: 1))"
    case 4: return "events e LEFT JOIN orgs o ON e.ms = o.id AND \(condition(depth: 1))"
    case 5: return "users JOIN events e USING (user_id)"
    default: return "(\(query(depth: depth - 1))) AS e"
    }
  }

  private mutating func condition(depth: Int) -> String {
    switch below(depth > 0 ? 8 : 4) {
    case 0: pick(["e.user_id = u.user_id", "user_id = 'x'", "e.ms = 3", "ok"])
    case 1: "ms \(pick(["<", ">=", "=", "<>"])) \(pick(["1", "2.5", "'7'", "NULL", "cost"]))"
    case 2: "ts > \(pick(["now()", "'2024-01-01'", "day", "at", "day + 1"]))"
    case 3:
      "model \(pick(["LIKE", "ILIKE", "=", "~", "NOT LIKE"])) \(pick(["'a%'", "'abc'", "country", "NULL"]))"
    case 4: "(\(condition(depth: depth - 1)) AND \(condition(depth: depth - 1)))"
    case 5: "(\(condition(depth: depth - 1)) OR \(condition(depth: depth - 1)))"
    case 6: "NOT (\(condition(depth: depth - 1)))"
    default:
      "\(expression(depth: depth - 1)) \(pick(["IS NULL", "IN (1, 2, NULL)", "IN ('a')", "BETWEEN 1 AND 3", "IS DISTINCT FROM 1", "= true"]))"
    }
  }

  /// Well typed over events.
  private mutating func number(depth: Int) -> String {
    if depth == 0 || below(3) == 0 { return pick(["ms", "cost", "1", "2.5", "length(model)"]) }
    return switch below(4) {
    case 0:
      "(\(number(depth: depth - 1)) \(pick(["+", "-", "*", "/"])) \(number(depth: depth - 1)))"
    case 1: "CASE WHEN ok THEN \(number(depth: depth - 1)) ELSE \(number(depth: depth - 1)) END"
    case 2: "coalesce(\(number(depth: depth - 1)), \(number(depth: depth - 1)))"
    default: "\(pick(["abs", "floor", "sqrt", "sign"]))(\(number(depth: depth - 1)))"
    }
  }

  private mutating func expression(depth: Int) -> String {
    if below(3) > 0 { return number(depth: depth) }
    if depth == 0 || below(3) == 0 {
      return pick([
        "ms", "cost", "ts", "at", "day", "model", "ok", "user_id", "u.country", "o.seats",
        "e.model",
        "1", "2.5", "'a'", "'2024-01-01'", "NULL", "true", "interval '1 day'", "now()", "doc",
        "nope",
        "9223372036854775807", "99999999999999999999", "ARRAY[1, 2.5]",
      ])
    }
    switch below(6) {
    case 0:
      return
        "(\(expression(depth: depth - 1)) \(pick(["+", "-", "*", "/", "%", "||", "^", "&"])) \(expression(depth: depth - 1)))"
    case 1:
      return
        "CASE WHEN \(condition(depth: 0)) THEN \(expression(depth: depth - 1)) ELSE \(expression(depth: depth - 1)) END"
    case 2:
      return
        "CAST(\(expression(depth: depth - 1)) AS \(pick(["text", "int", "float8", "date", "timestamptz", "boolean", "numeric(5, 1)"])))"
    case 3:
      return
        "\(pick(["coalesce", "greatest", "nullif", "concat"]))(\(expression(depth: depth - 1)), \(expression(depth: depth - 1)))"
    case 4: return "date_trunc('\(pick(["day", "week", "dya"]))', \(expression(depth: depth - 1)))"
    default:
      let function = FunctionTable.all[below(FunctionTable.all.count)]
      let arguments = function.parameters.map { _ in expression(depth: depth - 1) }
      return "\(function.name)(\(arguments.joined(separator: ", ")))"
    }
  }

  private mutating func aggregate() -> String {
    let argument = expression(depth: 1)
    let filter = below(4) == 0 ? " FILTER (WHERE \(condition(depth: 1)))" : ""
    return pick([
      "count(*)", "sum(ms)", "count(DISTINCT \(argument))", "avg(\(argument))", "max(\(argument))",
      "approx_quantile(\(argument), 0.5)", "arg_max(\(argument), ts)",
      "string_agg(model, ',' ORDER BY \(argument))",
    ]) + filter
  }
}
