/// What the attributes of a resource and of a span, or of a log record, say.
struct Facts {
  var operation: TelemetryText?
  var requestModel: TelemetryText?
  var responseModel: TelemetryText?
  var provider: TelemetryText?
  var outputType: TelemetryText?
  var conversation: TelemetryText?
  var finishReason: TelemetryText?
  var inputTokens: Int64?
  var outputTokens: Int64?
  var cachedTokens: Int64?
  var reasoningTokens: Int64?
  var cost: Double?
  var temperature: Double?
  var user: TelemetryText?
  var session: TelemetryText?
  var errorType: TelemetryText?
  var route: TelemetryText?
  var method: TelemetryText?
  var statusCode: Int64?
  var eventName: TelemetryText?
  var recordID: TelemetryText?
  var service: TelemetryText?
  var contentCount = 0
  /// Fields of the record that attributes set by name.
  var own: [(name: String, value: TelemetryValue)] = []
  var ownMetadata: [(name: String, value: TelemetryValue)] = []

  var model: TelemetryText? { responseModel ?? requestModel }

  /// `resource` says of all its spans whose they are; the rest is each span's own.
  init(resource: TelemetryValue?) {
    var all = Facts()
    all.read(resource?["attributes"])
    user = all.user
    session = all.session
    service = all.service
    own = all.own
    ownMetadata = all.ownMetadata
  }

  private init() {}

  mutating func read(_ attributes: TelemetryValue?) {
    guard let attributes else { return }
    for attribute in attributes.elements {
      guard let key = attribute["key"]?.text, key.count <= 128, let value = attribute["value"]
      else { continue }
      let name = String(decoding: key, as: UTF8.self)
      if name.hasPrefix(AttributeName.ownPrefix) {
        readOwn(name, value)
      } else if let attribute = AttributeName(name) {
        read(attribute, value)
      }
    }
  }

  private mutating func readOwn(_ name: String, _ value: TelemetryValue) {
    func set(_ list: inout [(name: String, value: TelemetryValue)], _ prefix: String) {
      let field = String(name.dropFirst(prefix.count))
      list.removeAll { $0.name == field }
      list.append((field, value))
    }
    if name.hasPrefix(AttributeName.metadataPrefix) {
      set(&ownMetadata, AttributeName.metadataPrefix)
    } else {
      set(&own, AttributeName.ownPrefix)
    }
  }

  private mutating func read(_ attribute: AttributeName, _ value: TelemetryValue) {
    let text = value["stringValue"]?.text
    switch attribute {
    case .operation: operation = text
    case .requestModel: requestModel = text
    case .responseModel: responseModel = text
    case .provider: provider = text ?? provider
    case .outputType: outputType = text
    case .conversation: conversation = text
    case .finishReasons:
      // One for each choice; nearly always there is one.
      finishReason =
        text
        ?? value["arrayValue"]?["values"]?.elements.lazy.compactMap { $0["stringValue"]?.text }
        .first { _ in true }
    case .inputTokens: inputTokens = value.attributeInteger ?? inputTokens
    case .outputTokens: outputTokens = value.attributeInteger ?? outputTokens
    case .cachedTokens: cachedTokens = value.attributeInteger ?? cachedTokens
    case .reasoningTokens: reasoningTokens = value.attributeInteger ?? reasoningTokens
    case .cost: cost = value["doubleValue"]?.double ?? value.attributeInteger.map { Double($0) }
    case .temperature: temperature = value["doubleValue"]?.double
    case .user: user = text ?? user
    case .session: session = text
    case .errorType: errorType = text
    case .route: route = text
    case .method: method = text
    case .statusCode: statusCode = value.attributeInteger ?? statusCode
    case .eventName: eventName = text
    case .recordID: recordID = text
    case .service: service = text
    case .content: contentCount += 1
    }
  }
}

extension TelemetryValue {
  /// Of an `AnyValue`; some libraries send counts as texts or doubles.
  var attributeInteger: Int64? {
    self["intValue"]?.integer ?? self["doubleValue"]?.integer ?? self["stringValue"]?.integer
  }
}
