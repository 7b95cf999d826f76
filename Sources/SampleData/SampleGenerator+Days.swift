extension SampleGenerator {
  /// Everything of `day`, which counts from 0. A day is made without the others, so that days may be
  /// made in parallel and in any order; it takes about 140 bytes per event.
  public func sampleDay(_ day: Int) -> SampleDay {
    let script = script(ofDay: day)
    let events = script.timeOrder().map { script.events[Int($0)] }
    let whole = SampleDay(
      day: day, events: events, sessions: Self.sessions(of: script.events),
      feedback: feedback(on: day, of: script.events), threats: threats(on: day, of: events))
    let midnight = Int64(date(ofDay: day).daysSinceEpoch) * 86_400_000
    guard let end = options.end, end < midnight + 86_400_000 else { return whole }
    let last = end - midnight
    return SampleDay(
      day: day, events: events.filter { $0.millisecondOfDay <= last },
      sessions: Self.sessions(of: script.events.filter { $0.millisecondOfDay <= last }),
      feedback: whole.feedback.filter { $0.millisecondOfDay <= last },
      threats: whole.threats.filter { $0.millisecondOfDay <= last })
  }

  /// A script is written session by session.
  private static func sessions(of events: [SampleEvent]) -> [SampleSession] {
    var sessions: [SampleSession] = []
    guard let first = events.first else { return [] }
    var session = SampleSession(first)
    for event in events {
      if event.session != session.session {
        sessions.append(session)
        session = SampleSession(event)
      }
      session.add(event)
    }
    sessions.append(session)
    return sessions
  }

  private func feedback(on day: Int, of events: [SampleEvent]) -> [SampleFeedback] {
    var random = SplitMix64(seed: options.seed, stream: .feedback, index: day)
    var feedback: [SampleFeedback] = []
    for event in events {
      guard let request = event.request, let model = event.model, event.status == .succeeded
      else { continue }
      switch event.type {
      case .chat, .ragQuery, .imageGenerateSucceeded, .videoGenerateSucceeded: break
      default: continue
      }
      guard random.chance(42) else { continue }
      // Who waited three times as long as usual gives less.
      let isSlow = Int(event.durationMilliseconds ?? 0) > 3 * model.usualMilliseconds
      let stars = 1 + distributions.pick(isSlow ? .slowStars : .stars, &random)
      let time =
        Int(event.millisecondOfDay) + distributions.draw(.feedbackDelayMilliseconds, &random)
      let comments = Self.comments[stars - 1]
      let comment =
        random.chance(stars < 3 ? 380 : 90) ? comments[random.below(comments.count)] : nil
      feedback.append(
        SampleFeedback(
          millisecondOfDay: Int32(truncatingIfNeeded: min(time, DayScript.milliseconds - 1)),
          user: event.user, organization: event.organization, request: request, model: model,
          stars: UInt8(truncatingIfNeeded: stars), comment: comment))
    }
    return feedback
  }

  /// By stars.
  private static let comments = [
    ["wrong from start to end", "took far too long", "failed twice before it worked"],
    ["not what I asked for", "slow today", "had to ask again"],
    ["usable after some edits", "fine, nothing more"],
    ["good answer", "saved me some time", "close to what I had in mind"],
    ["exactly right", "impressive", "best result so far"],
  ]

  private func threats(on day: Int, of events: [SampleEvent]) -> [SampleThreat] {
    guard !events.isEmpty else { return [] }
    var random = SplitMix64(seed: options.seed, stream: .threats, index: day)
    let count = 1 + random.below(3) + events.count / 900
    var threats: [SampleThreat] = []
    for _ in 0..<count {
      // Attacks come when others work too.
      let event = events[random.below(events.count)]
      let type = SampleThreatType.allCases[distributions.pick(.threat, &random)]
      var share = random.below(100)
      var severity = SampleSeverity.low
      for (candidate, weight) in zip(SampleSeverity.allCases, type.severities) {
        if share < weight {
          severity = candidate
          break
        }
        share -= weight
      }
      let isKnown = type != .invalidAuthentication && random.chance(700)
      // The grave ones are dealt with, and sooner.
      let isResolved = random.chance([450, 600, 820, 930][Int(severity.rawValue)])
      let minutes = distributions.draw(.resolutionMinutes, &random)
      threats.append(
        SampleThreat(
          type: type, severity: severity, millisecondOfDay: event.millisecondOfDay,
          user: isKnown ? event.user : nil, organization: event.organization,
          request: isKnown ? event.request : nil,
          country: isKnown
            ? population.countries[Int(event.user)]
            : UInt8(truncatingIfNeeded: random.below(Population.countries.count)),
          address: isKnown
            ? Self.address(ofUser: Int(event.user))
            : UInt16(truncatingIfNeeded: random.below(Self.addresses.count)),
          resolvedAfter: isResolved ? Int64(minutes) * 60_000 / Int64(severity.rawValue + 1) : nil))
    }
    return threats.sorted { $0.millisecondOfDay < $1.millisecondOfDay }
  }
}

/// What users and organisations are like.
extension SampleGenerator {
  public var userCount: Int { population.count }
  public var organizationCount: Int { options.organizationCount }
  public var projectCount: Int { Int(population.firstProjects.last ?? 0) }

  public static var countries: [String] { Population.countries }

  /// Position in `countries`.
  public func country(ofUser user: Int) -> Int { Int(population.countries[user]) }

  public func organization(ofUser user: Int) -> Int { Int(population.organizations[user]) }

  /// Milliseconds that an organisation's clocks are ahead of UTC, without summer time.
  public func clockOffset(ofOrganization organization: Int) -> Int {
    population.offset(ofOrganization: organization)
  }

  /// The projects that an organisation has from the start, among those of all.
  public func projects(ofOrganization organization: Int) -> Range<Int> {
    Int(population.firstProjects[organization])..<Int(population.firstProjects[organization + 1])
  }

  /// Of networks that are reserved for documentation (RFC 5737).
  public static let addresses: [String] = ["192.0.2", "198.51.100", "203.0.113"].flatMap {
    network in
    (1...254).map { "\(network).\($0)" }
  }

  /// Position in `addresses`.
  @inline(__always)
  public static func address(ofUser user: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: SplitMix64.mix(UInt64(truncatingIfNeeded: user)) % 762)
  }

  public static func userIdentifier(_ user: Int) -> String { "u-" + padded(user + 1, to: 6) }

  public static func organizationIdentifier(_ organization: Int) -> String {
    "org-" + padded(organization + 1, to: 4)
  }

  public static func projectIdentifier(_ project: Int) -> String {
    "p-" + padded(project + 1, to: 5)
  }

  /// Milliseconds since 1970, UTC; `nil` for who is only invited, as far as the sample goes.
  public func signupTime(ofUser user: Int) -> Int64? {
    let day = population.signupDays[user]
    guard day != Population.never else { return nil }
    let time =
      Int64(date(ofDay: Int(day)).daysSinceEpoch) * 86_400_000
      + Int64(population.signupMilliseconds[user])
    return options.end.map { time > $0 } == true ? nil : time
  }
}
