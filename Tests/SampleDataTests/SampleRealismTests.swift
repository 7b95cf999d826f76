import SampleData
import Testing

/// What an analyst relies on in a sample.
struct SampleRealismTests {
  static let options = SampleOptions(days: 28, users: 400)

  @Test func `all event types are there`() throws {
    let rows = SampleRows(eventsOf: try SampleGenerator(Self.options))
    #expect(Set(rows["event_type"]) == Set(SampleEventType.allCases.map(\.name)))
    #expect(Set(rows["model"]) == Set(SampleModel.allCases.map(\.name) + [""]))
    #expect(Set(rows["error_code"]) == Set(SampleErrorCode.allCases.map(\.name) + [""]))
  }

  @Test func `a request has at most one outcome, which comes after its duration`() throws {
    let generator = try SampleGenerator(Self.options)
    var outcomes = 0
    for day in 0..<28 {
      var pending: [Int32: SampleEvent] = [:]
      for event in generator.events(onDay: day) {
        switch event.type {
        case .imageGenerateRequested, .videoGenerateRequested:
          #expect(event.status == nil && event.durationMilliseconds == nil)
          pending[event.session] = event
        case .imageGenerateSucceeded, .imageGenerateFailed, .videoGenerateSucceeded,
          .videoGenerateFailed:
          let removed = pending.removeValue(forKey: event.session)
          let request = try #require(removed)
          let duration = try #require(event.durationMilliseconds)
          #expect(request.millisecondOfDay + duration == event.millisecondOfDay)
          #expect(request.model == event.model && request.user == event.user)
          outcomes += 1
        default: break
        }
      }
    }
    #expect(outcomes > 1_000)
  }

  @Test func `tokens, costs and statuses fit together`() throws {
    let generator = try SampleGenerator(Self.options)
    for event in (0..<28).flatMap(generator.events(onDay:)) {
      #expect((event.status == .failed) == (event.errorCode != nil))
      #expect(event.durationMilliseconds.map { $0 >= 0 } ?? true)
      guard let cost = event.costMicrodollars else { continue }
      guard let model = event.model else {
        // 1.50 US dollars per hour of a GPU.
        let work = try #require(event.work)
        let hours = Double(work.gpuMilliseconds) / 3_600_000
        #expect(abs(Double(cost) - hours * 1_500_000) < 0.501)
        #expect((0...1_000).contains(work.utilizationThousandths))
        continue
      }
      #expect(event.status == .succeeded)
      #expect(cost == model.price.microdollars(for: event.tokens))
      #expect(cost >= 0)
    }
    let rows = SampleRows(eventsOf: generator)
    let counts = zip(rows["prompt_tokens"], zip(rows["completion_tokens"], rows["total_tokens"]))
    for (prompt, (completion, total)) in counts where !total.isEmpty {
      #expect(try #require(Int(prompt)) + #require(Int(completion)) == Int(total))
    }
    #expect(rows["cost_usd"].allSatisfy { $0.isEmpty || $0.split(separator: ".").last?.count == 6 })
  }

  @Test func `prices are exact, rounded half up to a micro-dollar`() {
    let price = SampleModel.atlasLarge.price
    // 1 * 2.5 = 2.5 and 3 * 2.5 + 1 * 10 = 17.5
    #expect(price.microdollars(for: .init(prompt: 1, completion: 0)) == 3)
    #expect(price.microdollars(for: .init(prompt: 3, completion: 1)) == 18)
    #expect(SampleModel.irisImage.price.microdollars(for: nil) == 40_000)
  }

