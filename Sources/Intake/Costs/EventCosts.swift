internal import AccessControl
internal import ColumnStore
internal import Pricing

/// What the events of a batch cost, and how that is known: sent, from the tokens and the model's price, or
/// from a rate (C20), whichever comes first. Prices are looked up once per model and organisation.
///
/// Null where nothing says it: tokens of a model without a price are not guessed at.
struct EventCosts {
  /// As in the column `cost_source`.
  enum Source: UInt32, CaseIterable {
    // Stored on disk: never rename.
    case sent
    case modelPrice
    case resourceRate

    var name: String {
      switch self {
      case .sent: "sent"
      case .modelPrice: "model_price"
      case .resourceRate: "resource_rate"
      }
    }
  }

  private(set) var costs = ColumnValues(storage: .nulls)
  private(set) var sources = ColumnValues(storage: .nulls)

  init(_ batch: DecodedBatch, _ book: PriceBook, at now: Int64) {
    let work = Work(batch, book, at: now)
    guard work.isNeeded else { return }
    let (values, sources, validity) = work.run()
    var present = 0
    for flag in validity { present &+= Int(flag) }
    guard present > 0 else { return }
    let validityOrNil = present == validity.count ? nil : validity
    costs = ColumnValues(storage: .doubles(values), validity: validityOrNil)
    let pool = TextPool()
    for source in Source.allCases { pool.append(source.name) }
    self.sources = ColumnValues(
      storage: .text(codes: sources, pool: pool), validity: validityOrNil)
  }

  /// Types that are one request to a model that has come to an end, and that is not counted in tokens:
  /// what is counted so (`chat`, `rag_query`) costs what its tokens do.
  static let requestTypes: Set = [
    "image_generate_succeeded", "video_generate_succeeded", "inference_completed", "test_run",
  ]
  /// One of its own where it says that it succeeded; else it is a start.
  static let startedType = "inference"
}

/// The fields that costs are made of, each looked at once.
private struct Work {
  private struct Integers {
    var values: [Int64] = []
    var validity: [UInt8] = []

    init(_ field: FieldValues) {
      if case .integers(let values, let validity) = field {
        (self.values, self.validity) = (values, validity)
      }
    }

    @inline(__always)
    subscript(row: Int) -> Int64? {
      !values.isEmpty && validity[row] != 0 ? values[row] : nil
    }
    var isPresent: Bool { !values.isEmpty }
  }

  private struct Doubles {
    var values: [Double] = []
    var validity: [UInt8] = []

    init(_ field: FieldValues) {
      if case .doubles(let values, let validity) = field {
        (self.values, self.validity) = (values, validity)
      }
    }

    @inline(__always)
    subscript(row: Int) -> Double? {
      !values.isEmpty && validity[row] != 0 ? values[row] : nil
    }
    var isPresent: Bool { !values.isEmpty }
  }

  /// A price and from when on; those of one item and owner stand together, the newest first.
  private struct Period {
    var start: Int64
    var tokens: TokenPrice
    var rate: Int64
  }

  private let batch: DecodedBatch
  private let book: PriceBook
  private let now: Int64
  private let sent: Doubles
  private let gpuSeconds: Doubles
  private let times: Integers
  private let prompt: Integers
  private let completion: Integers
  private let total: Integers
  private let cached: Integers
  private let reasoning: Integers
  private let models: TextColumn?
  /// By row: whether it is a request that a rate may be taken for; empty where none is.
  private let isRequest: [Bool]

  init(_ batch: DecodedBatch, _ book: PriceBook, at now: Int64) {
    self.batch = batch
    self.book = book
    self.now = now
    sent = Doubles(batch["cost_usd"])
    gpuSeconds = Doubles(batch["gpu_seconds"])
    times = Integers(batch["ts"])
    prompt = Integers(batch["prompt_tokens"])
    completion = Integers(batch["completion_tokens"])
    total = Integers(batch["total_tokens"])
    cached = Integers(batch["cached_tokens"])
    reasoning = Integers(batch["reasoning_tokens"])
    if case .text(let column) = batch["model"] { models = column } else { models = nil }
    isRequest = Self.requests(of: batch)
  }

