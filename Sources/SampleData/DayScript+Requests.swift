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
    }
    emit(
      type, feature, endpoint, status: error == nil ? .succeeded : .failed, error: error,
      code: endpoint == nil ? nil : error?.statusCode ?? 200, model: model, duration: duration,
      tokens: error == nil ? tokens : nil,
      cost: error == nil ? model.price.microdollars(for: tokens) : nil)
  }

  /// A request and, when it is done, its outcome: two events as far apart as it took.
  mutating func generate(
    _ model: SampleModel, _ feature: SampleFeature, _ endpoint: SampleEndpoint,
    _ requested: SampleEventType
  ) {
    emit(requested, feature, endpoint, code: 202, model: model)
    let (duration, error) = outcome(of: model)
    now += duration
    // A few are abandoned and never heard of again.
    guard random.chance(994) else { return }
    let isImage = requested == .imageGenerateRequested
    if let error {
      emit(
        isImage ? .imageGenerateFailed : .videoGenerateFailed, feature, endpoint, status: .failed,
        error: error, code: error.statusCode, model: model, duration: duration)
    } else {
      emit(
        isImage ? .imageGenerateSucceeded : .videoGenerateSucceeded, feature, endpoint,
        status: .succeeded, code: 200, model: model, duration: duration,
        cost: model.price.perItem)
    }
  }

  mutating func train() {
    emit(.trainingStarted, .training, .training, code: 202)
    let duration = distributions.draw(.trainingMilliseconds, &random)
    // A failing job fails somewhere on its way.
    if random.chance(140) {
      let part = duration / 16 * random.below(16)
      now += part
      emit(
        .trainingFailed, .training, nil, status: .failed, error: .internalError,
        duration: part)
    } else {
      now += duration
      emit(
        .trainingCompleted, .training, nil, status: .succeeded,
        duration: duration)
    }
  }

  /// A request that involves no model.
  mutating func finish(
    _ type: SampleEventType, _ feature: SampleFeature, _ endpoint: SampleEndpoint,
    _ quantity: Quantity, failures: Int
  ) {
    let duration = distributions.draw(quantity, &random)
    now += duration
    let error: SampleErrorCode? = random.chance(failures) ? .internalError : nil
    emit(
      type, feature, endpoint, status: error == nil ? .succeeded : .failed, error: error,
      code: error?.statusCode ?? (type == .apiCall ? 200 : 201), duration: duration)
  }

  /// How long a request to `model` takes and how it fails, if it does.
  private mutating func outcome(of model: SampleModel) -> (duration: Int, error: SampleErrorCode?) {
    var failures = model.failuresPerThousand
    var causes = Choice.errorCode
    var duration = distributions.draw(model.latency, &random)
    if let incident, incident.model == model, SampleIncident.milliseconds.contains(now) {
      failures = SampleIncident.failuresPerThousand
      causes = .incidentErrorCode
      duration *= SampleIncident.slowdown
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
  @inline(__always)
  mutating func emit(
    _ type: SampleEventType, _ feature: SampleFeature?, _ endpoint: SampleEndpoint?,
    status: SampleStatus? = nil, error: SampleErrorCode? = nil, code: Int16? = nil,
    model: SampleModel? = nil, duration: Int? = nil, tokens: SampleEvent.Tokens? = nil,
    cost: Int64? = nil
  ) {
    guard now < Self.milliseconds, events.count < limit else { return }
    events.append(
      SampleEvent(
        millisecondOfDay: Int32(truncatingIfNeeded: now), user: Int32(truncatingIfNeeded: user),
        organization: population.organizations[user],
        session: Int32(truncatingIfNeeded: session),
        durationMilliseconds: duration.map { Int32(truncatingIfNeeded: $0) }, tokens: tokens,
        costMicrodollars: cost, statusCode: code, type: type, feature: feature, model: model,
        status: status, errorCode: error, endpoint: endpoint))
  }
}
