/// Requests: how long they take, how they fail, and the events that say so.
extension DayScript {
  /// A request to a model that is answered at once: one event, at the time of the answer.
  mutating func ask(
    _ model: SampleModel, _ type: SampleEventType, _ feature: SampleFeature,
    _ endpoint: SampleEndpoint?, prompt: Quantity?
  ) {
    let (duration, error) = outcome(of: model)
    now += duration
    var tokens: SampleEvent.Tokens?
    if let prompt {
      let count = distributions.draw(prompt, &random)
      let answer =
        model == .emberEmbed ? 0 : distributions.draw(.completionTokens, &random)
      tokens = SampleEvent.Tokens(prompt: Int32(count), completion: Int32(answer))
      if model == .atlasLarge {
        let bits = Int(truncatingIfNeeded: random.next() &>> 48)
        if bits & 3 == 0 { tokens?.cached = Int32(truncatingIfNeeded: count * (bits &>> 8) / 300) }
        if bits & 12 == 0 { tokens?.reasoning = Int32(truncatingIfNeeded: answer * 2 / 5) }
      }
    }
    let isEmitted = emit(
      type, feature, endpoint, status: error == nil ? .succeeded : .failed, error: error,
      code: endpoint == nil ? nil : error?.statusCode ?? 200, model: model, duration: duration,
      tokens: error == nil ? tokens : nil,
      cost: error == nil && model.isPriced ? model.price.microdollars(for: tokens) : nil)
    if isEmitted { events[events.count - 1].request = Int32(truncatingIfNeeded: events.count - 1) }
  }

  /// A request and, when it is done, its outcome: two events as far apart as it took.
  mutating func generate(
    _ model: SampleModel, _ feature: SampleFeature, _ endpoint: SampleEndpoint,
    _ requested: SampleEventType
  ) {
    let request = Int32(truncatingIfNeeded: events.count)
    if emit(requested, feature, endpoint, code: 202, model: model) {
      events[events.count - 1].request = request
    }
    let (duration, error) = outcome(of: model)
    now += duration
    // A few are abandoned and never heard of again.
    guard random.chance(994) else { return }
    let isImage = requested == .imageGenerateRequested
    let isEmitted: Bool
    if let error {
      isEmitted = emit(
        isImage ? .imageGenerateFailed : .videoGenerateFailed, feature, endpoint, status: .failed,
        error: error, code: error.statusCode, model: model, duration: duration)
    } else {
      isEmitted = emit(
        isImage ? .imageGenerateSucceeded : .videoGenerateSucceeded, feature, endpoint,
        status: .succeeded, code: 200, model: model, duration: duration,
        cost: model.price.perItem)
    }
    if isEmitted { events[events.count - 1].request = request }
  }

  /// A request that involves no model.
  mutating func finish(
    _ type: SampleEventType, _ feature: SampleFeature, _ endpoint: SampleEndpoint,
    _ quantity: Quantity, failures: Int
  ) {
    let duration = distributions.draw(quantity, &random)
    now += duration
    let error: SampleErrorCode? = random.chance(failures) ? .internalError : nil
    let isEmitted = emit(
      type, feature, endpoint, status: error == nil ? .succeeded : .failed, error: error,
      code: error?.statusCode ?? (type == .apiCall ? 200 : 201), duration: duration)
    if isEmitted { events[events.count - 1].request = Int32(truncatingIfNeeded: events.count - 1) }
  }

  /// How long a request to `model` takes and how it fails, if it does.
  private mutating func outcome(of model: SampleModel) -> (duration: Int, error: SampleErrorCode?) {
    var failures = model.failuresPerThousand
    var causes = Choice.errorCode
    var duration = distributions.draw(model.latency, &random)
    for incident in incidents
    where incident.model == model && incident.milliseconds.contains(now) {
      failures = incident.failuresPerThousand
      causes = .incidentErrorCode
      duration *= incident.slowdown
    }
    let timeout = model.timeoutMilliseconds
    guard random.chance(failures) else {
      return duration < timeout ? (duration, nil) : (timeout, .timeout)
    }
    let error = SampleErrorCode.allCases[distributions.pick(causes, &random)]
    switch error {
    case .timeout: return (timeout, error)
    case .rateLimited, .invalidRequest:
      return (distributions.draw(.requestMilliseconds, &random), error)
    case .contentPolicy, .providerError, .internalError:
      return (min(duration, timeout), error)
    }
  }

  /// Adds an event of the session at `now`, unless the day or its quota is over.
  @inline(__always) @discardableResult
  mutating func emit(
    _ type: SampleEventType, _ feature: SampleFeature?, _ endpoint: SampleEndpoint?,
    status: SampleStatus? = nil, error: SampleErrorCode? = nil, code: Int16? = nil,
    model: SampleModel? = nil, duration: Int? = nil, tokens: SampleEvent.Tokens? = nil,
    cost: Int64? = nil
  ) -> Bool {
    guard now < Self.milliseconds, events.count < limit else { return false }
    events.append(
      SampleEvent(
        millisecondOfDay: Int32(truncatingIfNeeded: now), user: Int32(truncatingIfNeeded: user),
        organization: population.organizations[user],
        session: Int32(truncatingIfNeeded: session),
        durationMilliseconds: duration.map { Int32(truncatingIfNeeded: $0) }, tokens: tokens,
        costMicrodollars: cost, statusCode: code, type: type, feature: feature, model: model,
        status: status, errorCode: error, endpoint: endpoint, project: project, client: client))
    return true
  }
}
