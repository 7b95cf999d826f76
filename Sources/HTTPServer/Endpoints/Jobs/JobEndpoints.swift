internal import AccessControl
internal import Analytics
internal import HTTPTypes
internal import Jobs
internal import Logging
internal import Platform

/// What is done on a schedule, for those who operate the service.
extension Service {
  static let jobEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/jobs", "List scheduled jobs",
      about: "With their newest runs. Times of schedules are in the zone of `reporting.time_zone`.",
      tag: "jobs", access: .everywhere(.operate),
      answers: [
        EndpointAnswer(
          200, "The jobs.", schema: .object([.init("jobs", .array(JobJSON.schema, nil))]))
      ]
    ) { _, service in
      .json(.members(["jobs": .array(service.jobs.statuses.map { JobJSON.job($0) })]))
    },
    Endpoint(
      .post, "/api/admin/jobs/{name}/run", "Run a scheduled job now",
      about: """
        Answers when it is done. It does what its schedule would do, and nothing twice; the schedule stays as \
        it is. That it was asked for is on the record.
        """,
      tag: "jobs", access: .everywhere(.operate),
      parameters: [.path("name", .text(1...64), "Of the list.")],
      answers: [
        EndpointAnswer(
          200, "What came of it.",
          schema: .object([.init("job", JobJSON.schema), .init("detail", .string)]))
      ]
    ) { request, service in
      guard let job = Job(rawValue: request.arguments.text("name") ?? "") else {
        throw Problem.notFound(
          "there is no such job; there are \(Job.names.joined(separator: ", "))")
      }
      try await service.run { [audit = service.administration.audit] in
        do throws(AuditLogError) {
          try audit.append(
            .jobRun(job.rawValue), by: AuditActor(request.principal), of: .all, at: request.time,
            requestID: request.id.text)
        } catch {
          throw Problem.notRecorded
        }
      }
      do throws(JobFailure) {
        let outcome = try await service.jobs.run(job)
        let status = service.jobs.statuses.first { $0.job == job }
        return .json(
          .members([
            "job": status.map { JobJSON.job($0) } ?? .null, "detail": .text(outcome.text),
          ]))
      } catch .isRunning {
        throw Problem(
          .conflict, "job_running", "Job runs already",
          "it was begun before and has not ended: ask again when it has")
      } catch .stopped {
        throw Problem.busy("the service is being stopped: ask when it runs again", retryAfter: 10)
      } catch {
        request.log.error(
          "a job failed", metadata: ["job": "\(job.rawValue)", "reason": "\(error)"])
        throw Problem(
          .internalServerError, "job_failed", "Job failed", "it did not come to its end",
          hint: "GET /api/admin/jobs and the service's log say why")
      }
    },
  ]
}

/// How jobs are shown.
enum JobJSON {
  static func job(_ status: JobStatus) -> JSONValue {
    func time(_ time: UnixTime?) -> JSONValue {
      time.map { .text(ISOTime.text($0)) } ?? .null
    }
    let record = status.record
    return .members([
      "name": .text(status.job.rawValue), "about": .text(status.job.about),
      "schedule": status.job.recurrence.map { .text($0.text) } ?? .null,
      "is_running": .boolean(status.isRunning), "next_at": time(status.next),
      "due_at": time(record?.due), "started_at": time(record?.started),
      "ended_at": time(record?.ended),
      "outcome": record.map { .text($0.outcome.rawValue) } ?? .null,
      "detail": record.map { .text($0.detail) } ?? .null,
      "runs": .integer(record?.runCount ?? 0), "failures": .integer(record?.failureCount ?? 0),
    ])
  }

  static let schema = Schema.named(
    "Job",
    .object([
      .init("name", .choice(Job.names)), .init("about", .string),
      .init("schedule", .nullable(.string), "In words; null: only when it is asked for."),
      .init("is_running", .boolean),
      .init("next_at", .nullable(.string), "When it is due next."),
      .init(
        "due_at", .nullable(.string),
        "The moment of its schedule that the newest run stands for, which makes up for earlier ones."
      ),
      .init("started_at", .nullable(.string), "Of the newest run; null: it never ran."),
      .init("ended_at", .nullable(.string)),
      .init("outcome", .nullable(.choice(["done", "failed"]))),
      .init("detail", .nullable(.string), "What came of it, or why it failed."),
      .init("runs", .count), .init("failures", .count),
    ]))
}
