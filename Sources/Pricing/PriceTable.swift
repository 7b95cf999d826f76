internal import AccessControl
public import ColumnStore
internal import Synchronization

/// The table that prices are kept in, and its rows as prices.
public enum PriceTable {
  public static let name = "prices"

  /// Texts of a key cannot be null: a price for all organisations, and a rate, have empty ones.
  public enum Column: String, CaseIterable, Sendable {
    case item
    case model
    case organization = "organization_id"
    case validFrom = "valid_from"
    case prompt = "prompt_price"
    case completion = "completion_price"
    case cached = "cached_price"
    case reasoning = "reasoning_price"
    case rate
    case setAt = "set_at"
  }

  public static let key: [Column] = [.item, .model, .organization, .validFrom]
  static let modelItem = "model"

  /// Reads all prices. Rows that are no prices, which only somebody with the data folder can write, are
  /// passed over; amounts outside of what is allowed too.
  public static func read(_ table: Table) throws(DamagedChunk) -> PriceBook {
    let places = Column.allCases.map { table.schema.columnIndex($0.rawValue) }
    var prices: [Price] = []
    for partition in table.partitions {
      for segment in partition.segments {
        var columns: [[Value]?] = []
        for place in places {
          columns.append(
            try place.map { (place) throws(DamagedChunk) in try segment.chunks[place].values() })
        }
        for row in 0..<segment.rowCount where segment.live?[row] ?? true {
          let values = zip(Column.allCases, columns).map { ($0, $1?[row] ?? .null) }
          let byColumn = Dictionary(uniqueKeysWithValues: values)
          if let price = Price(byColumn) { prices.append(price) }
        }
      }
    }
    return PriceBook(prices)
  }

  /// The columns of a key, by its row.
  public static func keyValues(_ key: Price.Key) -> [Column: Value] {
    let (item, model) =
      switch key.item {
      case .model(let name): (modelItem, name.text)
      case .resource(let resource): (resource.rawValue, "")
      }
    return [
      .item: .text(item), .model: .text(model),
      .organization: .text(key.organization?.text ?? ""),
      .validFrom: .timestamp(key.validFrom.milliseconds),
    ]
  }

  /// A whole row, but for when it was written.
  public static func values(_ price: Price) -> [Column: Value] {
    var values = keyValues(price.key)
    switch price.amount {
    case .tokens(let tokens):
      values[.prompt] = .integer(tokens.prompt)
      values[.completion] = .integer(tokens.completion)
      values[.cached] = tokens.cached.map { .integer($0) }
      values[.reasoning] = tokens.reasoning.map { .integer($0) }
    case .rate(let rate): values[.rate] = .integer(rate)
    }
    return values
  }
}

extension Price {
  fileprivate init?(_ values: [PriceTable.Column: Value]) {
    func text(_ column: PriceTable.Column) -> String? {
      if case .text(let text) = values[column] { text } else { nil }
    }
    func amount(_ column: PriceTable.Column) -> Int64? {
      guard case .integer(let value) = values[column], (0...Price.largestAmount).contains(value)
      else { return nil }
      return value
    }
    guard let item = text(.item), let owner = text(.organization),
      case .timestamp(let start) = values[.validFrom]
    else { return nil }
    let organization = OrganizationID(owner)
    guard organization != nil || owner.isEmpty else { return nil }
    let validFrom = UnixTime(milliseconds: start)
    if let resource = Resource(rawValue: item) {
      guard let rate = amount(.rate) else { return nil }
      self.init(resource, organization: organization, validFrom: validFrom, rate: rate)
      return
    }
    guard item == PriceTable.modelItem, let model = text(.model).flatMap({ Identifier($0) }),
      let prompt = amount(.prompt), let completion = amount(.completion)
    else { return nil }
    self.init(
      model: model, organization: organization, validFrom: validFrom,
      TokenPrice(
        prompt: prompt, completion: completion, cached: amount(.cached),
        reasoning: amount(.reasoning)))
  }
}

/// The prices of a database as they are now. Reading them is free as long as nobody changes them.
public final class CurrentPrices: Sendable {
  private struct Known {
    var segments: [Segment]
    var book: PriceBook
  }

  private let known = Mutex(Known(segments: [], book: .empty))

  public init() {}

  /// As this catalog has them; none where there is no such table.
  ///
  /// Segments are immutable and another object for every change, so they say whether anything has
  /// changed.
  public func book(in catalog: Catalog) throws(DamagedChunk) -> PriceBook {
    guard let table = catalog.tables[PriceTable.name] else { return .empty }
    let segments = table.partitions.flatMap(\.segments)
    let book = known.withLock { known in
      known.segments.count == segments.count
        && zip(known.segments, segments).allSatisfy { $0 === $1 } ? known.book : nil
    }
    if let book { return book }
    let read = try PriceTable.read(table)
    known.withLock { $0 = Known(segments: segments, book: read) }
    return read
  }
}
