internal import Analytics
internal import ColumnStore

/// Sums of lists as JSON.
enum ListTotalsJSON {
  static func row(
    _ row: ListTotals.Row, of what: ListMeasures, _ dimensions: [String], _ range: ReportRange
  ) -> JSONValue {
    .object(
      [
        .init("start", AnalyticsJSON.time(row.start)),
        .init("date", .text(range.zone.day(of: row.start).description)),
      ]
        + zip(dimensions, row.names).map { dimension, name in
          JSONValue.Member(what.name(of: dimension), name.map { .text($0) } ?? .null)
        } + RowJSON.object(what.measures.map(\.name), row.measures))
  }

  static func measures(_ values: [Value], of what: ListMeasures) -> JSONValue {
    .object(RowJSON.object(what.measures.map(\.name), values))
  }

  private static func properties(_ what: ListMeasures) -> [Schema.Property] {
    what.measures.map { measure in
      .init(measure.name, measure.name == "cost_usd" ? .nullable(.number) : .count)
    }
  }

  static func schema(_ what: ListMeasures) -> Schema {
    let dimensions = what.dimensions.map {
      Schema.Property(what.name(of: $0), .nullable(.string), isRequired: false)
    }
    return .object([
      .init("range", AnalyticsJSON.rangeSchema), .init("grain", .choice(Grain.names)),
      .init("by", .array(.choice(what.dimensions), nil)),
      .init(
        "aggregates",
        .array(
          .object(
            [
              .init("start", .string, "When its hour, day, week or month begins."),
              .init("date", .string, "That day in the zone of the range."),
            ] + dimensions + properties(what)), nil)),
      .init("totals", .object(properties(what)), "Over the whole range, whatever the page."),
      .init("total", .count, "How many there are, whatever the page."), .init("limit", .count),
      .init("offset", .count), .init("receipt", AnalyticsReceipt.schema),
    ])
  }
}
