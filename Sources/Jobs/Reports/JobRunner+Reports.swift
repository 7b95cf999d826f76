internal import AccessControl
package import Alerting
internal import Analytics
internal import Authentication
internal import ColumnStore
internal import Engine
internal import Persistence
internal import QueryLanguage

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

  /// Writes the reports of the week that ended before `now`, each once, and gives what is to be told.
  func writeReports(at now: UnixTime, _ outcome: inout JobOutcome) throws -> [ReportMail] {
    guard !targets.isEmpty else { return [] }
    let book = ReportBook(engine: engine)
    var mail: [ReportMail] = []
    for organization in try activeOrganizations(at: now) {
      let week = ReportWeek(before: now.milliseconds, in: zones.zone(of: organization))
      let entry = try book.entry(of: organization, week.name)
      let isToBeWritten = targets.folder != nil && !entry.isWritten
      let isToBeTold = targets.webhook != nil && !entry.isDelivered
      guard isToBeWritten || isToBeTold else { continue }
      guard let (whole, people) = try reports(of: organization, week) else { continue }
      if let folder = targets.folder, isToBeWritten {
        try write(whole, people, folder)
        try book.note("written_at", of: organization, week.name, people: people.count, at: now)
        outcome.reportCount += 1 + people.count
      }
      if isToBeTold {
        mail.append(
          ReportMail(
            organization: organization, week: week.name, people: people.count,
            messages: Self.messages(whole, people)))
      }
    }
    return mail
  }

  /// Sends what is to be told, organisation by organisation. Stops at the first that does not arrive: it and
  /// the others are sent when the job is tried again.
  func tell(_ mail: [ReportMail], _ outcome: inout JobOutcome) async throws {
    guard let webhook = targets.webhook else { return }
    let book = ReportBook(engine: engine)
    for report in mail {
      for message in report.messages {
        guard case .delivered = await webhook.deliver(message) else {
          throw JobFailure.failed("the webhook of reports did not take a message")
        }
      }
      try book.note(
        "delivered_at", of: report.organization, report.week, people: report.people, at: now())
      outcome.reportsTold += 1
    }
  }

  /// Of the organisation, and of each person with an event in either week; `nil`: nobody had one.
  private func reports(
    of organization: OrganizationID, _ week: ReportWeek
  ) throws(QueryError) -> (whole: WeeklyReport, people: [WeeklyReport])? {
    let session = engine.pinned(Self.session(of: organization))
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
      try folder.write(lines.joined(), to: place + ["users.ndjson"])
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
