/// How the fields of an event look in one format: what stands between them, and the names.
///
/// Text that is never null has its quotes, and the prefix of its identifiers, in what stands
/// around it; so both formats are written by the same loop.
struct EventLayout: Sendable {
  enum Column: Int, CaseIterable {
    case ts, eventIdentifier, eventType, category, user, organization, session, feature, model
    case status, errorCode, duration, promptTokens, completionTokens, totalTokens, cost
    case endpoint, statusCode

    var name: String {
      switch self {
      case .ts: "ts"
      case .eventIdentifier: "event_id"
      case .eventType: "event_type"
      case .category: "category"
      case .user: "user_id"
      case .organization: "organization_id"
      case .session: "session_id"
      case .feature: "feature"
      case .model: "model"
      case .status: "status"
      case .errorCode: "error_code"
      case .duration: "duration_ms"
      case .promptTokens: "prompt_tokens"
      case .completionTokens: "completion_tokens"
      case .totalTokens: "total_tokens"
      case .cost: "cost_usd"
      case .endpoint: "endpoint"
      case .statusCode: "status_code"
      }
    }

    var identifierPrefix: String {
      switch self {
      case .user: "u-"
      case .organization: "org-"
      case .session: "s-"
      default: ""
      }
    }

    /// Whether a value stands in quotes that its neighbours bring along.
    var isBareText: Bool {
      switch self {
      case .ts, .eventIdentifier, .user, .organization, .session: true
      default: false
      }
    }
  }

  /// What comes before each column, by its raw value.
  let separators: NameTable
  let rowEnd: NameTable.Slot
  let null: NameTable.Slot
  let types: NameTable
  let categories: NameTable
  // By raw value plus one; first comes null.
  let features: NameTable
  let models: NameTable
  let statuses: NameTable
  let errorCodes: NameTable
  let endpoints: NameTable

  init(_ format: SampleFormat, includesEventIdentifier: Bool) {
    let isJSON = format == .ndjson
    let quote = isJSON ? "\"" : ""
    let nothing = isJSON ? "null" : ""
    func quoted(_ text: String) -> String { quote + text + quote }
    func nullable(_ texts: [String]) -> NameTable { NameTable([nothing] + texts.map(quoted)) }

    var separators: [String] = []
    var isAfterBareText = false
    for column in Column.allCases {
      guard column != .eventIdentifier || includesEventIdentifier else {
        separators.append("")
        continue
      }
      var separator = isAfterBareText ? quote : ""
      separator += column == .ts ? (isJSON ? "{" : "") : ","
      separator += isJSON ? "\"\(column.name)\":" : ""
      separator += column.isBareText ? quote : ""
      separators.append(separator + column.identifierPrefix)
      isAfterBareText = column.isBareText
    }
    self.separators = NameTable(separators)
    rowEnd = NameTable.Slot(isJSON ? "}\n" : "\n")
    null = NameTable.Slot(nothing)
    types = NameTable(SampleEventType.allCases.map { quoted($0.name) })
    categories = NameTable(SampleEventType.allCases.map { quoted($0.category) })
    features = nullable(SampleFeature.allCases.map(\.name))
    models = nullable(SampleModel.allCases.map(\.name))
    statuses = nullable(SampleStatus.allCases.map(\.name))
    errorCodes = nullable(SampleErrorCode.allCases.map(\.name))
    endpoints = nullable(SampleEndpoint.allCases.map(\.path))
  }

  /// Writes the rows of `events` in the given order.
  func write(
    _ events: [SampleEvent], in order: [UInt32], day: Int, of options: SampleOptions,
    to writer: inout RowWriter, _ buffer: inout [UInt8]
  ) {
    let date = NameTable.Slot(options.start.advanced(by: day).description + "T")
    for (row, position) in order.enumerated() {
      let event = events[Int(position)]
      write(.ts, &writer)
      writer.write(date)
      writer.write(timeOfDay: event.millisecondOfDay)
      if options.includesEventIdentifier {
        write(.eventIdentifier, &writer)
        write(identifierOf: row, onDay: day, seed: options.seed, &writer)
      }
      write(.eventType, &writer)
      writer.write(types[Int(event.type.rawValue)])
      write(.category, &writer)
      writer.write(categories[Int(event.type.rawValue)])
      write(.user, &writer)
      writer.write(identifier: UInt64(event.user + 1), width: 6, limit: 1_000_000)
      write(.organization, &writer)
      writer.write(identifier: UInt64(event.organization + 1), width: 4, limit: 10_000)
      write(.session, &writer)
      writer.write(base36: event.sessionNumber(onDay: day))
      write(.feature, &writer)
      writer.write(features[event.feature.map { Int($0.rawValue) + 1 } ?? 0])
      write(.model, &writer)
      writer.write(models[event.model.map { Int($0.rawValue) + 1 } ?? 0])
      write(.status, &writer)
      writer.write(statuses[event.status.map { Int($0.rawValue) + 1 } ?? 0])
      write(.errorCode, &writer)
      writer.write(errorCodes[event.errorCode.map { Int($0.rawValue) + 1 } ?? 0])
      write(.duration, event.durationMilliseconds.map(Int64.init), &writer)
      write(.promptTokens, event.tokens.map { Int64($0.prompt) }, &writer)
      write(.completionTokens, event.tokens.map { Int64($0.completion) }, &writer)
      write(.totalTokens, event.tokens.map { Int64($0.total) }, &writer)
      write(cost: event.costMicrodollars, &writer)
      write(.endpoint, &writer)
      writer.write(endpoints[event.endpoint.map { Int($0.rawValue) + 1 } ?? 0])
      write(.statusCode, event.statusCode.map(Int64.init), &writer)
      writer.write(rowEnd)
      writer.endRow(&buffer)
    }
  }

  /// What comes before the value of `column`.
  @inline(__always)
  private func write(_ column: Column, _ writer: inout RowWriter) {
    writer.write(separators[column.rawValue])
  }

  /// A number that is not negative, or null.
  @inline(__always)
  private func write(_ column: Column, _ number: Int64?, _ writer: inout RowWriter) {
    write(column, &writer)
    if let number {
      writer.write(number: UInt64(bitPattern: number))
    } else {
      writer.write(null)
    }
  }

  /// Dollars with six places, exactly.
  @inline(__always)
  private func write(cost: Int64?, _ writer: inout RowWriter) {
    write(.cost, &writer)
    guard let cost else {
      writer.write(null)
      return
    }
    let microdollars = UInt64(bitPattern: cost)
    writer.write(number: microdollars / 1_000_000)
    writer.write(byte: UInt8(ascii: "."))
    writer.write(number: microdollars % 1_000_000, width: 6)
  }

  private func write(
    identifierOf row: Int, onDay day: Int, seed: UInt64, _ writer: inout RowWriter
  ) {
    let name = SampleUUID(.events, row: row, day: day, seed: seed)
    writer.write(hexadecimal: name.high &>> 32, digits: 8)
    writer.write(byte: UInt8(ascii: "-"))
    writer.write(hexadecimal: name.high &>> 16, digits: 4)
    writer.write(byte: UInt8(ascii: "-"))
    writer.write(hexadecimal: name.high, digits: 4)
    writer.write(byte: UInt8(ascii: "-"))
    writer.write(hexadecimal: name.low &>> 48, digits: 4)
    writer.write(byte: UInt8(ascii: "-"))
    writer.write(hexadecimal: name.low, digits: 12)
  }
}
