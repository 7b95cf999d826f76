internal import AccessControl
internal import ColumnStore
internal import Engine
internal import QueryLanguage
internal import QueryPlanning

/// Which reports were written and told, in the table `weekly_reports`: each week once.
struct ReportBook: Sendable {
  struct Entry {
    var isWritten = false
    var isDelivered = false
  }

  let engine: Engine

  func entry(of organization: OrganizationID, _ week: String) throws(QueryError) -> Entry {
    let row = try run(
      """
      SELECT written_at, delivered_at FROM weekly_reports \
      WHERE organization_id = $1 AND week = $2
      """, [.text(organization.text), .text(week)]
    ).rows.first
    guard let row, row.count == 2 else { return Entry() }
    return Entry(isWritten: !row[0].isNull, isDelivered: !row[1].isNull)
  }

  func note(
    _ column: String, of organization: OrganizationID, _ week: String, people: Int, at now: UnixTime
  ) throws(QueryError) {
    try run(
      """
      INSERT INTO weekly_reports (organization_id, week, people, \(column)) VALUES ($1, $2, $3, $4) \
      ON CONFLICT (organization_id, week) DO UPDATE SET people = excluded.people, \
      \(column) = excluded.\(column)
      """,
      [
        .text(organization.text), .text(week), .integer(Int64(people)),
        .timestamp(now.milliseconds),
      ])
  }

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
