internal import AccessControl
package import Alerting
internal import Analytics
internal import Authentication
internal import ColumnStore
internal import Engine
package import Persistence
internal import QueryExecution
internal import QueryLanguage
internal import Synchronization

/// Where reports go; with neither there are none.
package struct ReportTargets: Sendable {
  package var folder: ReportFolder?
  package var webhook: Webhook?
  /// Reports of people too, beside those of organisations.
  package var includesPeople = true

  package init(folder: ReportFolder? = nil, webhook: Webhook? = nil, includesPeople: Bool = true) {
    self.folder = folder
    self.webhook = webhook
    self.includesPeople = includesPeople
  }

  var isEmpty: Bool { folder == nil && webhook == nil }
}

/// What is to be told of one organisation's week.
struct ReportMail: Sendable, Equatable {
  var organization: OrganizationID
  var week: String
  var people: Int
  var messages: [WebhookMessage]
}

extension JobRunner {
  /// People in one message of a webhook.
  static let peoplePerMessage = 500

  /// Receivers that gave up in a row after which nobody else is tried: it is not about an organisation then.
  static let largestSilence = 3

  /// Writes the reports of the last week that are due by now, each once, and gives what is to be told. One
  /// organisation whose reports cannot be written is late, and the others go on.
  func writeReports(_ run: JobRun, _ outcome: inout JobOutcome) throws -> [ReportMail] {
    guard !targets.isEmpty else { return [] }
    var mail: [ReportMail] = []
    for organization in try activeOrganizations(run) {
      if let delay = delays.current(of: organization, at: run.time) {
        outcome.late.append(delay)
        continue
      }
      do {
        if let one = try writeReports(of: organization, run, &outcome) { mail.append(one) }
      } catch {
        try run.cancellation.check()
        let reason = (error as? QueryError)?.message ?? "\(error)"
        outcome.late.append(delays.note(organization, reason, at: run.time))
      }
    }
    return mail
  }

  private func writeReports(
    of organization: OrganizationID, _ run: JobRun, _ outcome: inout JobOutcome
  ) throws -> ReportMail? {
    let book = ReportBook(engine: engine)
    let zone = zones.zone(of: organization)
    let due = Job.reports.latest(atOrBefore: run.time.milliseconds, in: zone)
    let week = ReportWeek(before: due, in: zone)
    let entry = try book.entry(of: organization, week.name)
    let isToBeWritten = targets.folder != nil && !entry.isWritten
    let isToBeTold = targets.webhook != nil && !entry.isDelivered
    guard isToBeWritten || isToBeTold else { return nil }
    var current: (whole: WeeklyReport, people: [WeeklyReport])?
    repeat {
      let removalCount = removals.withLock { $0 }
      guard let reports = try reports(of: organization, week, run) else { return nil }
      // Who was erased meanwhile must not come back by what was read before.
      let isCurrent = try removals.withLock { count in
        guard count == removalCount else { return false }
        if let folder = targets.folder, isToBeWritten {
          try write(reports.whole, reports.people, folder)
        }
        return true
      }
      if isCurrent { current = reports }
    } while current == nil
    guard let (whole, people) = current else { return nil }
    if isToBeWritten {
      try book.note("written_at", of: organization, week.name, people: people.count, at: run.time)
      outcome.reportCount += 1 + people.count
      if !isToBeTold { delays.forget(organization) }
    }
    guard isToBeTold else { return nil }
    return ReportMail(
      organization: organization, week: week.name, people: people.count,
      messages: Self.messages(whole, people))
  }

  /// How many files of reports a person stands in; `removing`: until now. What webhooks were sent is not
  /// here any more.
  package func reports(of user: String, removing: Bool) throws(PersistenceError) -> Int {
    guard let folder = targets.folder else { return 0 }
    return try removals.withLock { count in
      if removing { count += 1 }
      return Result { () throws(PersistenceError) in
        try folder.files(of: user, removing: removing)
      }
    }.get()
  }

