import AccessControl
import ColumnStore
import Engine
import Jobs
import Logging
import Platform
import QueryPlanning
import ServiceSetup
import Synchronization

/// The tables of a service, a clock that stands still until it is moved, and jobs.
final class JobWorld: Sendable {
  /// 2026-03-16, 09:30 UTC, a Monday.
  static let monday = UnixTime(milliseconds: 1_773_653_400_000)

  let engine = Engine(threads: 1)
  private let time = Mutex(JobWorld.monday)
  let configuration: ServiceConfiguration

  init(_ settings: [(name: String, value: String)] = []) throws {
    configuration = try ServiceConfiguration(flags: settings)
    try SchemaMigration(engine).run(at: Self.monday)
  }

  var now: UnixTime { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

  /// As a start of the service makes it: it knows what the tables know.
  func runner(
    reports: ReportTargets = ReportTargets(), blocking: @escaping JobRunner.Blocking = { try $0() }
  ) -> JobRunner {
    JobRunner(
      engine, configuration, now: { [self] in now },
      log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), reports: reports,
      blocking: blocking)
  }

  @discardableResult
  func run(_ sql: String) throws -> [[Value]] {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, in: &session).rows
  }

  /// Hours of GPU on a day of March.
  func useGPU(hours: Int, day: Int, of organization: String) throws {
    try run(
      """
      INSERT INTO events (ts, received_at, event_id, organization_id, user_id, event_type, gpu_seconds)
      VALUES ('2026-03-\(day < 10 ? "0" : "")\(day) 08:00', '2026-03-16', \
      '00000000-0000-7000-8000-0000000000\(day < 10 ? "0" : "")\(day)', \
      '\(organization)', 'u1', 'training_completed', \(hours * 3600))
      """)
  }

  /// What is stored, with all columns but the time.
  var insights: [[Value]] {
    get throws { try run("SELECT * FROM insights ORDER BY insight_id") }
  }

  func column(_ column: String, of table: String) throws -> [String] {
    try run("SELECT \(column) FROM \(table) ORDER BY 1").map { row in
      if case .text(let text)? = row.first { text } else { "-" }
    }
  }
}
