internal import AccessControl
internal import Analytics
internal import Authentication
internal import ColumnStore
internal import Engine
internal import Platform
internal import QueryLanguage
internal import QueryPlanning

extension JobRunner {
  /// Asks rules about all organisations together, and about each by itself: with a session that sees
  /// the rows of that one and no others.
  func findInsights(
    _ rules: [InsightRule], _ run: JobRun, _ outcome: inout JobOutcome
  ) throws(QueryError) {
    outcome.insightsChanged += try findInsights(rules, of: nil, run)
    let organizations = try activeOrganizations(run)
    for organization in organizations {
      outcome.insightsChanged += try findInsights(rules, of: organization, run)
    }
    outcome.organizationCount = organizations.count
  }

  private func findInsights(
    _ rules: [InsightRule], of organization: OrganizationID?, _ run: JobRun
  ) throws(QueryError) -> Int {
    let evaluation = InsightEvaluation(
      engine, session: run.session(of: organization), zone: zones.zone(of: organization),
      now: run.time.milliseconds)
    let found = try evaluation.insights(of: rules)
    return try InsightStore(engine).replace(
      found.map { InsightRecord($0, of: organization) }, of: organization,
      days: evaluation.days.map(\.description), rules: rules.map(\.id), at: run.time)
  }

  /// Reads rows of one organisation, or of all, and changes nothing.
  static func session(of organization: OrganizationID?) -> Session {
    var session = Session()
    session.access = QueryAccess(
      rows: RowScope(organizations: organization.map { .only([$0]) } ?? .all, user: nil),
      mayOperate: false, mayWrite: false)
    return session
  }

  /// Those with events in the time that rules look at.
  func activeOrganizations(_ run: JobRun) throws(QueryError) -> [OrganizationID] {
    let days = Int64(InsightRule.Span.month.rawValue * 2 + 2)
    var session = run.session(of: nil)
    let rows = try engine.execute(
      """
      SELECT DISTINCT organization_id FROM events \
      WHERE ts >= $1 AND organization_id IS NOT NULL ORDER BY 1
      """, parameters: [.timestamp(run.time.milliseconds - days * Calendar.millisecondsPerDay)],
      in: &session
    ).rows
    return rows.compactMap { row in
      if case .text(let name)? = row.first { OrganizationID(name) } else { nil }
    }
  }
}

extension InsightRecord {
  init(_ insight: Insight, of organization: OrganizationID?) {
    let evidence = insight.evidence.map {
      "\(StrictJSON.quoted($0.name)):\(Self.number($0.value))"
    }
    self.init(
      id: insight.id + (organization.map { ":\($0.text)" } ?? ""), organization: organization,
      kind: insight.rule.kind.rawValue, severity: insight.severity.rawValue,
      message: insight.text, action: insight.rule.action,
      evidence: "{\(evidence.joined(separator: ","))}", rule: insight.rule.id,
      title: insight.title, metric: insight.rule.metric,
      unit: MetricCatalogue.metric(insight.rule.metric)?.unit.rawValue ?? "",
      value: insight.value, previous: insight.previous, changePercent: insight.changePercent,
      threshold: insight.rule.condition.bound,
      from: UnixTime(milliseconds: insight.window.start),
      to: UnixTime(milliseconds: insight.window.end), day: insight.day.description)
  }

  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