  /// Sends what is to be told, organisation by organisation. One that does not arrive is late, and the others
  /// go on, unless the receiver seems to be gone.
  func tell(_ mail: [ReportMail], _ outcome: inout JobOutcome) async {
    guard let webhook = targets.webhook else { return }
    let book = ReportBook(engine: engine)
    var silence = 0
    for report in mail {
      guard silence < Self.largestSilence else {
        let reason = "the webhook does not answer"
        outcome.late.append(ReportDelays.Delay(organization: report.organization, reason: reason))
        continue
      }
      if let failure = await deliver(report, webhook) {
        silence = if case .gaveUp = failure { silence + 1 } else { 0 }
        outcome.late.append(
          delays.note(report.organization, Self.reason(failure), at: now()))
        continue
      }
      silence = 0
      do throws(QueryError) {
        try book.note(
          "delivered_at", of: report.organization, report.week, people: report.people, at: now())
        delays.forget(report.organization)
        outcome.reportsTold += 1
      } catch {
        outcome.late.append(delays.note(report.organization, error.message, at: now()))
      }
    }
  }

  /// What became of the first message that did not arrive.
  private func deliver(_ report: ReportMail, _ webhook: Webhook) async -> Webhook.Outcome? {
    for message in report.messages {
      let outcome = await webhook.deliver(message)
      guard case .delivered = outcome else { return outcome }
    }
    return nil
  }

  private static func reason(_ outcome: Webhook.Outcome) -> String {
    switch outcome {
    case .refused(let status): "the webhook refuses them with \(status)"
    case .gaveUp(let attempts): "the webhook did not take them in \(attempts) attempts"
    case .delivered: "they arrived"
    }
  }

  /// Of the organisation, and of each person with an event in either week; `nil`: nobody had one.
  private func reports(
    of organization: OrganizationID, _ week: ReportWeek, _ run: JobRun
  ) throws(QueryError) -> (whole: WeeklyReport, people: [WeeklyReport])? {
    let session = engine.pinned(run.session(of: organization))
    guard let extent = try DataExtent.read(engine, session) else { return nil }
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(week.range))
    let lines = try evaluator.figuresByPerson(WeeklyReport.personalMetrics, first: extent.first)
    let figures = try evaluator.figures(WeeklyReport.metrics, first: extent.first)
    let whole = WeeklyReport(
      week: week, organization: organization.text, user: nil,
      lines: figures.map { WeeklyReport.Line($0.metric, $0.value, $0.previous?.value) })
    guard targets.includesPeople else { return (whole, []) }
    return (
      whole,
      lines.map {
        WeeklyReport(week: week, organization: organization.text, user: $0.user, lines: $0.lines)
      }
    )
  }

  private func write(
    _ whole: WeeklyReport, _ people: [WeeklyReport], _ folder: ReportFolder
  ) throws(PersistenceError) {
    let place = [whole.week.name, ReportFolder.fileName(whole.organization)]
    for report in people {
      let name = ReportFolder.fileName(report.user ?? "") + ".md"
      try folder.write(report.markdown, to: place + ["users", name])
    }
    if targets.includesPeople {
      let lines = people.map { ReportDocument.json($0) + "\n" }
      try folder.write(lines.joined(), to: place + [ReportFolder.peopleName])
    }
    try folder.write(whole.markdown, to: place + ["organization.md"])
    try folder.write(ReportDocument.json(whole) + "\n", to: place + ["organization.json"])
  }

  private static func messages(
    _ whole: WeeklyReport, _ people: [WeeklyReport]
  ) -> [WebhookMessage] {
    let name = "weekly_report:\(whole.week.name):\(whole.organization)"
    var messages = [
      WebhookMessage(
        id: name, event: "weekly_report", body: Array(ReportDocument.json(whole).utf8))
    ]
    var place = 0
    while place < people.count {
      let part = people[place..<min(place + peoplePerMessage, people.count)]
      let body = """
        {"type":"weekly_reports","week":"\(whole.week.name)",\
        "organization_id":\(StrictJSON.quoted(whole.organization)),\
        "reports":[\(part.map { ReportDocument.json($0) }.joined(separator: ","))]}
        """
      messages.append(
        WebhookMessage(
          id: "\(name):\(place / peoplePerMessage + 1)", event: "weekly_reports",
          body: Array(body.utf8)))
      place += part.count
    }
    return messages
  }
}