  var isNeeded: Bool {
    sent.isPresent || gpuSeconds.isPresent || total.isPresent || !isRequest.isEmpty
  }

  func run() -> (values: [Double], sources: [UInt32], validity: [UInt8]) {
    var values = [Double](repeating: 0, count: batch.rowCount)
    var sources = [UInt32](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 0, count: batch.rowCount)
    var periods: [Period] = []
    var places: [UInt64: Range<Int>] = [:]
    var lastKey = UInt64.max
    var last = 0..<0

    /// The price in force for a row. `item` is the code of the model, or past all codes a resource.
    func period(_ item: UInt32, _ row: Int, _ name: () -> Price.Item?) -> Period? {
      let owner = batch.rowOrganizations[row]
      let key = UInt64(item) << 32 | UInt64(UInt32(bitPattern: owner))
      if key != lastKey {
        lastKey = key
        if let known = places[key] {
          last = known
        } else {
          let candidates =
            name().map { book.candidates(of: $0, for: batch.organization(row)) } ?? []
          last = periods.count..<(periods.count + candidates.count)
          periods += candidates.map(Self.period)
          places[key] = last
        }
      }
      let time = times[row] ?? now
      for place in last where periods[place].start <= time { return periods[place] }
      return nil
    }
    func set(_ row: Int, _ microdollars: Int64, _ source: EventCosts.Source) {
      values[row] = Double(microdollars) / 1_000_000
      sources[row] = source.rawValue
      validity[row] = 1
    }

    for row in 0..<batch.rowCount {
      if let cost = sent[row] {
        values[row] = cost
        validity[row] = 1
        continue
      }
      let tokens = TokenCounts(
        prompt: prompt[row], completion: completion[row], total: total[row], cached: cached[row],
        reasoning: reasoning[row])
      if let tokens, let models, let model = models.code(row),
        let price = period(model, row, { models.string(row).flatMap(Self.model) }),
        let cost = price.tokens.microdollars(for: tokens)
      {
        set(row, cost, .modelPrice)
        continue
      }
      if let seconds = gpuSeconds[row], seconds > 0 {
        if let price = period(.max, row, { .resource(.gpu) }) {
          set(row, Resource.microdollars(gpuSeconds: seconds, rate: price.rate), .resourceRate)
        }
      } else if tokens == nil, !isRequest.isEmpty, isRequest[row],
        let price = period(.max - 1, row, { .resource(.inference) })
      {
        set(row, Resource.microdollars(perRequestAt: price.rate), .resourceRate)
      }
    }
    return (values, sources, validity)
  }

  private static func model(_ name: String) -> Price.Item? {
    Identifier(name).map { .model($0) }
  }

  private static func period(_ price: Price) -> Period {
    switch price.amount {
    case .tokens(let tokens):
      Period(start: price.validFrom.milliseconds, tokens: tokens, rate: 0)
    case .rate(let rate):
      Period(
        start: price.validFrom.milliseconds, tokens: TokenPrice(prompt: 0, completion: 0),
        rate: rate)
    }
  }

  /// Token usages and requests to the host's API are no requests of this kind.
  private static func requests(of batch: DecodedBatch) -> [Bool] {
    guard case .text(let types) = batch["event_type"] else { return [] }
    let statuses = batch["status"]
    var known: [UInt32: (isRequest: Bool, isStart: Bool)] = [:]
    var isRequest = [Bool](repeating: false, count: batch.rowCount)
    var isAny = false
    for row in 0..<batch.rowCount {
      guard let code = types.code(row) else { continue }
      let kind: (isRequest: Bool, isStart: Bool)
      if let found = known[code] {
        kind = found
      } else {
        let type = types.string(row) ?? ""
        kind = (EventCosts.requestTypes.contains(type), type == EventCosts.startedType)
        known[code] = kind
      }
      guard kind.isRequest || kind.isStart else { continue }
      let status = statuses.text(row)
      isRequest[row] = status == "succeeded" || (kind.isRequest && status == nil)
      isAny = isAny || isRequest[row]
    }
    return isAny ? isRequest : []
  }
}
