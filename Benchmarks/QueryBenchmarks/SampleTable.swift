import ColumnStore
import Dispatch
import SampleData
import Synchronization

/// Puts the events of a sample into a store without writing them as text first.
struct SampleTable {
  let generator: SampleGenerator
  private let names: Names

  /// The types that a loader finds in the sample's CSV.
  static let schema = TableSchema(
    name: "events",
    columns: [
      ColumnDefinition(name: "ts", type: .timestampWithTimeZone, isNotNull: true),
      ColumnDefinition(name: "event_type", type: .text),
      ColumnDefinition(name: "category", type: .text),
      ColumnDefinition(name: "user_id", type: .text),
      ColumnDefinition(name: "organization_id", type: .text),
      ColumnDefinition(name: "session_id", type: .text),
      ColumnDefinition(name: "feature", type: .text),
      ColumnDefinition(name: "model", type: .text),
      ColumnDefinition(name: "status", type: .text),
      ColumnDefinition(name: "error_code", type: .text),
      ColumnDefinition(name: "duration_ms", type: .integer),
      ColumnDefinition(name: "prompt_tokens", type: .integer),
      ColumnDefinition(name: "completion_tokens", type: .integer),
      ColumnDefinition(name: "total_tokens", type: .integer),
      ColumnDefinition(name: "cost_usd", type: .double),
      ColumnDefinition(name: "endpoint", type: .text),
      ColumnDefinition(name: "status_code", type: .integer),
    ], partitionColumn: 0)

  init(_ options: SampleOptions) throws {
    generator = try SampleGenerator(options)
    names = Names(users: options.users, organizations: options.organizations ?? options.users)
  }