  @Test func `every event belongs to a known user, after the signup, and one session to one user`()
    throws
  {
    let generator = try SampleGenerator(Self.options)
    let users = SampleRows(usersOf: generator)
    let events = SampleRows(eventsOf: generator)
    #expect(users.rows.count == 400)
    #expect(users.columns == SampleGenerator.userColumns)
    #expect(Set(users["user_id"]).count == 400)
    #expect(Set(users["organization_id"]).count == 8)
    #expect(Set(users["status"]) == ["active", "suspended", "invited"])

    let signups = Dictionary(zip(users["user_id"], users["signed_up_at"])) { first, _ in first }
    let organizations = Dictionary(zip(users["user_id"], users["organization_id"])) { $1 }
    var owners: [String: String] = [:]
    for (index, user) in events["user_id"].enumerated() {
      let signup = try #require(signups[user])
      let row = events.rows[index]
      #expect(!signup.isEmpty && row[0] >= signup)
      #expect(organizations[user] == row[4])
      let owner = owners.updateValue(user, forKey: row[5])
      #expect(owner == nil || owner == user)
      if row[1] == "signup" { #expect(row[0] == signup) }
    }
    let domains = users["domain"]
    let reserved = [".example", "example.com", "example.org", "example.net"]
    #expect(domains.allSatisfy { domain in reserved.contains { domain.hasSuffix($0) } })
  }

  @Test
  func
    `most happens in business hours of the organisation's zone, less on weekends, and activity is uneven`()
    throws
  {
    let generator = try SampleGenerator(Self.options)
    var busy = 0
    var all = 0
    var weekdays: [Int] = []
    var weekends: [Int] = []
    var byUser: [Int32: Int] = [:]
    for day in 0..<28 {
      let events = generator.events(onDay: day)
      all += events.count
      busy += events.count { event in
        let offset = generator.clockOffset(ofOrganization: Int(event.organization))
        let local = (Int(event.millisecondOfDay) + offset + 86_400_000) % 86_400_000
        return (8..<18).contains(local / 3_600_000)
      }
      for event in events { byUser[event.user, default: 0] += 1 }
      if generator.date(ofDay: day).isWeekend {
        weekends.append(events.count)
      } else {
        weekdays.append(events.count)
      }
    }
    #expect((0.7...0.9).contains(Double(busy) / Double(all)))
    #expect(weekends.reduce(0, +) / weekends.count * 2 < weekdays.reduce(0, +) / weekdays.count)
    let tenth = byUser.values.sorted(by: >).prefix(byUser.count / 10).reduce(0, +)
    #expect((0.35...0.8).contains(Double(tenth) / Double(all)))
  }

  @Test func `people sign up on the way and others leave`() throws {
    let generator = try SampleGenerator(SampleOptions(days: 60, users: 400))
    let users = (0..<60).map { day in Set(generator.events(onDay: day).map(\.user)) }
    let first = users[..<20].reduce(into: Set()) { $0.formUnion($1) }
    let last = users[40...].reduce(into: Set()) { $0.formUnion($1) }
    #expect(last.subtracting(first).count > 30)
    #expect(first.subtracting(last).count > 30)
    #expect(first.intersection(last).count > 60)
  }

  @Test func `the incident stands out`() throws {
    let generator = try SampleGenerator(SampleOptions(days: 28, users: 2_000))
    let incident = try #require(generator.incident)
    #expect(!generator.date(ofDay: incident.day).isWeekend)
    func outcomes(onDay day: Int) -> [SampleEvent] {
      generator.events(onDay: day).filter { $0.model == incident.model && $0.status != nil }
    }
    func failureShare(_ events: [SampleEvent]) -> Double {
      Double(events.count { $0.status == .failed }) / Double(events.count)
    }
    func median(_ events: [SampleEvent]) -> Int32 {
      events.compactMap(\.durationMilliseconds).sorted()[events.count / 2]
    }
    let during = outcomes(onDay: incident.day)
    let before = outcomes(onDay: incident.day - 7)
    #expect(during.count > 50 && before.count > 50)
    #expect(failureShare(during) > 0.2)
    #expect(failureShare(before) < 0.1)
    #expect(median(during) > 2 * median(before))
  }

  @Test func `requests to a model without a price have tokens and no cost`() throws {
    let generator = try SampleGenerator(Self.options)
    let events = (0..<28).flatMap(generator.events(onDay:))
    let unpriced = events.filter { $0.model == .novaPreview && $0.status == .succeeded }
    #expect(!unpriced.isEmpty)
    #expect(unpriced.allSatisfy { $0.costMicrodollars == nil && $0.tokens != nil })
    let priced = events.filter { $0.tokens != nil }
    #expect((0.005...0.1).contains(Double(unpriced.count) / Double(priced.count)))
  }

  @Test func `other incidents raise failures in their hours`() throws {
    let generator = try SampleGenerator(SampleOptions(days: 90, users: 3_000))
    #expect(generator.incidents.count >= 4)
    #expect(generator.incidents.contains(try #require(generator.incident)))
    var requests = 0
    var failures = 0
    for incident in generator.incidents where incident != generator.incident {
      let events = generator.events(onDay: incident.day).filter {
        $0.model == incident.model && $0.status != nil
          && incident.milliseconds.contains(Int($0.millisecondOfDay))
      }
      requests += events.count
      failures += events.count { $0.status == .failed }
    }
    #expect(requests > 20)
    #expect(Double(failures) > 0.1 * Double(requests))
  }

  @Test func `the totals of sessions are those of their events`() throws {
    let generator = try SampleGenerator(Self.options)
    for day in 0..<28 {
      let sample = generator.sampleDay(day)
      let events = Dictionary(grouping: sample.events, by: \.session)
      #expect(sample.sessions.count == events.count)
      for session in sample.sessions {
        let own = try #require(events[session.session])
        #expect(session.lastActivity == own.last?.millisecondOfDay)
        #expect(session.hasLogout == (own.last?.type == .logout))
        #expect(session.pageViews == own.count { $0.type == .pageView })
        #expect(session.apiCalls == own.count { $0.type == .apiCall })
        #expect(session.tokens == own.reduce(0) { $0 + Int64($1.tokens?.total ?? 0) })
        #expect(session.costMicrodollars == own.reduce(0) { $0 + ($1.costMicrodollars ?? 0) })
        let begun = own.filter { $0.millisecondOfDay >= session.login }.map(\.millisecondOfDay)
        let active = zip(begun, begun.dropFirst()).map { $1 - $0 }
          .filter { $0 < SampleSession.activeGapMilliseconds }.reduce(0, +)
        #expect(session.activeMilliseconds == active)
        #expect(session.client < SampleClient.all.count)
      }
      #expect(sample.events == generator.events(onDay: day))
    }
  }

  @Test
  func `ratings are mostly good and name a request that succeeded, threats have all severities`()
    throws
  {
    let generator = try SampleGenerator(SampleOptions(days: 28, users: 2_000))
    let days = (0..<28).map(generator.sampleDay)
    let stars = days.flatMap(\.feedback).map { Double($0.stars) }
    #expect(stars.count > 500)
    #expect((3.8...4.6).contains(stars.reduce(0, +) / Double(stars.count)))
    #expect(Set(stars) == [1, 2, 3, 4, 5])
    for day in days {
      let answered = Set(day.events.filter { $0.status == .succeeded }.compactMap(\.request))
      #expect(day.feedback.allSatisfy { answered.contains($0.request) })
      #expect(Set(day.feedback.map(\.request)).count == day.feedback.count)
      #expect(!day.threats.isEmpty)
    }
    let threats = days.flatMap(\.threats)
    #expect(Set(threats.map(\.severity)) == Set(SampleSeverity.allCases))
    #expect(Set(threats.map(\.type)) == Set(SampleThreatType.allCases))
    #expect(threats.contains { $0.resolvedAfter == nil })
    #expect(threats.contains { $0.resolvedAfter != nil })
  }

  @Test func `cohorts decay, and signups grow`() throws {
    let generator = try SampleGenerator(SampleOptions(days: 90, users: 6_000))
    var signups: [Int32: Int] = [:]
    var active = [Int](repeating: 0, count: 8)
    var cohort = 0
    var first = 0
    var second = 0
    for day in 0..<90 {
      let events = generator.events(onDay: day)
      for event in events where event.type == .signup {
        signups[event.user] = day
        if day < 45 { first += 1 } else { second += 1 }
        if day < 34 { cohort += 1 }
      }
      for user in Set(events.map(\.user)) {
        guard let signup = signups[user], signup < 34 else { continue }
        let week = (day - signup) / 7
        if week < active.count, (day - signup) % 7 != 0 || week > 0 { active[week] += 1 }
      }
    }
    // User-days of each week after the signup.
    #expect(active[1] > active[3] && active[3] > active[7])
    #expect((0.3...0.8).contains(Double(active[7]) / Double(active[1])))
    #expect(cohort > 300)
    #expect(Double(second) > 1.1 * Double(first))
  }
}
