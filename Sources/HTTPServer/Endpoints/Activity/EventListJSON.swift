internal import Analytics
internal import Authentication
internal import ColumnStore

/// Rows of events as JSON.
enum EventListJSON {
  static func row(_ row: [Value], of list: EventList) -> JSONValue {
    .object(
      zip(list.columns, row).map { column, value in
        JSONValue.Member(EventList.names[column] ?? column, json(value))
      })
  }

  static func total(
    _ row: EventTotals.Row, of list: EventList, _ dimensions: [String], _ range: ReportRange
  ) -> JSONValue {
    guard case .object(let measures) = measures(row.measures, of: list) else { return .null }
    return .object(
      [
        .init("start", AnalyticsJSON.time(row.start)),
        .init("date", .text(range.zone.day(of: row.start).description)),
      ]
        + zip(dimensions, row.names).map { dimension, name in
          JSONValue.Member(EventList.names[dimension] ?? dimension, name.map { .text($0) } ?? .null)
        } + measures)
  }

  static func measures(_ values: [Value], of list: EventList) -> JSONValue {
    .object(
      zip(list.measures, values).map { measure, value in
        JSONValue.Member(measure.name, json(value))
      })
  }

  private static func json(_ value: Value) -> JSONValue {
    switch value {
    case .null: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .double(let number): .number(number)
    case .text(let text): .text(text)
    case .timestamp(let time), .timestampWithTimeZone(let time): AnalyticsJSON.time(time)
    case .json(let text):
      (try? StrictJSON(Array(text.utf8))).map { JSONValue($0) } ?? .text(text)
    case .date, .interval, .hyperLogLog, .digest, .array: .text(value.formatted())
    }
  }

  // MARK: - Schemas

  private static func schema(_ column: String) -> Schema {
    switch column {
    case "metadata": .any
    case "tokens_conflict": .nullable(.boolean)
    case "cost_usd": .nullable(.number)
    case "duration_ms", "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens",
      "reasoning_tokens":
      .nullable(.count)
    default: .nullable(.string)
    }
  }

  private static func properties(_ columns: [String]) -> [Schema.Property] {
    columns.map { .init(EventList.names[$0] ?? $0, schema($0)) }
  }

  private static func measures(_ list: EventList) -> [Schema.Property] {
    list.measures.map { measure in
      .init(measure.name, measure.name == "cost_usd" ? .nullable(.number) : .count)
    }
  }

  private static let tail: [Schema.Property] = [
    .init("total", .count, "How many there are, whatever the page."), .init("limit", .count),
    .init("offset", .count), .init("receipt", AnalyticsReceipt.schema),
  ]

  static func page(_ name: String, _ list: EventList) -> Schema {
    .object(
      [
        .init("range", AnalyticsJSON.rangeSchema),
        .init(name, .array(.object(properties(list.columns)), nil)),
      ] + tail)
  }

  static func totals(_ list: EventList) -> Schema {
    let dimensions = list.dimensions.map {
      Schema.Property(EventList.names[$0] ?? $0, .nullable(.string), isRequired: false)
    }
    return .object(
      [
        .init("range", AnalyticsJSON.rangeSchema), .init("grain", .choice(Grain.names)),
        .init("by", .array(.choice(list.dimensions), nil)),
        .init(
          "aggregates",
          .array(
            .object(
              [
                .init("start", .string, "When its hour, day, week or month begins."),
                .init("date", .string, "That day in the zone of the range."),
              ] + dimensions + measures(list)), nil)),
        .init("totals", .object(measures(list)), "Over the whole range, whatever the page."),
      ] + tail)
  }
}
