package import AccessControl
package import Authentication
internal import ColumnStore
package import Pricing

/// Prices as JSON: what `GET /api/admin/prices` answers, `PUT` takes, and `daybook prices import` reads.
///
/// Amounts are US dollars with at most six decimals, read exactly: tokens per 1,000,000, rates per unit of
/// the resource.
package enum PriceDocument {
  package static let amountRule = "an amount of US dollars from 0 to 1000, with at most 6 decimals"
  package static let timeRule = "a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z"

  private static let keyFields = ["model", "resource", "organization_id", "valid_from"]
  private static let tokenFields = ["prompt_usd", "completion_usd", "cached_usd", "reasoning_usd"]

  /// `{"prices": [...], "remove": [...]}`; either may be missing. What else answers have beside the
  /// prices (`units`) is passed over, so that an answer can be sent back.
  package static func change(_ json: StrictJSON) throws(PriceProblem) -> PriceChange {
    guard let members = json.members else { throw PriceProblem("", "type", "must be an object") }
    var errors: [PriceProblem.Item] = []
    for name in members.keys.sorted() where !["prices", "remove", "units"].contains(name) {
      errors.append(.init(name, "unknown", "there are 'prices' and 'remove'"))
    }
    func list<Value>(
      _ name: String, _ read: (inout Reader) -> Value?
    ) -> [Value] {
      guard let member = members[name] else { return [] }
      guard let elements = member.elements else {
        errors.append(.init(name, "type", "must be a list"))
        return []
      }
      var values: [Value] = []
      for (index, element) in elements.enumerated() {
        if errors.count >= 16 { break }
        var reader = Reader(element, place: "\(name)[\(index)]")
        if let value = read(&reader), reader.errors.isEmpty { values.append(value) }
        errors += reader.errors
      }
      return values
    }
    let set = list("prices") { $0.price() }
    let removed = list("remove") { reader in
      reader.refuse(except: keyFields)
      return reader.key()
    }
    guard errors.isEmpty else { throw PriceProblem(Array(errors.prefix(16))) }
    return PriceChange(set: set, removed: removed)
  }

  /// A day is its first moment, in UTC.
  package static func time(_ text: String) -> UnixTime? {
    let milliseconds = Array(text.utf8).withUnsafeBufferPointer { bytes -> Int64? in
      guard bytes.count == 10 else {
        return try? DateTimeText.timestampWithTimeZone(bytes, zone: .utc)
      }
      return (try? DateTimeText.date(bytes)).map { $0 * Calendar.millisecondsPerDay }
    }
    let days =
      Calendar.days(year: 1970, month: 1, day: 1)...Calendar.days(year: 9999, month: 12, day: 31)
    guard let milliseconds,
      days.contains(Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay))
    else { return nil }
    return UnixTime(milliseconds: milliseconds)
  }

  /// Dollars as micro-dollars; `nil` where they are not as `amountRule` says.
  package static func microdollars(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...4).contains(parts[0].count) else { return nil }
    var fraction = parts.count == 2 ? Array(parts[1]) : []
    guard parts.count == 1 || !fraction.isEmpty else { return nil }
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    guard fraction.count <= 6 else { return nil }
    let digits =
      Array(parts[0]) + fraction + Array(repeating: UInt8(ascii: "0"), count: 6 - fraction.count)
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    return value <= Price.largestAmount ? value : nil
  }

  /// As `microdollars` reads it: `1.5`.
  package static func dollars(_ microdollars: Int64) -> String {
    let (whole, rest) = microdollars.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest != 0 else { return "\(whole)" }
    var fraction = String(1_000_000 + rest).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(whole).\(fraction)"
  }

  /// The members of a price, in the order in which they are shown.
  package static func members(_ price: Price) -> [(name: String, value: StrictJSON)] {
    var members: [(name: String, value: StrictJSON)] =
      switch price.item {
      case .model(let name): [("model", .string(name.text))]
      case .resource(let resource): [("resource", .string(resource.rawValue))]
      }
    members.append(("organization_id", price.organization.map { .string($0.text) } ?? .null))
    members.append(("valid_from", .string(timeText(price.validFrom))))
    switch price.amount {
    case .tokens(let tokens):
      members.append(("prompt_usd", .number(dollars(tokens.prompt))))
      members.append(("completion_usd", .number(dollars(tokens.completion))))
      members.append(("cached_usd", tokens.cached.map { .number(dollars($0)) } ?? .null))
      members.append(("reasoning_usd", tokens.reasoning.map { .number(dollars($0)) } ?? .null))
    case .rate(let rate): members.append(("rate_usd", .number(dollars(rate))))
    }
    return members
  }

  /// `2026-01-31T00:00:00Z`.
  package static func timeText(_ time: UnixTime) -> String {
    ClockText.timestamp(time.milliseconds).replacing(" ", with: "T") + "Z"
  }

  /// One element of a list.
  private struct Reader {
    let members: [String: StrictJSON]
    let place: String
    var errors: [PriceProblem.Item] = []

    init(_ json: StrictJSON, place: String) {
      self.place = place
      members = json.members ?? [:]
      if json.members == nil { errors = [.init(place, "type", "must be an object")] }
    }

    mutating func fail(_ field: String, _ rule: String, _ message: String) {
      errors.append(.init("\(place).\(field)", rule, message))
    }

    mutating func refuse(except names: [String]) {
      for name in members.keys.sorted() where !names.contains(name) {
        let shown = String(name.unicodeScalars.prefix(64).map(Character.init))
        fail(shown, "unknown", "there are \(names.joined(separator: ", "))")
      }
    }

    private func member(_ name: String) -> StrictJSON? {
      if case .null? = members[name] { return nil }
      return members[name]
    }

    mutating func key() -> Price.Key? {
      guard errors.isEmpty, let item = item() else { return nil }
      var organization: OrganizationID?
      if let owner = member("organization_id") {
        organization = owner.text.flatMap { OrganizationID($0) }
        if organization == nil {
          fail("organization_id", "type", "must be null, or \(Identifier.allowed)")
        }
      }
      guard let start = member("valid_from") else {
        fail("valid_from", "missing", "is required: \(PriceDocument.timeRule)")
        return nil
      }
      guard let time = start.text.flatMap({ PriceDocument.time($0) }) else {
        fail("valid_from", "type", "must be \(PriceDocument.timeRule)")
        return nil
      }
      return Price.Key(item: item, organization: organization, validFrom: time)
    }

    private mutating func item() -> Price.Item? {
      switch (member("model"), member("resource")) {
      case (let model?, nil):
        guard let name = model.text.flatMap({ Identifier($0) }) else {
          fail("model", "type", "must be \(Identifier.allowed)")
          return nil
        }
        return .model(name)
      case (nil, let resource?):
        guard let known = resource.text.flatMap({ Resource(rawValue: $0) }) else {
          let names = Resource.allCases.map(\.rawValue).joined(separator: ", ")
          fail("resource", "choice", "must be one of \(names)")
          return nil
        }
        return .resource(known)
      default:
        fail("model", "missing", "name a model or a resource, and one of them only")
        return nil
      }
    }

    mutating func price() -> Price? {
      guard let key = key() else { return nil }
      switch key.item {
      case .model(let model):
        refuse(except: keyFields + tokenFields)
        let prompt = amount("prompt_usd", isRequired: true)
        let completion = amount("completion_usd", isRequired: true)
        let cached = amount("cached_usd", isRequired: false)
        let reasoning = amount("reasoning_usd", isRequired: false)
        guard let prompt, let completion else { return nil }
        return Price(
          model: model, organization: key.organization, validFrom: key.validFrom,
          TokenPrice(
            prompt: prompt, completion: completion, cached: cached, reasoning: reasoning))
      case .resource(let resource):
        refuse(except: keyFields + ["rate_usd"])
        guard let rate = amount("rate_usd", isRequired: true) else { return nil }
        return Price(
          resource, organization: key.organization, validFrom: key.validFrom, rate: rate)
      }
    }

    private mutating func amount(_ name: String, isRequired: Bool) -> Int64? {
      guard let value = member(name) else {
        if isRequired { fail(name, "missing", "is required: \(PriceDocument.amountRule)") }
        return nil
      }
      guard case .number(let text) = value, let amount = PriceDocument.microdollars(text) else {
        fail(name, "range", "must be \(PriceDocument.amountRule)")
        return nil
      }
      return amount
    }
  }
}
