internal import AccessControl
internal import ColumnStore
internal import Jobs
internal import Persistence

/// How the service is: only what is known, nothing made up.
struct HealthReport {
  private let isReadOnly: Bool
  private let failure: String?
  private let tableCount: Int
  private let rowCount: Int
  private let uptimeSeconds: Int64
  private let callCount: Int
  private let database: DatabaseHealth
  private let ingestLag: Int64
  private let ingestBatchCount: Int
  private let ingestByteCount: Int
  private let ingestLimit: Int
  private let jobs: [JobStatus]
  private let rounds: [(round: Round, last: UnixTime?)]

  init(of service: Service) {
    database = service.database.health
    failure = service.database.failure.map { "\($0)" }
    isReadOnly = failure != nil
    let tables = service.database.store.catalog().tables
    tableCount = tables.count
    rowCount = tables.values.reduce(0) { $0 + $1.rowCount }
    uptimeSeconds = (service.environment.now().milliseconds - service.start.milliseconds) / 1000
    callCount = service.work.count
    ingestLag = service.recordQueue.lag(at: service.environment.now())
    ingestBatchCount = service.recordQueue.batchCount
    ingestByteCount = service.recordQueue.byteCount
    ingestLimit = service.recordQueue.byteLimit
    jobs = service.jobs.statuses
    rounds = Round.allCases.map { ($0, service.rounds.last($0)) }
  }

  private static let status = Schema.Property(
    "status", .choice(["ok", "read_only"]),
    "`read_only`: the disk refused a change; queries go on, changes need a restart.")

  private static let lag = Schema.Property(
    "analyticsIngestLagMs", .count,
    "For how long the oldest batch has waited that has come and is not stored yet.")

  static let publicSchema = Schema.named("Health", .object([status, lag]))

  static let schema = Schema.named(
    "HealthReport",
    .object([
      status, lag,
      .init("version", .string),
      .init("uptime_seconds", .count),
      .init(
        "store",
        .object([
          .init("reachable", .boolean),
          .init("read_only", .boolean),
          .init("failure", .string, isRequired: false, "Why it is read only; for operators."),
          .init("tables", .count, isRequired: false, "For operators."),
          .init("rows", .count, isRequired: false, "For operators."),
        ])),
      .init(
        "journal",
        .object([
          .init("durability", .choice(Durability.allCases.map(\.rawValue))),
          .init("bytes", .count, "Of changes that the newest snapshot lacks."),
        ])),
      .init(
        "snapshot",
        .object([
          .init("age_seconds", .count, isRequired: false, "Of the newest, where there is one."),
          .init(
            "failures", .count, "Snapshots of this process that failed; nothing is lost by them."),
        ])),
      .init(
        "ingest",
        .object([
          .init("batches", .count, "That have come and are not stored yet."),
          .init("bytes", .count, "Of bodies that are being taken."),
          .init("limit_bytes", .count, "`ingest.queue_bytes`."),
        ])),
      .init("engine_calls", .count, "Calls of the engine that run or wait."),
      .init(
        "jobs",
        .array(
          .object([
            .init("name", .choice(Job.names + Round.allCases.map(\.rawValue))),
            .init("last_run_at", .nullable(.string)),
            .init("outcome", .nullable(.choice(["done", "failed"]))),
            .init(
              "next_at", .nullable(.string),
              "Null of what is done every so often, not by the clock."),
          ]), nil), "What is done on a schedule, and when it was last."),
    ]))

  private static func job(_ status: JobStatus) -> JSONValue {
    func time(_ time: UnixTime?) -> JSONValue { time.map { .text(ISOTime.text($0)) } ?? .null }
    return .members([
      "name": .text(status.job.rawValue), "last_run_at": time(status.record?.started),
      "outcome": status.record.map { .text($0.outcome.rawValue) } ?? .null,
      "next_at": time(status.next),
    ])
  }

  private var statusText: JSONValue { isReadOnly ? "read_only" : "ok" }

  var publicJSON: JSONValue {
    .members(["status": statusText, "analyticsIngestLagMs": .integer(ingestLag)])
  }

  func json(withCounts: Bool) -> JSONValue {
    .members([
      "status": statusText, "analyticsIngestLagMs": .integer(ingestLag),
      "version": .text(serviceVersion),
      "uptime_seconds": .integer(max(0, uptimeSeconds)),
      "store": .members([
        "reachable": true, "read_only": .boolean(isReadOnly),
        "failure": withCounts ? failure.map { .text($0) } : nil,
        "tables": withCounts ? .integer(Int64(tableCount)) : nil,
        "rows": withCounts ? .integer(Int64(rowCount)) : nil,
      ]),
      "journal": .members([
        "durability": .text(database.durability.rawValue),
        "bytes": .integer(Int64(database.journalByteCount)),
      ]),
      "snapshot": .members([
        "age_seconds": database.snapshotAge.map { .integer(max(0, $0.components.seconds)) },
        "failures": .integer(Int64(database.checkpointFailureCount)),
      ]),
      "ingest": .members([
        "batches": .integer(Int64(ingestBatchCount)), "bytes": .integer(Int64(ingestByteCount)),
        "limit_bytes": .integer(Int64(ingestLimit)),
      ]),
      "engine_calls": .integer(Int64(callCount)),
      "jobs": .array(
        jobs.map { Self.job($0) }
          + rounds.map { round, last in
            .members([
              "name": .text(round.rawValue),
              "last_run_at": last.map { .text(ISOTime.text($0)) } ?? .null, "outcome": .null,
              "next_at": .null,
            ])
          }),
    ])
  }
}