  /// Makes the table and fills it, a day per task; returns the number of rows.
  func load(into store: Store, threads: Int) throws -> Int {
    try store.createTable(Self.schema)
    let nextDay = Atomic(0)
    let failure = Mutex<StoreError?>(nil)
    try store.append(to: Self.schema.name, sealsTails: true) { appender in
      DispatchQueue.concurrentPerform(iterations: max(threads, 1)) { _ in
        while true {
          let day = nextDay.wrappingAdd(1, ordering: .relaxed).oldValue
          guard day < generator.options.days else { return }
          do throws(StoreError) {
            try appender.append(batch(ofDay: day))
          } catch {
            failure.withLock { $0 = error }
            return
          }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
    }
    return store.catalog().tables[Self.schema.name]?.rowCount ?? 0
  }

  /// The first events of a day in `limit` batches of a size at most; what is left over is not in them.
  func batches(ofDay day: Int, size: Int, limit: Int) -> [RowBatch] {
    let events = generator.events(onDay: day)
    let starts = stride(from: 0, to: events.count - size + 1, by: size).prefix(limit)
    return starts.map { batch(of: Array(events[$0..<$0 + size]), onDay: day) }
  }

  private func batch(ofDay day: Int) -> RowBatch {
    batch(of: generator.events(onDay: day), onDay: day)
  }

  private func batch(of events: [SampleEvent], onDay day: Int) -> RowBatch {
    let midnight = Int64(generator.date(ofDay: day).daysSinceEpoch) * 86_400_000
    let (sessions, codes) = Self.sessions(of: events, onDay: day)
    return RowBatch(
      rowCount: events.count,
      columns: [
        .integers(events) { midnight + Int64($0.millisecondOfDay) },
        .names(events, names.types) { Int($0.type.rawValue) },
        .names(events, names.categories) { Int($0.type.rawValue) },
        .names(events, names.users) { Int($0.user) },
        .names(events, names.organizations) { Int($0.organization) },
        .names(events, sessions) { codes[Int($0.session)] },
        .names(events, names.features) { $0.feature.map { Int($0.rawValue) } },
        .names(events, names.models) { $0.model.map { Int($0.rawValue) } },
        .names(events, names.statuses) { $0.status.map { Int($0.rawValue) } },
        .names(events, names.errorCodes) { $0.errorCode.map { Int($0.rawValue) } },
        .integers(events) { $0.durationMilliseconds.map(Int64.init) },
        .integers(events) { $0.tokens.map { Int64($0.prompt) } },
        .integers(events) { $0.tokens.map { Int64($0.completion) } },
        .integers(events) { $0.tokens.map { Int64($0.total) } },
        .doubles(events) { $0.costMicrodollars.map { Double($0) / 1e6 } },
        .names(events, names.endpoints) { $0.endpoint.map { Int($0.rawValue) } },
        .integers(events) { $0.statusCode.map(Int64.init) },
      ])
  }

  /// The sessions that have an event here, and the place of each by its number.
  private static func sessions(
    of events: [SampleEvent], onDay day: Int
  ) -> (pool: TextPool, places: [Int]) {
    let pool = TextPool()
    let count = (events.lazy.map { Int($0.session) }.max() ?? -1) + 1
    var places = [Int](repeating: -1, count: count)
    var next = 0
    for event in events where places[Int(event.session)] < 0 {
      pool.append(event.sessionIdentifier(onDay: day))
      places[Int(event.session)] = next
      next += 1
    }
    return (pool, places)
  }
}

/// The vocabularies of a sample, shared by all batches, so that the store translates each once.
private struct Names: Sendable {
  let types = TextPool(SampleEventType.allCases.map(\.name))
  let categories = TextPool(SampleEventType.allCases.map(\.category))
  let features = TextPool(SampleFeature.allCases.map(\.name))
  let models = TextPool(SampleModel.allCases.map(\.name))
  let statuses = TextPool(SampleStatus.allCases.map(\.name))
  let errorCodes = TextPool(SampleErrorCode.allCases.map(\.name))
  let endpoints = TextPool(SampleEndpoint.allCases.map(\.path))
  let users: TextPool
  let organizations: TextPool

  init(users: Int, organizations: Int) {
    self.users = TextPool((1...users).map { Self.identifier("u-", $0, width: 6) })
    self.organizations = TextPool(
      (1...organizations).map { Self.identifier("org-", $0, width: 4) })
  }

  private static func identifier(_ prefix: String, _ number: Int, width: Int) -> String {
    let digits = String(number)
    return prefix + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension TextPool {
  fileprivate convenience init(_ texts: [String]) {
    self.init()
    for text in texts { append(text) }
  }
}

/// Columns of a batch from what events have; `nil` is null.
extension ColumnValues {
  fileprivate static func integers(
    _ events: [SampleEvent], _ value: (SampleEvent) -> Int64?
  ) -> ColumnValues {
    let (values, validity) = column(events, null: 0, value)
    return ColumnValues(storage: .integers(values), validity: validity)
  }

  fileprivate static func doubles(
    _ events: [SampleEvent], _ value: (SampleEvent) -> Double?
  ) -> ColumnValues {
    let (values, validity) = column(events, null: 0, value)
    return ColumnValues(storage: .doubles(values), validity: validity)
  }

  fileprivate static func names(
    _ events: [SampleEvent], _ pool: TextPool, _ entry: (SampleEvent) -> Int?
  ) -> ColumnValues {
    let (codes, validity) = column(events, null: 0) { entry($0).map { UInt32($0) } }
    return ColumnValues(storage: .text(codes: codes, pool: pool), validity: validity)
  }

  private static func column<Element>(
    _ events: [SampleEvent], null: Element, _ value: (SampleEvent) -> Element?
  ) -> (values: [Element], validity: [UInt8]?) {
    var validity = [UInt8](repeating: 1, count: events.count)
    var hasNulls = false
    var values: [Element] = []
    values.reserveCapacity(events.count)
    for (row, event) in events.enumerated() {
      if let value = value(event) {
        values.append(value)
      } else {
        values.append(null)
        validity[row] = 0
        hasNulls = true
      }
    }
    return (values, hasNulls ? validity : nil)
  }
}
