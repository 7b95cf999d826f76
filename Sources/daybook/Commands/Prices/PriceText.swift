import AccessControl
import Authentication
import Platform
import Pricing

/// A list of prices, for people and for programs.
enum PriceText {
  /// Dollars, with two blanks between columns.
  static func table(_ book: PriceBook) -> String {
    var rows = [
      ["item", "organization", "from", "prompt", "completion", "cached", "reasoning", "rate"]
    ]
    for price in book.prices {
      let item =
        switch price.item {
        case .model(let name): name.text
        case .resource(let resource): "\(resource.rawValue) (per \(resource.unit))"
        }
      let amounts: [Int64?] =
        switch price.amount {
        case .tokens(let tokens):
          [tokens.prompt, tokens.completion, tokens.cached, tokens.reasoning, nil]
        case .rate(let rate): [nil, nil, nil, nil, rate]
        }
      rows.append(
        [item, price.organization?.text ?? "-", PriceDocument.timeText(price.validFrom)]
          + amounts.map { $0.map { PriceDocument.dollars($0) } ?? "-" })
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// A price on each line.
  static func json(_ book: PriceBook) -> String {
    let prices = book.prices.map { price in
      "  {"
        + PriceDocument.members(price).map {
          "\(StrictJSON.quoted($0.name)): \($0.value.serialized)"
        }.joined(separator: ", ") + "}"
    }
    return "{\"prices\": [\n" + prices.joined(separator: ",\n") + "\n]}\n"
  }
}
