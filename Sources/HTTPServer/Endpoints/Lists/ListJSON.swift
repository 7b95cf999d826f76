internal import Analytics
internal import ColumnStore

/// A page of a list as JSON: the rows, how many there are, and what the answer rests on.
enum ListJSON {
  /// How much of a list a request is about.
  struct Page: Sendable {
    var limit: Int
    var offset: Int

    init(_ arguments: RequestArguments) {
      limit = arguments.integer("limit") ?? 50
      offset = arguments.integer("offset") ?? 0
    }
  }

  static func parameters(
    limits: ClosedRange<Int> = RowList.limits, fallback: Int = 50,
    offsets: ClosedRange<Int> = RowList.offsets
  ) -> [EndpointParameter] {
    [
      .query("limit", .integer(limits), fallback: "\(fallback)", "How many rows at most."),
      .query(
        "offset", .integer(offsets), fallback: "0",
        "How many rows to leave out; with `as_of` pages are about the same rows."),
    ]
  }

  static func page(
    _ name: String, _ rows: [JSONValue], total: Int64, _ page: Page, _ ground: AnalyticsRun.Ground,
    with more: [JSONValue.Member] = []
  ) -> JSONValue {
    .object(
      [
        .init("range", AnalyticsJSON.range(ground.range)), .init(name, .array(rows)),
        .init("total", .integer(total)), .init("limit", .integer(Int64(page.limit))),
        .init("offset", .integer(Int64(page.offset))),
      ] + more + tail(ground))
  }

  /// What is hidden, and the receipt.
  static func tail(
    _ ground: AnalyticsRun.Ground, metrics: [MetricDefinition] = []
  ) -> [JSONValue.Member] {
    [
      .init("redacted", .array(ground.evaluator.trace.redacted.map { .text($0) })),
      .init("receipt", AnalyticsReceipt.json(ground, metrics: metrics)),
    ]
  }

  static let tailProperties: [Schema.Property] = [
    .init("redacted", .array(.string, nil), "Fields whose values are hidden."),
    .init("receipt", AnalyticsReceipt.schema),
  ]

  static func schema(
    _ name: String, _ row: Schema, with more: [Schema.Property] = []
  ) -> Schema {
    .object(
      [
        .init("range", AnalyticsJSON.rangeSchema), .init(name, .array(row, nil)),
        .init("total", .count, "How many there are, whatever the page."),
        .init("limit", .count), .init("offset", .count),
      ] + more + tailProperties)
  }

  // MARK: - Rows of tables

  static func row(_ row: [Value], of list: RowList) -> [JSONValue.Member] {
    RowJSON.object(list.columns.map(\.name), row)
  }

  static func rows(_ page: RowPage, of list: RowList) -> [JSONValue] {
    page.rows.map { .object(row($0, of: list)) }
  }

  static func properties(of list: RowList) -> [Schema.Property] {
    list.columns.map { column in
      let schema: Schema =
        switch column.kind {
        case .text, .time: .string
        case .count: .count
        case .number: .number
        case .flag: .boolean
        case .document: .any
        }
      return .init(column.name, column.kind == .document ? .any : .nullable(schema))
    }
  }
}
