internal import ColumnStore
internal import Pricing

extension BuiltInTable {
  /// Not labelled with an organisation: what others pay is for nobody but those who see all.
  static let prices: BuiltInTable = {
    let perMillion = "micro-dollars per 1,000,000 tokens"
    var table = BuiltInTable(
      PriceTable.name, .things, key: PriceTable.key.map(\.rawValue),
      """
      What tokens and resources cost, from a time on ([costs](costs.md)). One row per price, in force \
      until the next one of the same item, model and organisation.
      """,
      [
        BuiltInColumn("item", .text, "`model`, `gpu`, `storage` or `inference`").required,
        BuiltInColumn("model", .text, "whose tokens; empty for resources").required,
        BuiltInColumn(
          "organization_id", .text, "whose price it is; empty: of all that have none of their own"
        ).required,
        BuiltInColumn("valid_from", .timestamp, "from when on (UTC)").required,
        BuiltInColumn("prompt_price", .integer, "\(perMillion) of prompts"),
        BuiltInColumn("completion_price", .integer, "\(perMillion) of completions"),
        BuiltInColumn(
          "cached_price", .integer, "\(perMillion) from a cache; null: as other prompts"),
        BuiltInColumn(
          "reasoning_price", .integer, "\(perMillion) of reasoning; null: as other completions"),
        BuiltInColumn(
          "rate", .integer,
          "of a resource: micro-dollars per hour (GPU), GB and 30 days (storage), 1,000 requests"),
        BuiltInColumn("set_at", .timestamp, "when it was written down (UTC)"),
      ])
    table.firstRows = """
      INSERT INTO \(PriceTable.name) (item, model, organization_id, valid_from, rate) VALUES \
      \(Resource.allCases.map { "('\($0.rawValue)', '', '', '1970-01-01', \($0.initialRate))" }
        .joined(separator: ", "))
      """
    return table
  }()
}
