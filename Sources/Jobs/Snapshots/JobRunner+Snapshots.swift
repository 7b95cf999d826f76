internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Engine
internal import QueryLanguage
internal import QueryPlanning

/// The main figures of each day that is over, kept when its rows are not any more: DAU, WAU and MAU of a day
/// cannot be had from those of others.
extension JobRunner {
  static let snapshotMetrics: [MetricDefinition] = [
    "dau", "wau", "mau", "new_signups", "activities", "generations", "content_success_rate",
    "generation_latency_p95", "error_rate", "training_success_rate", "gpu_hours", "total_tokens",
    "total_cost",
  ].compactMap { MetricCatalogue.metric($0) }

  /// Days before yesterday that are made up for at most, where the service was down.
  static let largestGap = 31

  /// Of yesterday, and of days since the newest snapshot; of all together and of each organisation.
  func takeSnapshots(_ run: JobRun, _ outcome: inout JobOutcome) throws(QueryError) {
    let newest = try newestSnapshots()
    for organization in [nil] + (try activeOrganizations(run)).map(Optional.some) {
      let zone = zones.zone(of: organization)
      let yesterday = zone.day(of: run.time.milliseconds).advanced(by: -1)
      let session = engine.pinned(run.session(of: organization))
      guard let extent = try DataExtent.read(engine, session) else { continue }
      let last = newest[ExactText(organization?.text ?? "")] ?? yesterday.advanced(by: -1)
      var day = max(
        min(last.advanced(by: 1), yesterday), yesterday.advanced(by: -Self.largestGap),
        zone.day(of: extent.first))
      while day <= yesterday {
        outcome.snapshotsChanged += try takeSnapshot(of: organization, day, zone, session)
        day = day.advanced(by: 1)
      }
    }
  }

  private func takeSnapshot(
    of organization: OrganizationID?, _ day: Day, _ zone: TimeZoneRules, _ session: Session
  ) throws(QueryError) -> Int {
    let window = zone.window(day...day)
    // As of its end, so that it is the same whenever it is taken.
    let range = ReportRange(preset: .custom, window: window, zone: zone, now: window.end)
    var evaluator = MetricEvaluator(
      engine, session: session, MetricQuestion(range, comparison: .none))
    let figures = try evaluator.figures(Self.snapshotMetrics, first: nil)
    let name = Value.text(organization?.text ?? "")
    let stored = try storedSnapshot(name, day)
    func number(_ value: Double?) -> Value { value.map(Value.double) ?? .null }
    var parameters: [Value] = []
    var rows: [String] = []
    for figure in figures {
      let values: [Value] = [
        .text(figure.metric.id), .integer(Int64(figure.metric.version)), number(figure.value),
        number(figure.current.numerator), number(figure.current.denominator),
      ]
      guard stored[figure.metric.id] != values else { continue }
      let all = [name, .text(day.description)] + values
      rows.append(
        "(\(all.indices.map { "$\(parameters.count + $0 + 1)" }.joined(separator: ", ")))")
      parameters += all
    }
    guard !rows.isEmpty else { return 0 }
    try change(
      """
      INSERT INTO daily_snapshots (organization_id, day, metric_id, metric_version, value, numerator, \
      denominator) VALUES \(rows.joined(separator: ", ")) \
      ON CONFLICT (organization_id, day, metric_id) DO UPDATE SET \
      metric_version = excluded.metric_version, value = excluded.value, \
      numerator = excluded.numerator, denominator = excluded.denominator
      """, parameters)
    return rows.count
  }

  private func storedSnapshot(
    _ organization: Value, _ day: Day
  ) throws(QueryError) -> [String: [Value]] {
    var stored: [String: [Value]] = [:]
    let rows = try change(
      """
      SELECT metric_id, metric_version, value, numerator, denominator FROM daily_snapshots \
      WHERE organization_id = $1 AND day = $2
      """, [organization, .text(day.description)]
    ).rows
    for row in rows { if case .text(let id)? = row.first { stored[id] = row } }
    return stored
  }

  private func newestSnapshots() throws(QueryError) -> [ExactText: Day] {
    var newest: [ExactText: Day] = [:]
    let sql = "SELECT organization_id, max(day) FROM daily_snapshots GROUP BY organization_id"
    for row in try change(sql, []).rows where row.count == 2 {
      guard case .text(let name) = row[0], case .text(let day) = row[1] else { continue }
      newest[ExactText(name)] = Day(day)
    }
    return newest
  }

  @discardableResult
  private func change(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
