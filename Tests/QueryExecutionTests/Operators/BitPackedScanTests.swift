import ColumnStore
import Engine
import EngineTesting
import Testing

private let schema = TableSchema(
  name: "t",
  columns: [
    ColumnDefinition(name: "row", type: .integer),
    ColumnDefinition(name: "status", type: .integer),
    ColumnDefinition(name: "size", type: .integer),
    ColumnDefinition(name: "price", type: .double),
    ColumnDefinition(name: "cost", type: .double),
    ColumnDefinition(name: "kind", type: .text),
    ColumnDefinition(name: "person", type: .text),
    ColumnDefinition(name: "model", type: .text),
    ColumnDefinition(name: "at", type: .timestampWithTimeZone),
  ], partitionColumn: nil)

private func engine(isSealed: Bool) throws -> Engine {
  var random = SplitMix64(seed: 11)
  let store = Store()
  try store.createTable(schema)
  let rows = (0..<6000).map { row -> [Value] in
    let number = random.next()
    return [
      .integer(Int64(row)), .integer([200, 201, 404, 503][Int(number % 4)]),
      number % 5 == 0 ? .null : .integer(Int64(number % 100_000) - 50_000),
      .double(Double(number % 4000) / 100),
      number % 3 == 0 ? .null : .double(Double(number % 70_001) / 1000),
      .text("kind \(number % 11)"), .text("person \(number % 700)"),
      number % 2 == 0 ? .null : .text("model \(number % 9)"),
      .timestampWithTimeZone(1_700_000_000_000 + Int64(number % 86_400_000)),
    ]
  }
  try store.append(to: "t", sealsTails: isSealed) { appender in
    try appender.append(RowBatch(rows, schema: schema))
  }
  return Engine(store: store, threads: 1)
}

@Suite struct `Bit-packed chunks` {
  @Test func `answer queries as an append tail does`() throws {
    let sealed = try engine(isSealed: true)
    let tail = try engine(isSealed: false)
    let encodings = try #require(sealed.store.catalog().tables["t"]).memory().map(\.encoding)
    #expect(encodings.allSatisfy { $0.hasSuffix("-bit") }, "\(encodings)")
    let filters = [
      "true", "row = 17", "row IN (3, 5000)", "status = 404", "status <> 200", "size > 49000",
      "size IS NULL", "price < 0.5", "cost BETWEEN 1.5 AND 2", "cost IS NOT NULL",
      "kind = 'kind 3'", "kind IN ('kind 1', 'kind 9', 'none')", "kind LIKE '%1%'",
      "person = 'person 77'", "person LIKE '%99'", "model = 'model 7'", "model IS NULL",
      "model LIKE '%3' AND size % 2 = 0", "row > 100 AND row < 130 AND kind > 'kind 2'",
      "date_trunc('hour', at) = '2023-11-15 01:00:00+00'", "row / 0 = 1",
    ]
    let selects = [
      "SELECT * FROM t WHERE %@",
      """
      SELECT count(*), count(size), sum(row), sum(size), avg(price), sum(cost), min(at), max(size),
        count(DISTINCT person), count(DISTINCT model), approx_count_distinct(kind) FROM t WHERE %@
      """,
      "SELECT kind, model, status, count(*), sum(price) FROM t WHERE %@ GROUP BY 1, 2, 3",
      "SELECT upper(model), size + row, cost * 2, status >= 400 FROM t WHERE %@",
      "SELECT row, person FROM t WHERE %@ ORDER BY size DESC, row LIMIT 7",
      "SELECT person, max(cost), count(DISTINCT kind) FROM t WHERE %@ GROUP BY person",
    ]
    for filter in filters {
      for select in selects {
        let sql = select.replacing("%@", with: filter)
        let difference = Answer(sql, engine: sealed).difference(
          from: Answer(sql, engine: tail), isOrdered: false)
        #expect(difference == nil, "\(sql): \(difference ?? "")")
      }
    }
    if case .failure(let code) = Answer(selects[1].replacing("%@", with: "true"), engine: sealed) {
      Issue.record("the queries fail with \(code)")
    }
  }
}
