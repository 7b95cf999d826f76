import ColumnStore
import QueryLanguage
import QueryPlanning
import Testing

/// Tables as a small product has them.
let catalog: Catalog = {
  var catalog = Catalog()
  func add(_ name: String, _ columns: [(String, DataType)], partition: Int? = nil) {
    catalog.tables[name] = Table(
      schema: TableSchema(
        name: name, columns: columns.map { ColumnDefinition(name: $0.0, type: $0.1) },
        partitionColumn: partition),
      partitions: [])
  }
  add(
    "events",
    [
      ("ts", .timestamp), ("at", .timestampWithTimeZone), ("day", .date), ("user_id", .text),
      ("model", .text), ("ms", .integer), ("cost", .double), ("ok", .boolean), ("doc", .json),
    ], partition: 0)
  add(
    "users", [("user_id", .text), ("org_id", .integer), ("country", .text), ("signed_up", .date)])
  add("orgs", [("id", .integer), ("name", .text), ("seats", .integer)])
  add("states", [("day", .date), ("visitors", .hyperLogLog), ("latency", .digest)])
  add(
    "invoices", [("InvoiceNo", .text), ("Paid", .integer), ("PAID", .integer), ("paid", .integer)])
  catalog.declaredDomains = ["account"]
  return catalog
}()

/// 2024-05-31 12:00 UTC.
let noon: Int64 = 1_717_156_800_000

func planned(_ sql: String, zone: String = "UTC") throws(QueryError) -> PlannedStatement {
  let statement = try SQLParser.parseOne(sql)
  let planner = Planner(catalog: catalog, context: PlanningContext(timeZone: zone, now: noon))
  return try planner.plan(statement, text: sql)
}

func query(_ sql: String, zone: String = "UTC") throws -> PlannedQuery {
  guard case .query(let query) = try planned(sql, zone: zone) else {
    throw QueryError(.internalError, "not a query: \(sql)")
  }
  #expect(PlanCheck(query.plan).problems.isEmpty, "\(sql)")
  #expect(query.plan.types.count == query.columnNames.count)
  return query
}

/// The plan as EXPLAIN shows it.
func explained(_ sql: String, zone: String = "UTC") throws -> String {
  PlanDescription.lines(try query(sql, zone: zone).plan).joined(separator: "\n")
}

/// What a one-column query without FROM computes, and its type.
func expression(_ sql: String, zone: String = "UTC") throws -> String {
  let text = try explained("SELECT \(sql)", zone: zone)
  let first = text.split(separator: "\n").first.map(String.init) ?? ""
  return first.hasPrefix("Project: ") ? String(first.dropFirst(9)) : first
}

/// Code, the piece of text that the error points at, message and hint.
func failure(_ sql: String) -> String {
  do {
    _ = try planned(sql)
    return "no error"
  } catch {
    var text = "\(error.code) "
    if let range = error.location {
      let bytes = Array(sql.utf8)
      text += "[\(String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self))] "
    }
    text += error.message
    if let hint = error.hint { text += " | \(hint)" }
    return text
  }
}
